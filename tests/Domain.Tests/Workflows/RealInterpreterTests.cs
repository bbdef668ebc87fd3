using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>The runtime with the real interpreter on PostgreSQL.</summary>
public sealed class RealInterpreterTests : IAsyncLifetime
{
    private readonly WorkflowProgram program = WorkflowProgram.Of(new Interpreter(new ActivityRegistry((IEnumerable<Type>)[typeof(TestEffect)], [])));
    private PostgresFixture fixture = null!;
    private WorkflowRuntime runtime = null!;
    private DefinitionStore definitions = null!;

    public async Task InitializeAsync()
    {
        fixture = await PostgresFixture.CreateAsync();
        runtime = new WorkflowRuntime(fixture.Store, program, new DefinitionCache(program), fixture.Options, TimeProvider.System);
        definitions = new DefinitionStore(fixture.Store, program, TimeProvider.System);
    }

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Event_EffectAndChild_RunThroughTheStore()
    {
        await PublishAsync("child", [Step("c1", "Elsa.SetName", "value", "Enfant")]);
        await PublishAsync("parent",
        [
            Step("e", "Elsa.Event", "eventName", "go"),
            Step("f", "Test.Effect", "text", "bonjour"),
            Step("d", "Elsa.DispatchWorkflow", "workflowDefinitionId", "child", "waitForCompletion", "true"),
            Step("g", "Elsa.SetName", "value", "fini"),
        ]);
        var id = (await runtime.StartAsync(new StartWorkflow("parent"))).Instance.Id;
        Assert.Equal(1, (await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "go", null, null, 1))).Resumed);
        var worker = new WorkflowWorker(fixture.Store, runtime, EffectScript.Runner, fixture.Options, TimeProvider.System);
        await fixture.RunDueAsync(worker);

        var instance = (await runtime.Reads.FindInstanceAsync(id, default))!;
        Assert.Equal((InstanceSubStatus.Finished, "fini", 0), (instance.SubStatus, instance.Name, instance.IncidentCount));
        Assert.Equal(EffectStatus.Done, Assert.Single(await runtime.Reads.EffectsAsync(id, default)).Status);
        var journal = await runtime.Reads.JournalAsync(id, default);
        Assert.Equal(journal.Count, journal.Select(e => e.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task Trigger_OfAPublishedVersion_StartsIt()
    {
        var start = Step("e", "Elsa.Event", "eventName", "begin");
        start["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        await PublishAsync("starts", [start, Step("g", "Elsa.SetName", "value", "parti")]);
        var started = Assert.Single((await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "begin", null, null, null))).Started);
        Assert.Equal("parti", (await runtime.Reads.FindInstanceAsync(started, default))!.Name);
    }

    [Fact]
    public async Task Migrate_PreviewedThenDone_GoesOnInTheNewVersionWithItsVariables()
    {
        await PublishAsync("moving", [Step("e", "Elsa.Event", "eventName", "go"), Step("g", "Elsa.SetName", "value", "ancien")], ["Kept:un", "Old:x"]);
        var id = (await runtime.StartAsync(new StartWorkflow("moving"))).Instance.Id;
        await runtime.SetVariablesAsync(id, new JsonObject { ["Kept"] = "valeur" }, "op");
        var gone = (await runtime.StartAsync(new StartWorkflow("moving"))).Instance.Id;

        // Another order, a step before, a step after, a variable more: the wait itself is the same.
        await PublishAsync("moving", [Step("before", "Elsa.SetName", "value", "jamais"), Step("e", "Elsa.Event", "eventName", "go"), Step("h", "Elsa.SetName", "value", "nouveau"), Step("last", "Elsa.SetName", "value", "fini")], ["New:deux", "Kept:un"]);
        var target = (await definitions.FindPublishedAsync("moving"))!;
        var preview = Assert.Single(await runtime.PreviewMigrationAsync([id], target.Id));
        Assert.True(preview.IsPossible && !preview.IsDone, string.Join(' ', preview.Problems));
        Assert.Equal(1, (await runtime.Reads.FindInstanceAsync(id, default))!.Version);

        Assert.All(await runtime.MigrateAsync([id], target.Id, "Claire"), m => Assert.True(m.IsDone));
        var moved = (await runtime.Reads.FindInstanceAsync(id, default))!;
        var variables = InstanceStateView.Variables(moved, program.Compile(target));
        Assert.Equal((2, "valeur", "deux"), (moved.Version, (string)variables["Kept"]!, (string)variables["New"]!));
        Assert.Equal("Claire", (await runtime.Reads.JournalAsync(id, default)).Last(j => j.Outcome == "Migrated").Actor);
        await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "go", null, id, null));
        var ended = (await runtime.Reads.FindInstanceAsync(id, default))!;
        Assert.Equal((InstanceSubStatus.Finished, "fini", 0), (ended.SubStatus, ended.Name, ended.IncidentCount));

        await PublishAsync("moving", [Step("elsewhere", "Elsa.SetName", "value", "x")]);
        target = (await definitions.FindPublishedAsync("moving"))!;
        var refused = await runtime.MigrateAsync([gone, id], target.Id, "Claire");
        Assert.All(refused, m => Assert.False(m.IsDone));
        Assert.Contains("n'existe pas dans la version 3", Assert.Single(refused[0].Problems), StringComparison.Ordinal);
        Assert.Equal(1, (await runtime.Reads.FindInstanceAsync(gone, default))!.Version);
    }

    private async Task PublishAsync(string id, JsonObject[] steps, string[]? variables = null)
    {
        var root = new JsonObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. steps.Zip(steps.Skip(1), (a, b) => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = a["id"]!.DeepClone(), ["port"] = "Done" },
                ["target"] = new JsonObject { ["activity"] = b["id"]!.DeepClone(), ["port"] = "In" },
            })]),
        };
        await definitions.SaveDraftAsync(new SaveDraft(id, new JsonObject { ["name"] = id, ["root"] = root, ["variables"] = new JsonArray([.. (variables ?? []).Select(v => v.Split(':')).Select(v => (JsonNode)new JsonObject { ["id"] = v[0], ["name"] = v[0], ["typeName"] = "String", ["value"] = v[1] })]) }.ToJsonString()) { Name = id });
        await definitions.PublishAsync(id, "test");
    }

    private static JsonObject Step(string id, string type, params string[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        for (var i = 0; i < inputs.Length; i += 2)
        {
            step[inputs[i]] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = inputs[i + 1] } };
        }

        return step;
    }
}
