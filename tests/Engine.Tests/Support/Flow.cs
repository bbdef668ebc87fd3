using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Tests.Support;

/// <summary>
/// Short forms of workflow JSON, so that a scenario fits beside its assertion. A node is JSON text; ids are given, names equal ids.
/// A connection is <c>a>b</c>, or <c>a:True>b</c> for an outcome.
/// </summary>
internal static class Flow
{
    internal static JsonObject Definition(JsonObject root, string id = "flow", string? variables = null, string? more = null)
    {
        var json = new JsonObject { ["id"] = id + "-v1", ["definitionId"] = id, ["name"] = id, ["version"] = 1, ["root"] = root.DeepClone(), ["variables"] = Variables(variables) };
        foreach (var (name, value) in more is null ? [] : (JsonObject)LenientJson.Parse(more)!)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary><c>Count:Int32=0, Name:String</c></summary>
    internal static JsonArray Variables(string? list) => new([.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(v =>
    {
        var (left, value) = v.Split('=', 2) is [var l, var r] ? (l, r) : (v, null);
        var parts = left.Split(':');
        return (JsonNode)new JsonObject { ["id"] = "v-" + parts[0], ["name"] = parts[0], ["typeName"] = parts[1], ["value"] = value };
    })]);

    internal static JsonObject Node(string id, string type, string? properties = null)
    {
        var node = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in properties is null ? [] : (JsonObject)LenientJson.Parse(properties)!)
        {
            node[name] = value?.DeepClone();
        }

        return node;
    }

    internal static JsonObject Line(string text) => Node(text, "Elsa.WriteLine").With("text", Literal(text));

    internal static JsonObject LineJs(string id, string script) => Node(id, "Elsa.WriteLine").With("text", Js(script));

    internal static JsonObject Event(string name) => Node(name, "Elsa.Event").With("eventName", Literal(name));

    internal static JsonObject Set(string id, string variable, string script) =>
        Node(id, "Elsa.SetVariable").With("variable", new JsonObject { ["id"] = "v-" + variable, ["name"] = variable }).With("value", Js(script));

    internal static JsonObject Decision(string id, string script) => Node(id, "Elsa.FlowDecision").With("condition", Js(script));

    internal static JsonObject Join(string id, string mode) => Node(id, "Elsa.FlowJoin").With("mode", Literal(mode));

    internal static JsonObject Seq(string id, params JsonObject[] activities) => Node(id, "Elsa.Sequence").With("activities", new JsonArray([.. activities]));

    internal static JsonObject Chart(string connections, params JsonObject[] activities) => Chart("chart", connections, activities);

    internal static JsonObject Chart(string id, string connections, JsonObject[] activities) =>
        Node(id, "Elsa.Flowchart").With("activities", new JsonArray([.. activities])).With("connections", new JsonArray([.. connections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Connection)]));

    internal static JsonObject Merge(this JsonObject node, string mode) => node.With("customProperties", new JsonObject { ["mergeMode"] = mode });

    internal static JsonObject OnTokens(this JsonObject chart) => chart.With("customProperties", new JsonObject { ["executionMode"] = "TokenBased" });

    internal static JsonObject CanStart(this JsonObject node) => node.With("customProperties", new JsonObject { ["canStartWorkflow"] = true });

    internal static JsonObject With(this JsonObject node, string property, JsonNode? value)
    {
        node[property] = value;
        return node;
    }

    internal static JsonObject Literal(JsonNode? value, string type = "String") => Expression("Literal", value, type);

    internal static JsonObject Js(string script, string type = "Object") => Expression("JavaScript", script, type);

    internal static JsonObject Expression(string syntax, JsonNode? value, string? type) => new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = syntax, ["value"] = value } };

    internal static JsonObject To(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "v-" + variable } };

    private static JsonNode Connection(string text)
    {
        var ends = text.Split('>');
        var (source, port) = ends[0].Split(':') is [var s, var p] ? (s, p) : (ends[0], "Done");
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source, ["port"] = port.Replace('_', ' ') },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }
}
