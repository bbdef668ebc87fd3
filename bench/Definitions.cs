using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Bench;

/// <summary>The workflows that are measured, as Elsa JSON.</summary>
internal static class Definitions
{
    /// <summary>Five steps, a wait for an event of the instance's own, a last step.</summary>
    internal static JsonObject FiveStepsAndAWait(string id) => Flowchart(id,
        [.. Steps("Elsa.SetName", 5), Step("wait", "Elsa.Event", ("eventName", "JavaScript", "getInput('Key')")), Step("last", "Elsa.SetName", ("value", "Literal", "fini"))]);

    internal static JsonObject BuiltIn(string id, int steps) => Flowchart(id, [.. Steps("Elsa.SetName", steps)]);

    internal static JsonObject Hosted(string id, int steps)
    {
        var definition = Flowchart(id, [.. Enumerable.Range(1, steps).Select(n => Step("s" + n, "Bench.Concat", ("left", "Literal", "a"), ("right", "Variable", "")))]);
        definition["variables"] = new JsonArray(new JsonObject { ["id"] = "v1", ["name"] = "Number", ["typeName"] = "Int32", ["value"] = "7" });
        foreach (var step in definition["root"]!["activities"]!.AsArray())
        {
            step!["right"]!["expression"]!["value"] = new JsonObject { ["id"] = "v1", ["name"] = "Number" };
        }

        return definition;
    }

    internal static JsonObject Flowchart(string id, JsonObject[] steps) => new()
    {
        ["id"] = id + "-v1",
        ["definitionId"] = id,
        ["name"] = id,
        ["version"] = 1,
        ["root"] = new JsonObject
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
        },
    };

    internal static JsonObject Step(string id, string type, params (string Name, string Kind, string Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, kind, value) in inputs)
        {
            step[name] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = kind, ["value"] = value } };
        }

        return step;
    }

    private static IEnumerable<JsonObject> Steps(string type, int count) => Enumerable.Range(1, count).Select(n => Step("s" + n, type, ("value", "Literal", "nom " + n)));
}

/// <summary>A host activity with two bound inputs and an output.</summary>
[Activity("Bench.Concat", Title = "Concat", Category = "Bench")]
internal sealed class Concat : Activity<Concat.Input, Concat.Output>
{
    internal sealed record Input
    {
        public required string Left { get; init; }

        public required int Right { get; init; }
    }

    internal sealed record Output(string Text);

    private static readonly Task<ActivityResult<Output>> Answer = Task.FromResult<ActivityResult<Output>>(new ActivityResult<Output>.Done(new Output("a7")));

    public override Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context) => Answer;
}
