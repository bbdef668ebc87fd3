using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;
using NpgsqlTypes;
using Xunit.Abstractions;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>The runtime with the real interpreter on PostgreSQL, and what a durable instance costs beside bare Npgsql.</summary>
public sealed class RealInterpreterTests(ITestOutputHelper output) : IAsyncLifetime
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

    /// <summary>Start, five steps, suspend; resume, complete. Ratios are printed; only a gross regression fails.</summary>
    [Theory]
    [InlineData(1, 60)]
    [InlineData(16, 600)]
    public async Task Durable_BesideBareNpgsql(int clients, int instances)
    {
        await PublishAsync("bench", [.. Enumerable.Range(1, 5).Select(n => Step("s" + n, "Elsa.SetName", "value", "n" + n)), Step("w", "Elsa.Event", "eventName", "unused"), Step("z", "Elsa.SetName", "value", "z")]);
        await RunAsync(clients, 200, EngineAsync);
        await RunAsync(clients, 200, BareAsync);
        var rates = new List<(double Engine, double Bare)>();
        for (var round = 0; round < 3; round++)
        {
            rates.Add((await RunAsync(clients, instances, EngineAsync), await RunAsync(clients, instances, BareAsync)));
        }

        var (engine, bare) = (rates.Select(r => r.Engine).Order().ElementAt(1), rates.Select(r => r.Bare).Order().ElementAt(1));
        output.WriteLine($"{clients} clients: engine {engine:F0}/s, bare Npgsql {bare:F0}/s, ratio {engine / bare:F2}");
        Assert.True(engine > bare / 20, $"{engine:F0}/s against {bare:F0}/s");
    }

    private async Task EngineAsync()
    {
        var id = (await runtime.StartAsync(new StartWorkflow("bench"))).Instance.Id;
        var bookmark = (await runtime.Reads.BookmarksAsync(id, default))[0];
        Assert.IsType<ResumeOutcome.Resumed>(await runtime.ResumeAsync(bookmark.Id, null, "bench"));
    }

    /// <summary>The least that any durable engine does: insert; then lock, read, update and delete.</summary>
    private async Task BareAsync()
    {
        var id = Guid.NewGuid();
        await using var connection = await fixture.Sources.Staff.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Command("insert into workflow_stimuli (sender_id, kind, key, received_at, state, payload) values ($1, 'b', 'b', now(), 'Consumed', $2)", id));
            batch.BatchCommands.Add(Command("insert into workflow_journal (instance_id, burst, at, entries) values ($1, 1, now(), $2)", id));
            await batch.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var read = new NpgsqlCommand("select payload::text from workflow_stimuli where sender_id = $1 for update", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } };
            await read.ExecuteScalarAsync();
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Command("update workflow_stimuli set payload = $2 where sender_id = $1", id));
            batch.BatchCommands.Add(Command("insert into workflow_journal (instance_id, burst, at, entries) values ($1, 2, now(), $2)", id));
            await batch.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
    }

    private static NpgsqlBatchCommand Command(string sql, Guid id) => new(sql)
    {
        Parameters = { new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = """{"state":[1,2,3,4,5],"variables":{"a":"some text"}}""" } },
    };

    private static async Task<double> RunAsync(int clients, int count, Func<Task> one)
    {
        var left = count;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await one();
            }
        })));
        return count / clock.Elapsed.TotalSeconds;
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
