using System.Text.Json.Nodes;

namespace MonOPCO.Chaos;

/// <summary>Record, two calls at once, a human task, a delay, a child that records, calls and records, and a last record.</summary>
internal static class ChaosWorkflow
{
    internal const string Parent = "chaos-parent";
    internal const string Child = "chaos-child";

    /// <summary>Rows in chaos_witness and keys at the Sandbox for one parent with its child.</summary>
    internal const int RecordsPerInstance = 4;
    internal const int CallsPerInstance = 3;

    internal static JsonObject ParentJson() => Flowchart(Parent,
    [
        Step("record-a", "Chaos.Record", ("step", "Literal", "a")),
        new JsonObject { ["id"] = "calls", ["type"] = "Elsa.Parallel", ["version"] = 1, ["activities"] = new JsonArray(Step("call-x", "Chaos.Call"), Step("call-y", "Chaos.Call")) },
        Step("task", "MonOPCO.HumanTask", ("code", "Literal", "chaos"), ("title", "Literal", "Chaos"), ("outcomes", "Object", """["Valider"]""")),
        Step("delay", "Elsa.Delay", ("timeSpan", "Literal", "00:00:02")),
        Step("child", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", Child), ("waitForCompletion", "Literal", "true")),
        Step("record-b", "Chaos.Record", ("step", "Literal", "b")),
    ]);

    internal static JsonObject ChildJson() => Flowchart(Child,
        [Step("record-c", "Chaos.Record", ("step", "Literal", "c")), Step("call-z", "Chaos.Call"), Step("record-d", "Chaos.Record", ("step", "Literal", "d"))]);

    private static JsonObject Flowchart(string id, JsonObject[] steps) => new()
    {
        ["name"] = id,
        ["root"] = new JsonObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. steps.Zip(steps.Skip(1), (a, b) => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = a["id"]!.DeepClone(), ["port"] = a["id"]!.ToString() == "task" ? "Valider" : "Done" },
                ["target"] = new JsonObject { ["activity"] = b["id"]!.DeepClone(), ["port"] = "In" },
            })]),
        },
    };

    private static JsonObject Step(string id, string type, params (string Name, string Kind, string Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, kind, value) in inputs)
        {
            step[name] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = kind, ["value"] = value } };
        }

        return step;
    }
}
