using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>Sequences, branches, loops, scripts, timers, events, child instances.</summary>
public class ControlTests
{
    private readonly Driver _driver = new();

    private string Run(JsonObject root, string? variables = null, JsonObject? input = null)
    {
        _driver.Start(Definition(root, variables: variables), input);
        return string.Join(' ', _driver.Lines());
    }

    [Fact]
    public void Sequence_EndOrBreak_LeavesTheRest()
    {
        Assert.Equal("A", Run(Seq("s", Line("A"), Node("end", "Elsa.End"), Line("B"))));
        Assert.Equal("A A", Run(Seq("s", Line("A"), Node("brk", "Elsa.Break"), Line("B"))));
    }

    [Fact]
    public void While_BreakInNestedIf_EndsTheLoopOnly()
    {
        var body = Seq("body", Set("inc", "N", "getVariable('N') + 1"), Node("if", "Elsa.If").With("condition", Js("getVariable('N') == 3")).With("then", Node("brk", "Elsa.Break")), LineJs("n", "`${getVariable('N')}`"));
        Assert.Equal("1 2 End", Run(Seq("s", Node("w", "Elsa.While").With("condition", Literal(true, "Boolean")).With("body", body), Line("End")), "N:Int32=0"));
    }

    [Fact]
    public void For_BreakWhileAnotherBranchWaits_EndsAfterwards()
    {
        var branch = Chart("d:True>brk d:False>ev", Decision("d", "getVariable('CurrentIndex') == 0"), Node("brk", "Elsa.Break"), Event("ev")).With("start", "d");
        var all = Node("p", "Elsa.ParallelForEach").With("items", Js("[0, 1]")).With("body", branch);
        Run(Seq("s", Node("for", "Elsa.For").With("start", Literal(1, "Int32")).With("end", Literal(3, "Int32")).With("body", Seq("turn", all, Line("rest"))), Line("End")));
        _driver.Event("ev");
        Assert.Equal("End", string.Join(' ', _driver.Lines()));
    }

    [Fact]
    public void While_BreakFromForkBranch_CancelsTheOtherBranch()
    {
        var fork = Node("fork", "Elsa.Fork", """{ "joinMode": "WaitAll" }""").With("branches", new JsonArray(
            Seq("b1", Line("B1"), Event("ev1"), Line("B1r"), Node("brk", "Elsa.Break")), Seq("b2", Line("B2"), Event("ev2"), Line("B2r"))));
        Run(Seq("s", Line("Start"), Node("w", "Elsa.While").With("condition", Literal(true, "Boolean")).With("body", Seq("body", fork)), Line("End")));
        _driver.Event("ev1");
        Assert.Equal("Start B1 B2 B1r End", string.Join(' ', _driver.Lines()));
        Assert.Empty(_driver.Bookmarks);
    }

    [Theory]
    [InlineData(1, 3, 1, true, "1 2 3")]
    [InlineData(1, 3, 1, false, "1 2")]
    [InlineData(3, 1, -1, true, "3 2 1")]
    [InlineData(5, 1, 1, true, "")]
    [InlineData(5, 5, 1, false, "")]
    [InlineData(0, 10, 4, true, "0 4 8")]
    public void For_Bounds_AreElsas(int start, int end, int step, bool inclusive, string expected)
    {
        var loop = Node("for", "Elsa.For").With("start", Literal(start, "Int32")).With("end", Literal(end, "Int32")).With("step", Literal(step, "Int32"))
            .With("outerBoundInclusive", Literal(inclusive ? "True" : "False", "Boolean")).With("body", LineJs("b", "`${getVariable('CurrentValue')}`"));
        Assert.Equal(expected, Run(loop));
    }

    [Fact]
    public void ForEach_OutputsOfATurn_AreReadInThatTurn()
    {
        var body = Seq("body", Node("read", "Elsa.RunJavaScript").With("script", Literal("return getVariable('CurrentValue') + '!';")), LineJs("l", "`${getVariable('CurrentIndex')}${getOutputFrom('read', 'Result')}`"));
        Assert.Equal("0a! 1b!", Run(Node("fe", "Elsa.ForEach").With("items", Expression("Object", """["a","b"]""", null)).With("body", body)));
    }

    [Fact]
    public void ParallelForEach_WaitsForAll_EachItsOwnValue()
    {
        var body = Seq("body", Event("go"), LineJs("l", "`${getVariable('CurrentIndex')}:${getVariable('CurrentValue')}`"));
        Run(Seq("s", Node("p", "Elsa.ParallelForEach").With("items", Js("['x','y','z']")).With("body", body), Line("End")));
        Assert.Equal(3, _driver.Bookmarks.Count);
        _driver.Event("go");
        Assert.Equal("0:x 1:y 2:z End", string.Join(' ', _driver.Lines()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public void ParallelForEach_NothingToDo_Completes(string items)
    {
        Assert.Equal("End", Run(Seq("s", Node("p", "Elsa.ParallelForEach").With("items", Literal(JsonNode.Parse(items), "Object")).With("body", Line("never")), Line("End"))));
    }

    [Theory]
    [InlineData("MatchAny", "2 3")]
    [InlineData("MatchFirst", "2")]
    public void Switch_Mode_ChoosesCases(string mode, string expected)
    {
        static JsonObject Case(string label, string condition) => new() { ["label"] = label, ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = condition }, ["activity"] = Line(label) };
        Assert.Equal(expected, Run(Node("sw", "Elsa.Switch").With("mode", Literal(mode)).With("cases", new JsonArray(Case("1", "false"), Case("2", "true"), Case("3", "1 < 2"))).With("default", Line("d"))));
    }

    [Theory]
    [InlineData("\"True\"", "T")]
    [InlineData("\"False\"", "F")]
    [InlineData("true", "T")]
    [InlineData("false", "F")]
    public void If_BooleanAsStudioWritesIt_IsUnderstood(string value, string expected) =>
        Assert.Equal(expected, Run(Node("if", "Elsa.If").With("condition", Literal(JsonNode.Parse(value), "Boolean")).With("then", Line("T")).With("else", Line("F"))));

    [Fact]
    public void RunJavaScript_SetVariableSetOutcomeAndResult_AllTakeEffect()
    {
        var script = Node("js", "Elsa.RunJavaScript").With("script", Literal("setVariable('A', 5); variables.B = getA() * 2; setOutcome('Big'); return { total: getB() };")).With("result", To("R"));
        Run(Chart("js:Big>L js:Done>Never", script, LineJs("L", "`${getA()} ${getB()} ${variables.R.total}`"), Line("Never")), "A:Int32=1, B:Int32=0, R:Object");
        Assert.Equal("5 10 10", Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void Script_Invalid_IsAnIncidentOfItsNode()
    {
        var instance = _driver.Start(Definition(Node("js", "Elsa.RunJavaScript").With("script", Literal("undefined.property.access"))));
        Assert.Equal("js", Assert.Single(_driver.Incidents(instance)).ActivityId);
        Assert.Equal(InstanceSubStatus.Faulted, instance.SubStatus);
    }

    [Fact]
    public void Finish_InBranch_EndsEverything()
    {
        var instance = _driver.Start(Definition(Seq("s", Node("fork", "Elsa.Fork").With("branches", new JsonArray(Event("never"), Node("fin", "Elsa.Finish"))), Line("After"))));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
        Assert.Empty(_driver.Bookmarks);
        Assert.Empty(_driver.Lines());
    }

    [Fact]
    public void Timers_EachKind_WaitsForItsMoment()
    {
        var root = Seq("s", Node("d", "Elsa.Delay").With("timeSpan", Literal("00:10:00", "TimeSpan")), Line("delay"),
            Node("at", "Elsa.StartAt").With("dateTime", Literal("2026-11-20T09:00:00+00:00")), Line("at9"),
            Node("gone", "Elsa.StartAt").With("dateTime", Literal("2020-01-01T00:00:00Z")), Line("past"),
            Node("c", "Elsa.Cron").With("cronExpression", Literal("30 9 * * *")), Line("cron"));
        var instance = _driver.Start(Definition(root));
        Assert.Empty(_driver.Lines());
        _driver.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("delay", string.Join(' ', _driver.Lines()));
        _driver.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("delay at9 past", string.Join(' ', _driver.Lines()));
        _driver.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("delay at9 past cron", string.Join(' ', _driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, _driver.Instances[instance.Id].SubStatus);
    }

    [Fact]
    public void Event_AsTrigger_DoesNotWaitAndGivesItsPayload()
    {
        var root = Seq("s", Event("ordered").CanStart().With("result", To("R")), LineJs("l", "`${getVariable('R').no}`"));
        var definition = Definition(root, variables: "R:Object");
        Assert.Equal("ordered", Assert.Single(_driver.Load(definition).Required.Triggers).ActivityId);
        var instance = _driver.Start("flow", trigger: "ordered", payload: new JsonObject { ["no"] = 7 });
        Assert.Equal("7", Assert.Single(_driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
    }

    [Fact]
    public void PublishEvent_LocalBeforeTheWait_IsNotLost()
    {
        var root = Seq("s", Node("pub", "Elsa.PublishEvent").With("eventName", Literal("x")).With("isLocalEvent", Literal("True", "Boolean")), Event("x"), Line("End"));
        Assert.Equal("End", Run(root));
    }

    [Fact]
    public void RunTask_Completed_GivesItsResult()
    {
        Run(Seq("s", Node("t", "Elsa.RunTask").With("taskName", Literal("Relire")).With("result", To("R")), LineJs("l", "getVariable('R')")), "R:Object");
        var bookmark = Assert.Single(_driver.Bookmarks);
        Assert.Equal("task", bookmark.Kind);
        Assert.Equal(bookmark.Key, (string?)bookmark.Payload!["taskId"]);
        _driver.Resume(bookmark, "vu", "Mme Martin");
        Assert.Equal("vu", Assert.Single(_driver.Lines()));
        Assert.Equal("Mme Martin", Assert.Single(_driver.Journal, j => j.Event == JournalEvent.Resumed).Actor);
    }

    [Theory]
    [InlineData("True", "Before Child:hello After:HELLO")]
    [InlineData("False", "Before After:undefined Child:hello")]
    public void ExecuteWorkflow_WaitOrNot_OrdersTheLines(string wait, string expected)
    {
        _driver.Load(Definition(Seq("c", LineJs("cl", "`Child:${getInput('Message')}`"), Node("so", "Elsa.SetOutput").With("outputName", Literal("Up")).With("outputValue", Js("getMessage().toUpperCase()"))), "child"));
        var execute = Node("x", "Elsa.ExecuteWorkflow").With("workflowDefinitionId", Literal("child")).With("input", Js("({ Message: 'hello' })")).With("waitForCompletion", Literal(wait, "Boolean")).With("result", To("R"));
        Assert.Equal(expected, Run(Seq("s", Line("Before"), execute, LineJs("l", "`After:${getVariable('R')?.Up}`")), "R:Object"));
    }

    [Fact]
    public void ExecuteWorkflow_Unknown_IsAnIncident()
    {
        var instance = _driver.Start(Definition(Node("x", "Elsa.ExecuteWorkflow").With("workflowDefinitionId", Literal("nowhere"))));
        Assert.Equal("child-not-started", Assert.Single(_driver.Incidents(instance)).Code);
        Assert.Equal(InstanceSubStatus.Faulted, instance.SubStatus);
    }

    [Fact]
    public void BulkDispatch_WaitsForAll_AndRunsThePortOfEach()
    {
        _driver.Load(Definition(LineJs("c", "`item ${getInput('Item')}`"), "child"));
        var bulk = Node("b", "Elsa.BulkDispatchWorkflows").With("workflowDefinitionId", Literal("child")).With("items", Js("[1, 2, 3]")).With("correlationIdFunction", Js("`c${getVariable('Item')}`"))
            .With("childCompleted", LineJs("port", "getVariable('ChildInstanceId').length > 30 ? 'one' : 'bad'"));
        Assert.Equal("item 1 item 2 item 3 one one one End", Run(Seq("s", bulk, Line("End"))));
        Assert.Equal(["c1", "c2", "c3"], _driver.Instances.Values.Where(i => i.DefinitionId == "child").Select(i => i.CorrelationId));
    }

    [Fact]
    public void DefinitionAsActivity_InputsOutputsOutcomes_AreItsOwn()
    {
        var child = Definition(
            Seq("cs", Set("inner", "N", "getInput('Amount') * 2"), Node("so", "Elsa.SetOutput").With("outputName", Literal("Double")).With("outputValue", Js("getN()")), Node("done", "Elsa.Complete").With("outcomes", Literal("Ok", "Object")), Line("never")),
            "child", "N:Int32=0", """{ "name": "Doubler Montant", "inputs": [ { "name": "Amount", "type": "Int32" } ], "outputs": [ { "name": "Double", "type": "Int32" } ], "outcomes": [ "Ok", "Ko" ], "options": { "usableAsActivity": true } }""");
        _driver.Load(child);
        var use = Node("use", "DoublerMontant").With("workflowDefinitionId", "child").With("amount", Js("getN() + 1")).With("double", To("R"));
        Assert.Equal("42 20", Run(Chart("use:Ok>L use:Ko>K", use, LineJs("L", "`${getVariable('R')} ${getN()}`"), Line("K")), "N:Int32=20, R:Int32"));
    }

    [Fact]
    public void Inputs_OutputsNameAndCorrelation_AreTheInstances()
    {
        var root = Seq("s", Node("n", "Elsa.SetName").With("value", Js("`Dossier ${getNo()}`")), Node("c", "Elsa.Correlate").With("correlationId", Literal("K1")),
            Node("o", "Elsa.SetOutput").With("outputName", Literal("Total")).With("outputValue", Expression("Input", "No", "Int32")));
        _driver.Start(Definition(root, more: """{ "inputs": [ { "name": "No", "type": "Int32" } ] }"""), new JsonObject { ["No"] = 12 });
        var instance = Assert.Single(_driver.Instances.Values);
        Assert.Equal(("Dossier 12", "K1", "{\"Total\":12}"), (instance.Name, instance.CorrelationId, instance.Output.ToJsonString()));
    }
}
