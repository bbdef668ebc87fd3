using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios.Elsa;

/// <summary>What Elsa gives to JavaScript: its functions, the generated accessors, and variables that a script makes.</summary>
public class ScriptScenarioTests
{
    private readonly Driver _driver = new();

    [Theory]
    [InlineData("isNullOrWhiteSpace(' \t')", "True")]
    [InlineData("isNullOrWhiteSpace(null)", "True")]
    [InlineData("isNullOrEmpty('  ')", "False")]
    [InlineData("isNullOrEmpty('')", "True")]
    [InlineData("toJson({ nom: 'Élise', ages: [1, 2.5], rien: null, vrai: true })", """{"nom":"Élise","ages":[1,2.5],"rien":null,"vrai":true}""")]
    [InlineData("stringToBase64('Été')", "w4l0w6k=")]
    [InlineData("stringFromBase64('w4l0w6k=')", "Été")]
    [InlineData("bytesFromString('Aé').join(' ')", "65 195 169")]
    [InlineData("bytesToString([65, 195, 169])", "Aé")]
    [InlineData("bytesToString(bytesFromBase64('QcOp'))", "Aé")]
    [InlineData("bytesToString('QcOp')", "Aé")]
    [InlineData("bytesToBase64(bytesFromString('Aé'))", "QcOp")]
    [InlineData("parseGuid('{12345678-1234-1234-1234-123456789ABC}').toString()", "12345678-1234-1234-1234-123456789abc")]
    [InlineData("newGuid().length + newGuidString().length + getGuidString().length", "108")]
    [InlineData("newGuid() === newGuid()", "False")]
    [InlineData("newShortGuid().length >= 19 && getShortGuid().length <= 22", "True")]
    [InlineData("try { parseGuid('x') } catch (e) { e.name }", "Error")]
    [InlineData("try { stringFromBase64('%') } catch (e) { e.name }", "Error")]
    [InlineData("try { bytesToString([300]) } catch (e) { e.name }", "TypeError")]
    [InlineData("[typeof streamToBytes, typeof streamToBase64, typeof setOutcome, typeof args].join()", "function,function,function,object")]
    [InlineData("getWorkflowDefinitionId() + ' ' + getWorkflowDefinitionVersionId() + ' ' + getWorkflowDefinitionVersion()", "flow flow-v1 1")]
    [InlineData("setWorkflowInstanceName('N'); setCorrelationId('C'); getWorkflowInstanceName() + getCorrelationId()", "NC")]
    [InlineData("getWorkflowInstanceId().length", "36")]
    [InlineData("getVariable('Nothing') === null && variables.Nothing === undefined", "True")]
    public void Function_AsElsas(string script, string expected)
    {
        _driver.Start(Definition(LineJs("l", script)));
        Assert.Equal(expected, Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void Guids_AreTheSameWhenTheBurstRunsAgain()
    {
        static string? Once()
        {
            var driver = new Driver();
            driver.Start(Definition(LineJs("l", "newGuid()")));
            return driver.Lines().Single();
        }

        Assert.Equal(Once(), Once());
    }

    [Theory]
    [InlineData("true", "True")]
    [InlineData("3.5", "3.5")]
    [InlineData("['a', 1]", """["a",1]""")]
    [InlineData("({ a: 'é' })", """{"a":"é"}""")]
    [InlineData("null", null)]
    [InlineData("new Date(0)", "1970-01-01T00:00:00.000Z")]
    public void TextInput_OtherValues_BecomeTextAsElsas(string script, string? expected)
    {
        _driver.Start(Definition(LineJs("l", script)));
        Assert.Equal(expected, Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void Variable_MadeByAScript_LivesInTheContainerAround()
    {
        var inner = Seq("inner", Node("js", "Elsa.RunJavaScript").With("script", Literal("setVariable('Fresh', 1); variables.Other = { n: 2 };")), LineJs("in", "`${getFresh()} ${variables.Other.n}`"), Event("wait"), Node("more", "Elsa.RunJavaScript").With("script", Literal("setFresh(getVariable('Fresh') + 4)")), LineJs("in2", "`${getFresh()}`"));
        _driver.Start(Definition(Seq("outer", inner, LineJs("out", "`${getVariable('Fresh')} ${typeof getFresh}`"))));
        _driver.Event("wait");
        Assert.Equal(["1 2", "5", "null undefined"], _driver.Lines());
    }

    [Fact]
    public void Accessors_InputHidesVariable_DeclaredInputThatIsMissingIsNull()
    {
        var definition = Definition(LineJs("l", "`${getA()} ${getVariable('A')} ${getB()} ${getInput('B')}`"), variables: "A:String=variable", more: """{ "inputs": [ { "name": "A", "type": "String" }, { "name": "B", "type": "String" } ] }""");
        _driver.Start(definition, new JsonObject { ["A"] = "entrée" });
        Assert.Equal("entrée variable null null", Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void Outputs_ByIdByNameAndByGeneratedAccessor()
    {
        var script = Node("n1", "Elsa.RunJavaScript").With("name", "run my-script").With("script", Literal("40 + 2"));
        _driver.Start(Definition(Chart("n1>l", script, LineJs("l", "[getOutputFrom('n1'), getOutputFrom('run my-script', 'Result'), getResultFromRunMyScript(), getLastResult()].join(' ')"))));
        Assert.Equal("42 42 42 42", Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void ScriptResult_IsTheLastExpressionOrTheReturn_AndNothingForAnEmptyOne()
    {
        _driver.Start(Definition(Seq("s", Node("a", "Elsa.RunJavaScript").With("script", Literal("6 * 7;")), LineJs("l1", "getLastResult()"), Node("b", "Elsa.RunJavaScript").With("script", Literal("  ")), Node("c", "Elsa.RunJavaScript").With("script", Literal("null")), LineJs("l2", "getLastResult()"))));
        Assert.Equal(["42", "42"], _driver.Lines());
        Assert.Equal(3, _driver.Journal.Count(j => j is { Event: JournalEvent.Completed, ActivityType: "Elsa.RunJavaScript" }));
    }

    [Theory]
    [InlineData("setOutcome('One')", "1")]
    [InlineData("setOutcomes(['One', 'Three'])", "1 3")]
    [InlineData("setOutcomes([])", "")]
    [InlineData("1", "0")]
    public void Outcomes_ChosenByTheScript(string script, string expected)
    {
        _driver.Start(Definition(Chart("js:One>1 js:Two>2 js:Three>3 js:Done>0", Node("js", "Elsa.RunJavaScript").With("script", Literal(script)), Line("0"), Line("1"), Line("2"), Line("3"))));
        Assert.Equal(expected, string.Join(' ', _driver.Lines()));
    }

    [Fact]
    public void Data_ChangedInPlace_IsGivenBack()
    {
        var script = "const customer = variables.Customer; customer.Name = 'Jeanne'; customer.Orders.sort((a, b) => a.localeCompare(b)); variables.Customer = { ...customer, Mail: 'j@x.fr' };";
        _driver.Start(Definition(Seq("s", Node("js", "Elsa.RunJavaScript").With("script", Literal(script)), LineJs("l", "const c = getCustomer(); return [c.Name, c.Orders.join('+'), c.Mail].join(' ')")), variables: "Customer:Object"), trigger: null);
        Assert.Empty(_driver.Lines());

        var filled = Definition(Seq("s", Node("set", "Elsa.SetVariable").With("variable", new JsonObject { ["id"] = "v-Customer" }).With("value", Js("({ Name: 'Jean', Orders: ['poire', 'abricot'] })")), Node("js", "Elsa.RunJavaScript").With("script", Literal(script)), LineJs("l", "const c = getCustomer(); return [c.Name, c.Orders.join('+'), c.Mail].join(' ')")), "filled", "Customer:Object");
        _driver.Start(filled);
        Assert.Equal("Jeanne abricot+poire j@x.fr", Assert.Single(_driver.Lines()));
    }
}
