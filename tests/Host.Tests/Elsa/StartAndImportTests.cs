using System.Net;
using System.Text.Json.Nodes;
using static MonOPCO.Host.Tests.Elsa.Json;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary>What Elsa's API says when a start is refused, an address is taken or a draft is imported unfinished.</summary>
public sealed class StartAndImportTests(ElsaFixture host) : IClassFixture<ElsaFixture>
{
    private static string Unique() => "s" + Guid.NewGuid().ToString("N")[..12];

    [Fact]
    public async Task Correlation_SameIdInAnotherDefinition_IsRefused()
    {
        JsonObject Options() => new() { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Runtime" };
        var (correlation, name) = (Unique(), Unique());
        var one = await host.PublishAsync(Sequence(Event("ev", name)), options: Options());
        var other = await host.PublishAsync(Sequence(Event("ev", name)), options: Options());
        var first = await host.RunAsync(one, new JsonObject { ["correlationId"] = correlation });
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Post, $"/workflow-definitions/{other}/execute", new JsonObject { ["correlationId"] = correlation })).Status);
        await host.RunAsync(other, new JsonObject { ["correlationId"] = correlation + "-autre" });

        await host.SendAsync(HttpMethod.Post, $"/events/{name}/trigger", new JsonObject { ["correlationId"] = correlation });
        await host.EventuallyAsync(first["id"]!.ToString(), i => i["status"]!.ToString() == "Finished");
        await host.RunAsync(other, new JsonObject { ["correlationId"] = correlation });
    }

    [Fact]
    public async Task Publish_AddressOfAnotherDefinition_IsRefused()
    {
        var at = Unique();
        await host.PublishAsync(Sequence(Endpoint(at, """["GET"]""").Starts(), Answer("'un'")));
        await host.PublishAsync(Sequence(Endpoint(at, """["POST"]""").Starts(), Answer("'deux'")));
        var second = ElsaFixture.Define(Sequence(Endpoint(at, """["GET"]""").Starts(), Answer("'trois'")), Unique());
        var (status, refusal) = await host.SendAsync(HttpMethod.Post, "/workflow-definitions", new JsonObject { ["model"] = second, ["publish"] = true });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("address-taken", Assert.Single(refusal!["problems"]!.AsArray(), p => p!["level"]!.ToString() == "Error")!["code"]!.ToString());
        Assert.Equal("un", (await host.CallAsync(HttpMethod.Get, at)).Body);
    }

    [Fact]
    public async Task Import_ValueThatCannotBeRead_IsADraftThatCannotBePublished()
    {
        var draft = ElsaFixture.Define(Sequence(Node("c", "Elsa.Cron", ("cronExpression", Text("61 * * * *"))).Starts()), Unique());
        var (status, saved) = await host.SendAsync(HttpMethod.Post, "/workflow-definitions/import", draft.DeepClone());
        Assert.True(status == HttpStatusCode.OK, saved?.ToJsonString());
        var (refused, refusal) = await host.SendAsync(HttpMethod.Post, $"/workflow-definitions/{draft["definitionId"]}/publish", new JsonObject());
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Equal("bad-value", Assert.Single(refusal!["problems"]!.AsArray(), p => p!["level"]!.ToString() == "Error")!["code"]!.ToString());
    }

    [Fact]
    public async Task Subgraph_ActivityThatIsADefinition_ShowsItsRoot()
    {
        var child = Unique();
        await host.PublishAsync(Sequence(Line("dedans")), child, options: new JsonObject { ["usableAsActivity"] = true });
        var parent = await host.PublishAsync(Sequence(Node("use", char.ToUpperInvariant(child[0]) + child[1..], ("workflowDefinitionId", child))));
        var (_, definition) = await host.SendAsync(HttpMethod.Get, $"/workflow-definitions/by-definition-id/{parent}?versionOptions=Latest");
        var (status, graph) = await host.SendAsync(HttpMethod.Get, $"/workflow-definitions/subgraph/{definition!["id"]}?parentNodeId=Workflow1:root:use");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("dedans", graph!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpStart_InstanceIdChosenByTheCaller_IsUsedOnce()
    {
        var (at, chosen) = (Unique(), Guid.NewGuid().ToString());
        await host.PublishAsync(Sequence(Endpoint(at, """["GET"]""").Starts(), Answer("'bon'")));
        Assert.Equal("bon", (await host.CallAsync(HttpMethod.Get, $"{at}?workflowInstanceId={chosen}")).Body);
        await host.EventuallyAsync(chosen, i => i["status"]!.ToString() == "Finished");
        Assert.Equal(409, (await host.CallAsync(HttpMethod.Get, $"{at}?workflowInstanceId={chosen}")).Status);
    }
}
