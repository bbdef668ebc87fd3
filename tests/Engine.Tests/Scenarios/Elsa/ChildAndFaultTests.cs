using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios.Elsa;

/// <summary>Child workflows, definitions used as activities, incident strategies, what enters the journal.</summary>
public class ChildAndFaultTests
{
    private const string FaultStrategy = """{ "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core" } }""";

    private readonly Driver _driver = new();

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow", "42 42 Finished")]
    [InlineData("Elsa.DispatchWorkflow", "42 undefined undefined")]
    public void Result_OfAChild_HasItsOutputsAndElsasDescription(string type, string expected)
    {
        _driver.Load(Definition(Node("o", "Elsa.SetOutput").With("outputName", Literal("Total")).With("outputValue", Js("42")), "child"));
        var execute = Node("x", type).With("workflowDefinitionId", Literal("child")).With("waitForCompletion", Literal(true, "Boolean")).With("result", To("R"));
        _driver.Start(Definition(Seq("s", execute, LineJs("l", "const r = getR(); `${r.Total} ${r.output?.Total} ${r.subStatus}`")), variables: "R:Object"));
        Assert.Equal(expected, Assert.Single(_driver.Lines()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Child_KnowsItsParent(bool waits)
    {
        _driver.Load(Definition(LineJs("l", "getInput('ParentInstanceId')"), "child"));
        var parent = _driver.Start(Definition(Node("x", "Elsa.DispatchWorkflow").With("workflowDefinitionId", Literal("child")).With("correlationId", Literal("K")).With("waitForCompletion", Literal(waits, "Boolean"))));
        var child = Assert.Single(_driver.Instances.Values, i => i.DefinitionId == "child");
        Assert.Equal(parent.Id.ToString("D"), Assert.Single(_driver.Lines()));
        Assert.Equal((parent.Id.ToString("D"), waits ? true : null, "K"), ((string?)child.Properties["ParentInstanceId"], (bool?)child.Properties["WaitForCompletion"], child.CorrelationId));
    }

    [Fact]
    public void BulkDispatch_CorrelationFunction_GetsTheItemByNameAndAsArgument()
    {
        _driver.Load(Definition(LineJs("l", "`${getInput('Item')}${getInput('More')}`"), "child"));
        _driver.Start(Definition(Node("b", "Elsa.BulkDispatchWorkflows").With("workflowDefinitionId", Literal("child")).With("items", Js("['a', 'b']")).With("input", Js("({ More: '!' })"))
            .With("waitForCompletion", Literal(false, "Boolean")).With("correlationIdFunction", Js("`${getItem()}-${args.item}`"))));
        Assert.Equal(["a!", "b!"], _driver.Lines());
        Assert.Equal(["a-a", "b-b"], _driver.Instances.Values.Where(i => i.DefinitionId == "child").Select(i => i.CorrelationId));
    }

    [Fact]
    public void BulkDispatch_ObjectItems_AreTheInputs_AndFaultedChildrenRunTheirPort()
    {
        _driver.Load(Definition(Node("f", "Elsa.Fault").With("message", Js("`non ${getName()}`")), "child", more: """{ "inputs": [ { "name": "Name", "type": "String" } ] }"""));
        _driver.Start(Definition(Seq("s", Node("b", "Elsa.BulkDispatchWorkflows").With("workflowDefinitionId", Literal("child")).With("items", Js("[{ Name: 'A' }, { Name: 'B' }]")).With("childFaulted", Set("count", "N", "getN() + 1")), LineJs("l", "getN()")), variables: "N:Int32=0"));
        Assert.Equal("2", Assert.Single(_driver.Lines()));
        Assert.Equal(["non A", "non B"], _driver.Instances.Values.Where(i => i.DefinitionId == "child").SelectMany(_driver.Incidents).Select(i => i.Message));
    }

    [Fact]
    public void Output_BoundToAResultOfTheDefinition_ReachesItFromEveryDepth()
    {
        const string Outputs = """{ "name": "Sum", "inputs": [ { "name": "A", "type": "Int32" }, { "name": "B", "type": "Int32" } ], "outputs": [ { "name": "Result", "type": "Int32" } ] }""";
        _driver.Load(Definition(Chart("", Node("js", "Elsa.RunJavaScript").With("script", Literal("getA() + getB()")).With("result", Bound("Result"))), "sum", more: Outputs));
        _driver.Load(Definition(Node("use", "Sum").With("workflowDefinitionId", "sum").With("a", Literal("4", "Int32")).With("b", Literal("5", "Int32")).With("result", Bound("Total")), "outer", more: """{ "name": "Outer", "outputs": [ { "name": "Total", "type": "Int32" } ] }"""));
        _driver.Start(Definition(Chart("o>l", Node("o", "Outer").With("name", "Outer1").With("workflowDefinitionId", "outer").With("total", To("T")), LineJs("l", "`${getT()} ${getTotalFromOuter1()}`")), variables: "T:Int32"));
        Assert.Equal("9 9", Assert.Single(_driver.Lines()));

        var direct = _driver.Start("outer");
        Assert.Equal("9", direct.Output["Total"]!.ToJsonString());
    }

    [Fact]
    public void InputOfAUsedDefinition_IsAVariableInside_AndDoesNotLeak()
    {
        _driver.Load(Definition(Seq("c", LineJs("l", "`${getMessage()} ${getVariable('Message')} ${variables.Message} ${getInput('Message')}`")), "child", more: """{ "name": "Child", "inputs": [ { "name": "Message", "type": "String" } ] }"""));
        _driver.Start(Definition(Chart("use>after", Node("use", "Child").With("workflowDefinitionId", "child").With("message", Js("getMessage() + '!'")), LineJs("after", "`${getMessage()} ${getVariable('Message')}`")), more: """{ "inputs": [ { "name": "Message", "type": "String" } ] }"""), new JsonObject { ["Message"] = "oui" });
        Assert.Equal(["oui! oui! oui! oui!", "oui null"], _driver.Lines());
    }

    [Fact]
    public void FaultStrategy_Stated_NothingGoesOnBeforeTheIncidentIsDealtWith()
    {
        var instance = _driver.Start(Definition(TwoBranches(), more: FaultStrategy));
        _driver.Event("e1");
        Assert.Equal("S A1 A2", string.Join(' ', _driver.Lines()));
        Assert.Equal(InstanceSubStatus.Faulted, _driver.Instances[instance.Id].SubStatus);

        // What arrived in the meantime was not lost.
        _driver.Send(instance.Id, MessageKind.SkipIncident, m => m with { ActivityExecutionId = Assert.Single(_driver.Incidents(instance)).ExecutionId });
        Assert.Equal("S A1 A2 B1 B2", string.Join(' ', _driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, _driver.Instances[instance.Id].SubStatus);
    }

    [Fact]
    public void FaultStrategy_RetryThatFaultsAgain_KeepsTheRestStill()
    {
        var instance = _driver.Start(Definition(TwoBranches(), more: FaultStrategy));
        _driver.Event("e1");
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = Assert.Single(_driver.Incidents(instance)).ExecutionId });
        _driver.Send(instance.Id, MessageKind.SetVariables, m => m with { Payload = new JsonObject() });
        Assert.Equal("S A1 A2", string.Join(' ', _driver.Lines()));
        Assert.Single(_driver.Incidents(instance));
    }

    [Theory]
    [InlineData(null, InstanceSubStatus.Faulted)]
    [InlineData("""{ "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" } }""", InstanceSubStatus.Suspended)]
    public void OtherStrategies_TheOtherBranchLivesOn(string? options, InstanceSubStatus expected)
    {
        var instance = _driver.Start(Definition(TwoBranches(), more: options));
        _driver.Event("e1");
        Assert.Equal("S A1 A2 B1", string.Join(' ', _driver.Lines()));
        Assert.Equal(expected, _driver.Instances[instance.Id].SubStatus);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, """{ "logPersistenceMode": { "default": "Exclude", "inputs": { "text": "Inherit" } } }""", false)]
    [InlineData(null, """{ "logPersistenceMode": { "default": "Exclude", "inputs": { "text": "Include" } } }""", true)]
    [InlineData(null, """{ "logPersistenceMode": { "default": "Include", "inputs": { "text": "Exclude" } } }""", false)]
    [InlineData("Exclude", null, false)]
    [InlineData("Exclude", """{ "logPersistenceMode": { "default": "Include" } }""", true)]
    [InlineData("Exclude", """{ "logPersistenceMode": { "default": "Inherit", "inputs": { "text": "Include" } } }""", true)]
    [InlineData("Include", """{ "logPersistenceConfig": { "inputs": { "text": { "evaluationMode": "Strategy", "strategyType": "Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core" } } } }""", false)]
    [InlineData("Exclude", """{ "logPersistenceConfig": { "default": { "evaluationMode": "Strategy", "strategyType": "Elsa.Workflows.LogPersistence.Strategies.Include, Elsa.Workflows.Core" } } }""", true)]
    public void LogPersistence_TheMostPreciseStatementWins(string? definition, string? activity, bool isLogged)
    {
        var line = Line("secret");
        if (activity is not null)
        {
            line["customProperties"] = JsonNode.Parse(activity);
        }

        _driver.Start(Definition(Seq("s", line), more: definition is null ? null : $$"""{ "customProperties": { "logPersistenceMode": { "default": "{{definition}}" } } }"""));
        Assert.Equal(isLogged ? "secret" : null, Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void LogPersistence_OfAUsedDefinition_HoldsInsideIt()
    {
        _driver.Load(Definition(Seq("c", Line("inside"), Node("o", "Elsa.SetOutput").With("outputName", Literal("Out")).With("outputValue", Literal("v", "Object"))), "child", more: """{ "name": "Child", "outputs": [ { "name": "Out", "type": "Object" } ], "customProperties": { "logPersistenceMode": { "default": "Exclude" } } }"""));
        _driver.Start(Definition(Seq("s", Node("use", "Child").With("workflowDefinitionId", "child"), Line("outside"))));
        Assert.Equal([null, "outside"], _driver.Lines());
        Assert.Equal("v", (string?)Assert.Single(_driver.Journal, j => j is { ActivityId: "use", Event: JournalEvent.Completed }).Data!["Out"]);
    }

    [Theory]
    [InlineData("getVariable('Typo')", "Typo")]
    [InlineData("variables.Typo.length", "Typo")]
    [InlineData("getTypo()", "getTypo")]
    [InlineData("setTypo(1)", "setTypo")]
    [InlineData("getResultFromNobody()", "getResultFromNobody")]
    [InlineData("getVariable('Known') + variables.Known + getKnown() + setKnown(1)", null)]
    [InlineData("getIn() + getInput('Whatever')", null)]
    [InlineData("setVariable('Made', 1); getMade() + variables.Made", null)]
    [InlineData("variables.Also = 1; getVariable('Also')", null)]
    [InlineData("getResultFromJs1()", null)]
    [InlineData("getVariable('CurrentValue') + getCurrentIndex()", null)]
    [InlineData("const getTypo = () => 1; getTypo()", null)]
    [InlineData("getVariable(name)", null)]
    [InlineData("getGuidString() + getCorrelationId() + getLastResult()", null)]
    public void Names_NobodyDeclares_AreAWarning(string script, string? name)
    {
        var definition = Definition(Chart("Js1>l", Node("Js1", "Elsa.RunJavaScript").With("script", Literal("let name = 'x'; 1")), LineJs("l", script)), variables: "Known:String", more: """{ "inputs": [ { "name": "In", "type": "String" } ] }""");
        var result = _driver.Load(definition);
        Assert.NotNull(result.Definition);
        var warnings = result.Problems.Where(p => p.Code == "unknown-name").ToList();
        Assert.All(warnings, w => Assert.Equal((ProblemLevel.Warning, "l", "text"), (w.Level, w.NodeId, w.Property!.ToLowerInvariant())));
        Assert.Equal(name is null ? 0 : 1, warnings.Count);
        Assert.Contains(name ?? "", string.Concat(warnings.Select(w => w.Message)), StringComparison.Ordinal);
    }

    private static JsonObject TwoBranches() => Chart("S>A1 A1>e1 e1>B1 S>A2 A2>f f>B2", Line("S"), Line("A1"), Event("e1"), Line("B1"), Line("A2"), Node("f", "Elsa.Fault").With("code", Literal("Whoops!")), Line("B2"));

    private static JsonObject Bound(string result) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = result } };
}
