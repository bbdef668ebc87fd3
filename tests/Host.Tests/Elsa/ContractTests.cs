using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows;
using static MonOPCO.Host.Tests.Elsa.Json;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary>Own cases over Elsa's REST API, so that the contract that Studio and programs rely on does not rot.</summary>
public sealed class ContractTests(ElsaFixture host) : IClassFixture<ElsaFixture>
{
    private static string Unique() => "c" + Guid.NewGuid().ToString("N")[..12];

    public static TheoryData<string, string> Modes => new()
    {
        // What runs after a race of an event and a line: on counters the join mode decides, on tokens the merge mode.
        { "counter", "S B J" },
        { "token", "S B J" },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Flowchart_BothModesOnOneHost_FirstArrivalCancelsTheOther(string mode, string lines)
    {
        var join = Node("J", mode == "token" ? "Elsa.WriteLine" : "Elsa.FlowJoin", mode == "token" ? ("text", Text("J")) : ("mode", Text("WaitAny")));
        var chart = mode == "token"
            ? Chart("S>ev S>B ev>J B>J", Line("S"), Event("ev", Unique()), Line("B"), join.Custom("mergeMode", "Race"))
            : Chart("S>ev S>B ev>join B>join join>J", Line("S"), Event("ev", Unique()), Line("B"), Node("join", "Elsa.FlowJoin", ("mode", Text("WaitAny"))), Line("J"));
        var state = await host.RunAsync(await host.PublishAsync(chart));
        Assert.Equal("Finished", state["subStatus"]!.ToString());
        Assert.Equal(lines, await host.LinesAsync(state["id"]!.ToString()));
    }

    [Theory]
    [InlineData(5, 1, 1, true, "")]
    [InlineData(5, 5, 1, false, "")]
    [InlineData(5, 5, 1, true, "5")]
    [InlineData(1, 3, 1, true, "1 2 3")]
    [InlineData(3, 1, -1, false, "3 2")]
    [InlineData(1, 5, -1, true, "")]
    public async Task For_StartEndStepAndBound_AsElsa(int start, int end, int step, bool inclusive, string lines)
    {
        var loop = Node("for", "Elsa.For", ("start", Text(start, "Int32")), ("end", Text(end, "Int32")), ("step", Text(step, "Int32")), ("outerBoundInclusive", Text(inclusive, "Boolean")), ("body", Line("l", "`${getVariable('CurrentValue')}`")));
        Assert.Equal(lines, await host.LinesAsync((await host.RunAsync(await host.PublishAsync(loop)))["id"]!.ToString()));
    }

    [Fact]
    public async Task Event_CorrelationVariablesOutputsAndName_AreServed()
    {
        var name = Unique();
        var id = await host.PublishAsync(
            Sequence(
                Node("correlate", "Elsa.Correlate", ("correlationId", Text(name + "-1"))), Node("ev", "Elsa.Event", ("eventName", Text(name)), ("result", To("Recu"))),
                Node("set", "Elsa.SetName", ("value", Text("Nommée"))), Node("out", "Elsa.SetOutput", ("outputName", Text("Somme")), ("outputValue", Js("getVariable('Recu').n + getInput('Plus')")))),
            variables: "Recu:Object", more: new JsonObject { ["inputs"] = new JsonArray(new JsonObject { ["name"] = "Plus", ["type"] = "Int32" }), ["outputs"] = new JsonArray(new JsonObject { ["name"] = "Somme", ["type"] = "Int32" }) });
        var state = await host.RunAsync(id, new JsonObject { ["input"] = new JsonObject { ["Plus"] = 2 } });
        Assert.Equal("ev", state["bookmarks"]![0]!["activityId"]!.ToString());

        await host.SendAsync(HttpMethod.Post, $"/events/{name}/trigger", new JsonObject { ["correlationId"] = "another", ["input"] = new JsonObject { ["n"] = 1 } });
        await host.SendAsync(HttpMethod.Post, $"/events/{name}/trigger", new JsonObject { ["correlationId"] = name + "-1", ["input"] = new JsonObject { ["n"] = 40 } });
        var ended = await host.EventuallyAsync(state["id"]!.ToString(), i => i["status"]!.ToString() == "Finished");
        Assert.Equal(("Nommée", name + "-1", 42), (ended["name"]!.ToString(), ended["correlationId"]!.ToString(), (int)ended["workflowState"]!["output"]!["Somme"]!));
        var (_, variables) = await host.SendAsync(HttpMethod.Get, $"/workflow-instances/{state["id"]}/variables");
        Assert.Equal("""{"n":40}""", variables!["items"]![0]!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task Task_CompletedOnce_SecondCompletionIsToldSo()
    {
        var state = await host.RunAsync(await host.PublishAsync(Sequence(Node("task", "Elsa.RunTask", ("taskName", Text("Relire")), ("result", To("R"))), Line("l", "getVariable('R')")), variables: "R:Object"));
        var task = state["bookmarks"]![0]!["payload"]!["taskId"]!.ToString();
        Assert.Equal(HttpStatusCode.Accepted, (await host.SendAsync(HttpMethod.Post, $"/tasks/{task}/complete", new JsonObject { ["result"] = "lu" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Post, $"/tasks/{task}/complete", new JsonObject { ["result"] = "encore" })).Status);
        Assert.Equal("lu", await host.LinesAsync(state["id"]!.ToString()));
    }

    [Fact]
    public async Task Bulk_UnknownDefinition_Faults()
    {
        var state = await host.RunAsync(await host.PublishAsync(Node("bulk", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Text("nulle-part")), ("items", Js("[1]")))));
        Assert.Equal("Faulted", state["subStatus"]!.ToString());
    }

    [Fact]
    public async Task Publish_ManyErrors_AllAtOnceWithTheirNodesAndNothingPublished()
    {
        var id = Unique();
        var good = ElsaFixture.Define(Sequence(Line("bon")), id);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, "/workflow-definitions", new JsonObject { ["model"] = good, ["publish"] = true })).Status);

        var bad = ElsaFixture.Define(
            Chart("a>b a>nulle-part", Line("a"), Line("b", "1 +"), Node("c", "Elsa.Cron", ("cronExpression", Text("61 * * * *"))), Node("d", "Elsa.Delay", ("timeSpan", Text("bientôt"))), Node("e", "Elsa.Event", ("eventName", Text(""))),
                Node("f", "Elsa.WriteLine", ("txt", Text("x"))), Node("g", "Elsa.Nothing"), Node("h", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "v-none" })), Node("i", "Elsa.HttpEndpoint", ("path", Text("a/{b")))), id);

        // Saving the draft is allowed: it is work in progress.
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, "/workflow-definitions", new JsonObject { ["model"] = bad.DeepClone(), ["publish"] = false })).Status);
        var (status, refusal) = await host.SendAsync(HttpMethod.Post, $"/workflow-definitions/{id}/publish", new JsonObject());
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var problems = refusal!["problems"]!.AsArray().Where(p => p!["level"]!.ToString() == "Error").ToDictionary(p => p!["nodeId"]!.ToString(), p => p!["code"]!.ToString());
        Assert.Equal("b=expression,c=bad-value,d=bad-value,e=missing-input,f=unknown-property,g=unknown-activity,h=unknown-variable,i=bad-value,root=dangling-connection", string.Join(',', problems.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")));
        Assert.Equal(9, refusal["errors"]!["generalErrors"]!.AsArray().Count);
        Assert.Contains(refusal["problems"]!.AsArray(), p => p!["code"]!.ToString() == "unreachable" && p["level"]!.ToString() == "Warning");

        var (_, published) = await host.SendAsync(HttpMethod.Get, $"/workflow-definitions/by-definition-id/{id}?versionOptions=Published");
        Assert.Equal(1, (int)published!["version"]!);

        var other = ElsaFixture.Define((JsonObject)bad["root"]!.DeepClone(), Unique());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Post, "/workflow-definitions/import", other)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, $"/workflow-definitions/by-definition-id/{other["definitionId"]}?versionOptions=Latest")).Status);
    }

    [Fact]
    public async Task Singleton_SecondStart_IsRefusedWhileOneRuns()
    {
        var (name, options) = (Unique(), new JsonObject { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime" });
        var id = await host.PublishAsync(Sequence(Event("ev", name)), options: options);
        var first = await host.RunAsync(id);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Post, $"/workflow-definitions/{id}/execute", new JsonObject())).Status);
        await host.SendAsync(HttpMethod.Post, $"/events/{name}/trigger", new JsonObject());
        await host.EventuallyAsync(first["id"]!.ToString(), i => i["status"]!.ToString() == "Finished");
        await host.RunAsync(id);
    }

    [Fact]
    public async Task CorrelatedSingleton_OtherCorrelation_MayStart()
    {
        var options = new JsonObject { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Runtime" };
        var id = await host.PublishAsync(Sequence(Event("ev", Unique())), options: options);
        await host.RunAsync(id, new JsonObject { ["correlationId"] = "un" });
        await host.RunAsync(id, new JsonObject { ["correlationId"] = "deux" });
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Post, $"/workflow-definitions/{id}/execute", new JsonObject { ["correlationId"] = "un" })).Status);
    }

    [Fact]
    public async Task UsedDefinition_InputsOutputsAndOutcomes_AndConsumersFollowItsNewVersion()
    {
        var child = Unique();
        var options = new JsonObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = true };
        var more = new JsonObject
        {
            ["inputs"] = new JsonArray(new JsonObject { ["name"] = "N", ["type"] = "Int32" }),
            ["outputs"] = new JsonArray(new JsonObject { ["name"] = "Double", ["type"] = "Int32" }),
            ["outcomes"] = new JsonArray("Pair", "Impair"),
        };
        JsonObject Body(string factor) => Sequence(Node("o", "Elsa.SetOutput", ("outputName", Text("Double")), ("outputValue", Js($"getInput('N') * {factor}"))), Node("c", "Elsa.Complete", ("outcomes", Js("getInput('N') % 2 ? 'Impair' : 'Pair'"))));
        await host.PublishAsync(Body("2"), child, options: options, more: more);
        var used = Node("use", char.ToUpperInvariant(child[0]) + child[1..], ("workflowDefinitionId", child), ("n", Text(21, "Int32")), ("double", To("D")));
        var parent = await host.PublishAsync(Chart("use:Pair>non use:Impair>oui", used, Line("non"), Line("oui", "`${getVariable('D')}`")), variables: "D:Int32");
        Assert.Equal("42", await host.LinesAsync((await host.RunAsync(parent))["id"]!.ToString()));

        var second = ElsaFixture.Define(Body("3"), child, options: (JsonObject)options.DeepClone(), more: more);
        var (status, saved) = await host.SendAsync(HttpMethod.Post, "/workflow-definitions", new JsonObject { ["model"] = second, ["publish"] = true });
        Assert.True(status == HttpStatusCode.OK, saved?.ToJsonString());
        var (_, latest) = await host.SendAsync(HttpMethod.Get, $"/workflow-definitions/by-definition-id/{parent}?versionOptions=Latest");
        Assert.Equal((2, true, 2), ((int)latest!["version"]!, (bool)latest["isPublished"]!, (int)latest["root"]!["activities"]![0]!["version"]!));
        Assert.Equal("63", await host.LinesAsync((await host.RunAsync(parent))["id"]!.ToString()));
    }

    [Fact]
    public async Task Calendar_TimerAndStartAt_StartOncePerTimeWhateverTheHosts()
    {
        var soon = host.Clock.GetUtcNow().AddSeconds(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var timer = await host.PublishAsync(Sequence(Node("t", "Elsa.Timer", ("interval", Text("01:00:00", "TimeSpan"))).Starts(), Line("l")));
        var once = await host.PublishAsync(Sequence(Node("s", "Elsa.StartAt", ("dateTime", Text(soon, "DateTimeOffset"))).Starts(), Line("l")));
        var cron = await host.PublishAsync(Sequence(Node("c", "Elsa.Cron", ("cronExpression", Text("0 * * * *"))).Starts(), Line("l")));
        await Task.WhenAll(Calendars().Select(c => c.TickAsync(CancellationToken.None)));
        Assert.Equal("0 0 0", string.Join(' ', await CountsAsync(timer, once, cron)));

        host.Clock.Advance(TimeSpan.FromMinutes(61));
        await Task.WhenAll(Calendars().Select(c => c.TickAsync(CancellationToken.None)));
        foreach (var calendar in Calendars())
        {
            await calendar.TickAsync(CancellationToken.None);
        }

        var counts = await CountsAsync(timer, once, cron);
        Assert.Equal((1, 1), (counts[0], counts[1]));
        Assert.InRange(counts[2], 1, 2);
        await host.SignInProgramAsync();
    }

    [Fact]
    public async Task Calendar_StartThatFails_IsMadeUpForAtTheNextLook()
    {
        var soon = host.Clock.GetUtcNow().AddSeconds(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var once = await host.PublishAsync(Sequence(Node("s", "Elsa.StartAt", ("dateTime", Text(soon, "DateTimeOffset"))).Starts(), Line("l")));
        var calendar = Calendars().First();
        await calendar.TickAsync(CancellationToken.None);
        await host.SqlAsync($"""
            create function refuse_start() returns trigger language plpgsql as $$ begin raise exception 'refused by the test'; end $$;
            create trigger refuse_start before insert on workflow_instances for each row when (new.definition_id = '{once}') execute function refuse_start();
            """);
        host.Clock.Advance(TimeSpan.FromSeconds(31));
        await calendar.TickAsync(CancellationToken.None);
        Assert.Equal(0, (await CountsAsync(once))[0]);

        await host.SqlAsync("drop trigger refuse_start on workflow_instances; drop function refuse_start();");
        await calendar.TickAsync(CancellationToken.None);
        await calendar.TickAsync(CancellationToken.None);
        Assert.Equal(1, (await CountsAsync(once))[0]);
    }

    [Fact]
    public async Task Calendar_InstanceDeleted_ItsTimeDoesNotComeBackWithTheNextHost()
    {
        var soon = host.Clock.GetUtcNow().AddSeconds(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var once = await host.PublishAsync(Sequence(Node("s", "Elsa.StartAt", ("dateTime", Text(soon, "DateTimeOffset"))).Starts(), Line("l")));
        host.Clock.Advance(TimeSpan.FromSeconds(31));
        await Calendars().First().TickAsync(CancellationToken.None);
        Assert.Equal(1, (await CountsAsync(once))[0]);

        var instance = (await host.Services.GetRequiredService<IWorkflowReads>().ListInstancesAsync(new InstanceFilter { DefinitionId = once }, CancellationToken.None)).Items[0];
        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync(HttpMethod.Delete, $"/workflow-instances/{instance.Id}")).Status);

        // Hosts that start now look back over the time of the deleted one.
        await Task.WhenAll(Calendars().Select(c => c.TickAsync(CancellationToken.None)));
        Assert.Equal(0, (await CountsAsync(once))[0]);

        // Kept longer than a Host looks back, not for ever.
        var store = host.Services.GetRequiredService<IWorkflowStore>();
        var now = host.Clock.GetUtcNow();
        await store.HousekeepAsync(DateTimeOffset.MinValue, now, CancellationToken.None);
        Assert.Equal(1, await TakenAsync(once));
        await store.HousekeepAsync(DateTimeOffset.MinValue, now.AddDays(8), CancellationToken.None);
        Assert.Equal(0, await TakenAsync(once));
    }

    [Fact]
    public async Task Calendar_StartRefusedByASingleton_IsNotMadeUpForWhenThatOneHasEnded()
    {
        var soon = host.Clock.GetUtcNow().AddSeconds(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var alone = await host.PublishAsync(
            Sequence(Node("s", "Elsa.StartAt", ("dateTime", Text(soon, "DateTimeOffset"))).Starts(), Node("w", "Elsa.Event", ("eventName", Text("jamais")))),
            options: new JsonObject { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime" });
        var running = (await host.RunAsync(alone))["id"]!.ToString();
        host.Clock.Advance(TimeSpan.FromSeconds(31));
        await Calendars().First().TickAsync(CancellationToken.None);
        Assert.Equal(1, (await CountsAsync(alone))[0]);

        await host.SendAsync(HttpMethod.Post, $"/cancel/workflow-instances/{running}", new JsonObject());
        await Task.WhenAll(Calendars().Select(c => c.TickAsync(CancellationToken.None)));
        Assert.Equal(1, (await CountsAsync(alone))[0]);
    }

    private async Task<int> TakenAsync(string definition) => await host.WithAsync((MonOpcoDbContext x) => x.Set<WorkflowScheduledStartRow>().CountAsync(s => s.DefinitionId == definition));

    private IEnumerable<Calendar> Calendars() => Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<Calendar>(host.Services));

    private async Task<int[]> CountsAsync(params string[] definitions)
    {
        var reads = host.Services.GetRequiredService<IWorkflowReads>();
        var counts = new List<int>();
        foreach (var id in definitions)
        {
            counts.Add((await reads.ListInstancesAsync(new InstanceFilter { DefinitionId = id }, CancellationToken.None)).Total);
        }

        return [.. counts];
    }
}
