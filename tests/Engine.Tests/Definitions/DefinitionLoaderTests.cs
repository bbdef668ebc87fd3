using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Definitions;

public class DefinitionLoaderTests
{
    private static readonly ActivityRegistry Registry = new([typeof(Greet), typeof(Stamp), typeof(Send)], []);

    private static IEnumerable<string> Problems(JsonObject root, string? variables = null) =>
        DefinitionLoader.Load(Definition(root, variables: variables), Registry).Problems.Select(p => $"{p.Level} {p.Code} {p.NodeId}{(p.Property is null ? "" : "." + p.Property)}");

    [Fact]
    public void Load_ManyFaults_ReportsAllAtOnceInFrench()
    {
        var root = Chart("a>nowhere g:Wrong>a a>g",
            Line("a"), Node("g", "Test.Greet").With("whom", Literal("x")).With("times", Literal("douze", "Int32")).With("text", To("Missing")),
            Node("u", "Test.Unknown"), Node("v", "Test.Stamp", """{ "version": 2 }""").With("desk", Literal("d")), LineJs("js", "1 +"), Node("a", "Elsa.Start"),
            Node("set", "Elsa.SetVariable").With("variable", new JsonObject { ["id"] = "none" }), Node("x", "Elsa.WriteLine").With("text", Expression("Perl", "1", "String")),
            Node("y", "Elsa.WriteLine").With("text", Expression("Variable", new JsonObject { ["id"] = "gone" }, "String")), Node("m", "Elsa.WriteLine").Merge("Sometimes"),
            Node("o", "Elsa.ForEach").With("items", Expression("Object", "[1,", null)));
        var problems = Problems(root).ToList();
        foreach (var expected in new[]
        {
            "Error dangling-connection chart.connections", "Error unknown-outcome g", "Error unknown-property g.whom", "Error missing-input g.Who", "Error bad-value g.Times", "Error unknown-variable g.Text",
            "Error unknown-activity u", "Error unknown-version v", "Error expression js.Text", "Error duplicate-id a", "Error unknown-variable set.variable", "Error unknown-syntax x.Text",
            "Error unknown-variable y.Text", "Error merge-mode m.mergeMode", "Error json o.Items",
        })
        {
            Assert.Contains(expected, problems);
        }

        var result = DefinitionLoader.Load(Definition(root), Registry);
        Assert.False(result.IsValid);
        Assert.Contains(result.Problems, p => p.Message == "« Personne » est obligatoire dans « g ».");
        Assert.Contains(result.Problems, p => p.Message.Contains("dernière connue : 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_UnreachableNode_IsAWarningAndUnknownPropertyAnError()
    {
        var root = Chart("S>A", Node("S", "Elsa.Start"), Line("A"), Line("alone"));
        Assert.Equal(["Warning unreachable alone"], Problems(root));
        Assert.True(DefinitionLoader.Load(Definition(root), Registry).IsValid);
        Assert.Equal(["Error unknown-property A.colour"], Problems(Line("A").With("colour", "red")));
    }

    [Theory]
    [InlineData("Elsa.Cron", "cronExpression", "61 * * * *", "bad-value")]
    [InlineData("Elsa.Cron", "cronExpression", "0 0 31 2 *", "bad-value")]
    [InlineData("Elsa.Cron", "cronExpression", " ", "missing-input")]
    [InlineData("Elsa.Delay", "timeSpan", "demain", "bad-value")]
    [InlineData("Elsa.Timer", "interval", "00:00:00", "bad-value")]
    [InlineData("Elsa.StartAt", "dateTime", "le 3", "bad-value")]
    [InlineData("Elsa.HttpEndpoint", "path", "a/{b", "bad-value")]
    [InlineData("Elsa.HttpEndpoint", "path", "a/{b}/{b}", "bad-value")]
    [InlineData("Elsa.HttpEndpoint", "path", "a/{b:couleur}", "bad-value")]
    [InlineData("Elsa.WriteHttpResponse", "statusCode", "Bof", "bad-value")]
    [InlineData("Elsa.FlowJoin", "mode", "WaitNobody", "bad-value")]
    [InlineData("Elsa.For", "end", "douze", "bad-value")]
    [InlineData("Elsa.If", "condition", "parfois", "bad-value")]
    public void Load_ConstantThatCannotWork_IsAnError(string type, string property, string value, string code) =>
        Assert.Equal(code, Assert.Single(DefinitionLoader.Load(Definition(Node("n", type).With(property, Literal(value))), Registry).Problems).Code);

    [Fact]
    public void Load_TriggerWithAnExpression_IsAnError() =>
        Assert.Equal(["Error trigger-expression n.Path"], Problems(Node("n", "Elsa.HttpEndpoint").With("path", Js("'a'")).CanStart()));

    [Fact]
    public void Load_WhatStudioSends_IsUnderstood()
    {
        var greet = Node("g", "Test.Greet")
            .With("who", new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "x" }, ["memoryReference"] = null })
            .With("titles", Expression("Object", """["gest","cons"]""", null)).With("tone", Literal("firm")).With("times", Literal("3")).With("choice", null)
            .With("text", new JsonObject { ["typeName"] = "String", ["memoryReference"] = new JsonObject { ["id"] = "g:output-0" } });
        Assert.Empty(Problems(greet));
    }

    [Fact]
    public void Document_UnknownContent_SurvivesRoundTrip()
    {
        var text = """{"id":"v1","definitionId":"d","name":"Été","version":"3","futureThing":{"a":[1,{"b":null}]},"root":{"id":"r","type":"Elsa.Flowchart","metadata":{"designer":{"position":{"x":1.5}}},"activities":[]}}""";
        var document = WorkflowDefinition.Parse(text);
        Assert.Equal(3, document.Version);
        document.IsPublished = true;
        var again = WorkflowDefinition.Parse(document.ToJson());
        Assert.True(again.IsPublished);
        Assert.Equal("""{"a":[1,{"b":null}]}""", again.Json["futureThing"]!.ToJsonString());
        Assert.Equal("1.5", again.Json["root"]!["metadata"]!["designer"]!["position"]!["x"]!.ToJsonString());
        Assert.Contains("Été", document.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OldConnectionForm_IsRead()
    {
        var chart = Node("c", "Elsa.Flowchart").With("start", "A").With("activities", new JsonArray(Line("B"), Line("A")))
            .With("connections", JsonNode.Parse("""[ { "source": "A", "target": "B", "sourcePort": "Done", "targetPort": "In" } ]"""));
        var driver = new Driver();
        driver.Start(Definition(chart));
        Assert.Equal("A B", string.Join(' ', driver.Lines()));
    }

    [Fact]
    public void Load_DefinitionThatUsesItself_IsRefused()
    {
        var json = Definition(Node("me", "Flow").With("workflowDefinitionId", "flow"));
        var result = DefinitionLoader.Load(json, Registry, _ => json);
        Assert.Equal("recursive", Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void Nodes_HaveElsasPathsAndTitles()
    {
        var root = Chart("", Line("a").With("metadata", JsonNode.Parse("""{ "displayText": "Dire A" }""")));
        var definition = DefinitionLoader.Load(Definition(root), Registry).Required;
        Assert.Equal(["Workflow1", "Workflow1:chart", "Workflow1:chart:a"], definition.Nodes.Select(n => n.NodeId));
        Assert.Equal("Dire A", definition.Nodes[2].Name);
    }
}
