using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Tests.JavaScript;

/// <summary>Every script of the conformance cases, with what it must give on the host below.</summary>
public sealed class ConformanceScriptsTests
{
    public static TheoryData<string, string> Scripts => new()
    {
        { "getVariable('Count') + 1", "4" },
        { "getVariable('Count') == 3", "true" },
        { "`${getVariable('Count')}`", "\"3\"" },
        { "`Processing item: ${getInput('Item')}`", "\"Processing item: pomme\"" },
        { "[]", "[]" },
        { "[1]", "[1]" },
        { "getInput('Outer')", "true" },
        { "`Received: ${getInput('Message')}`", "\"Received: Bonjour\"" },
        { "({ Message: 'Hello from parent!' })", "{\"Message\":\"Hello from parent!\"}" },
        { "getVariable('LoopCount') < 3", "true" },
        { "getVariable('LoopCount') + 1", "2" },
        { "getVariable('LoopCount') == 1", "true" },
        { "getVariable('LoopCount') < 4", "true" },
        { "getVariable('LoopCount') == 3", "false" },
        { "`${getVariable('CurrentValue')}`", "\"c\"" },
        { "getVariable('CurrentValue') == 'c'", "true" },
        {
            "getVariable('Parsed') ? `Name: ${getVariable('Parsed').name ?? 'unknown'}, Email: ${getVariable('Parsed').email ?? 'unknown'}` : 'No form data received'",
            "\"Name: Léa, Email: unknown\""
        },
        { "`${getVariable('RouteData').id}`", "\"42\"" },
        { "`Child received: ${getMessage()}`", "\"Child received: Salut\"" },
        { "({ Message: 'Hello from parent' })", "{\"Message\":\"Hello from parent\"}" },
        { "getCounter() + 1", "2" },
        { "getCounter() > 1", "false" },
        { "return false;", "false" },
        { "[1,2,3]", "[1,2,3]" },
        { "false", "false" },
        {
            "return {\n    \"inputSchema\": {\n        \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n        \"$id\": \"#/definitions/x\",\n        \"type\": \"object\"\n    }\n}",
            "{\"inputSchema\":{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"$id\":\"#/definitions/x\",\"type\":\"object\"}}"
        },
        { "return getVariable1()", "\"v1\"" },
        { "`The result of 4 and 6 is ${getOutputFrom('Sum1', 'Result')}.`", "\"The result of 4 and 6 is 10.\"" },
        { "`The last result is ${getLastResult()}.`", "\"The last result is 10.\"" },
        { "`Current value: ${getVariable('CurrentValue')}, Activity result: ${getOutputFrom('Read1', 'Result')}`", "\"Current value: c, Activity result: lu\"" },
        { "`${getVariable('R')}`", "\"null\"" },
        { "[\"a\", \"b\", \"c\"]", "[\"a\",\"b\",\"c\"]" },
        { "`${getVariable('CurrentIndex')}`", "\"0\"" },
        { "getVariable('CurrentValue')", "\"c\"" },
        { "`Variable 2: ${getVariable('Variable2')}`", "\"Variable 2: deux\"" },
        { "true", "true" },
        { "getVariable('LoopCounter') + 1", "3" },
        { "getVariable('LoopCounter') > 1", "true" },
        { "return {\"prop1\":\"ceva\"}", "{\"prop1\":\"ceva\"}" },
        { "variables.MagicNumber = 42", "42" },
        { "return getVariable('CurrentValue');", "\"c\"" },
        { "return 'Hello World';", "\"Hello World\"" },
        { "return 4 + 6;", "10" },
        { "var x = 10; var y = 20; var sum = x + y; if (sum > 25) { setOutcome('Large'); } else { setOutcome('Small'); } return sum;", "30" },
        { "setVariable('MyVar', 200); return getVariable('MyVar');", "200" },
        { "setMyVar(999); return getMyVar();", "999" }
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Evaluate_ConformanceScript_GivesItsValue(string source, string expected)
    {
        var fake = new FakeWorkflow(new JsonObject
        {
            ["Count"] = 3,
            ["LoopCount"] = 1,
            ["LoopCounter"] = 2,
            ["CurrentValue"] = "c",
            ["CurrentIndex"] = 0,
            ["Parsed"] = new JsonObject { ["name"] = "Léa" },
            ["RouteData"] = new JsonObject { ["id"] = "42" },
            ["Message"] = "Salut",
            ["Counter"] = 1,
            ["Variable1"] = "v1",
            ["Variable2"] = "deux"
        });

        var result = Script.Parse(source).Evaluate(fake.Host);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result?.ToJsonString());
    }

    [Fact]
    public void Evaluate_PropertyOfUndefined_ThrowsTypeError()
    {
        var thrown = Assert.Throws<ScriptException>(() => Script.Parse("undefined.property.access").Evaluate(new ScriptHost()));

        Assert.Equal(("TypeError", 1, 11), (thrown.Kind, thrown.Line, thrown.Column));
        Assert.Equal("TypeError : impossible de lire « property » : la valeur est undefined. (ligne 1, colonne 11)", thrown.Message);
    }

    [Fact]
    public void Evaluate_SetOutcomeAndVariables_ReachTheHost()
    {
        var fake = new FakeWorkflow(new JsonObject { ["Lines"] = new JsonArray(1, 2) });

        Script.Parse("setOutcome('Large'); variables.Lines.push(3); variables.MagicNumber = 42; setTotal(variables.Lines.length)").Evaluate(fake.Host);

        Assert.Equal(["Large"], fake.Outcomes);
        Assert.Equal("{\"Lines\":[1,2,3],\"MagicNumber\":42,\"Total\":3}", fake.Variables.ToJsonString());
    }
}
