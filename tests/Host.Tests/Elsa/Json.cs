using System.Text.Json.Nodes;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary>Short forms of Elsa's JSON.</summary>
internal static class Json
{
    public static JsonObject Node(string id, string type, params (string Name, JsonNode? Value)[] properties)
    {
        var node = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = type, ["version"] = 1, ["customProperties"] = new JsonObject() };
        foreach (var (name, value) in properties)
        {
            node[name] = value;
        }

        return node;
    }

    public static JsonObject Text(JsonNode? value, string type = "String") => new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    public static JsonObject Js(string script, string type = "Object") => new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = script } };

    public static JsonObject To(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "v-" + variable } };

    public static JsonObject Line(string id, string? script = null) => Node(id, "Elsa.WriteLine", ("text", script is null ? Text(id) : Js(script)));

    public static JsonObject Event(string id, string name) => Node(id, "Elsa.Event", ("eventName", Text(name)));

    public static JsonObject Sequence(params JsonObject[] activities) => Node("root", "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    /// <summary><c>a>b</c>, or <c>a:True>b</c>.</summary>
    public static JsonObject Chart(string connections, params JsonObject[] activities) => Node("root", "Elsa.Flowchart", ("activities", new JsonArray([.. activities])), ("connections", new JsonArray([.. connections.Split(' ').Select(c =>
    {
        var ends = c.Split('>');
        var source = ends[0].Split(':');
        return (JsonNode)new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1].Replace('_', ' ') : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    })])));

    public static JsonObject Starts(this JsonObject node)
    {
        node["customProperties"]!["canStartWorkflow"] = true;
        return node;
    }

    public static JsonObject Custom(this JsonObject node, string name, JsonNode value)
    {
        node["customProperties"]![name] = value;
        return node;
    }

    public static JsonObject Endpoint(string path, string methods, params (string Name, JsonNode? Value)[] more) =>
        Node("endpoint", "Elsa.HttpEndpoint", [("path", Text(path)), ("supportedMethods", new JsonObject { ["typeName"] = "String[]", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = methods } }), .. more]);

    public static JsonObject Answer(string script, string status = "OK") => Node("answer", "Elsa.WriteHttpResponse", ("statusCode", Text(status)), ("content", Js(script)), ("contentType", Text("text/plain")));
}
