using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>Values that JSON allows and PostgreSQL or readers of JSON do not: an instance that met one must go on and be readable.</summary>
public sealed class AwkwardValueTests : IAsyncLifetime
{
    private readonly WorkflowProgram program = WorkflowProgram.Of(new Interpreter(new ActivityRegistry(Array.Empty<Type>(), [])));
    private PostgresFixture fixture = null!;

    public async Task InitializeAsync() => fixture = await PostgresFixture.CreateAsync();

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Theory]
    [InlineData("'a\\0b\\\\u0000'", "\"a\ufffdb\\\\u0000\"")]
    [InlineData("'\\ud83d!'", "\"\ufffd!\"")]
    [InlineData("({ 'k\\0': '\\ude00' })", "{\"k\ufffd\":\"\ufffd\"}")]
    public async Task Script_GivesTextThatCannotBeStored_TheReplacementCharacterIs(string script, string stored)
    {
        var id = await StartAsync($"setVariable('V', {script}); setCorrelationId('c\\0'); setOutcome('Done')", null);
        var instance = await FindAsync(id);
        Assert.Equal((InstanceSubStatus.Suspended, "c\ufffd"), (instance.SubStatus, instance.CorrelationId));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(stored), instance.State["x"]![0]!["v"]![0]), instance.State.ToJsonString());
        await GoAsync(null);
        Assert.Equal(InstanceSubStatus.Finished, (await FindAsync(id)).SubStatus);
    }

    [Fact]
    public async Task Event_WithTheDeepestPayloadThatReadersTake_GoesOn()
    {
        var id = await StartAsync("1", "again");
        await GoAsync(JsonNode.Parse(string.Concat(Enumerable.Repeat("[", 64)) + string.Concat(Enumerable.Repeat("]", 64))));
        Assert.Equal(InstanceSubStatus.Suspended, (await FindAsync(id)).SubStatus);
        await new WorkflowRuntime(fixture.Store, program, new DefinitionCache(program), fixture.Options, TimeProvider.System).PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "again", null, null, null));
        Assert.Equal(InstanceSubStatus.Finished, (await FindAsync(id)).SubStatus);
    }

    private async Task<WorkflowInstance> FindAsync(Guid id) => (await fixture.Store.FindInstanceAsync(id, default))!;

    private Task<PublishResult> GoAsync(JsonNode? payload) =>
        new WorkflowRuntime(fixture.Store, program, new DefinitionCache(program), fixture.Options, TimeProvider.System).PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "go", null, null, payload));

    private async Task<Guid> StartAsync(string script, string? second)
    {
        JsonObject Literal(string value) => new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
        JsonObject Event(string name) => new() { ["id"] = name, ["type"] = "Elsa.Event", ["version"] = 1, ["eventName"] = Literal(name), ["result"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "v" } } };
        var steps = new JsonArray(new JsonObject { ["id"] = "js", ["type"] = "Elsa.RunJavaScript", ["version"] = 1, ["script"] = Literal(script) }, Event("go"));
        if (second is not null)
        {
            steps.Add((JsonNode)Event(second));
        }

        var definition = new JsonObject
        {
            ["id"] = "awkward-1",
            ["definitionId"] = "awkward",
            ["version"] = 1,
            ["name"] = "awkward",
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "v", ["name"] = "V", ["typeName"] = "Object" }),
            ["root"] = new JsonObject { ["id"] = "s", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = steps },
        };
        var definitions = new DefinitionStore(fixture.Store, program, TimeProvider.System);
        await definitions.SaveDraftAsync(new SaveDraft("awkward", definition.ToJsonString()) { Name = "awkward" });
        await definitions.PublishAsync("awkward", "test");
        return (await new WorkflowRuntime(fixture.Store, program, new DefinitionCache(program), fixture.Options, TimeProvider.System).StartAsync(new StartWorkflow("awkward"))).Instance.Id;
    }
}
