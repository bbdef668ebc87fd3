using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// Reading of JSON that is common to all parts.
internal sealed partial class Compilation
{
    private static string Shown(JsonNode value) => value.ToJsonString() is { Length: > 80 } text ? text[..80] + "…" : value.ToJsonString();

    private static JsonNode? Property(JsonObject json, string name)
    {
        if (json.TryGetPropertyValue(NodeReader.CamelCase(name), out var value))
        {
            return value;
        }

        return json.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static IEnumerable<(string Name, string Type)> Names(JsonNode? json) =>
        (json as JsonArray ?? []).OfType<JsonObject>().Select(i => (LenientJson.ToText(i["name"]) ?? "", (LenientJson.ToText(i["type"]) ?? "Object") + (LenientJson.ToBoolean(i["isArray"]) ? "[]" : "")));

    private static string[] Texts(JsonNode? json) => [.. (json as JsonArray ?? []).Select(o => LenientJson.ToText(o) ?? "")];

    /// <summary>A free copy without lazily parsed parts: safe to read from many threads at once.</summary>
    private static JsonNode? Frozen(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                var copy = new JsonObject();
                foreach (var (name, value) in json)
                {
                    copy[name] = Frozen(value);
                }

                return copy;
            case JsonArray array:
                return new JsonArray([.. array.Select(Frozen)]);
            case null:
                return null;
            default:
                return node.GetValueKind() switch
                {
                    System.Text.Json.JsonValueKind.String => JsonValue.Create(node.GetValue<string>()),
                    System.Text.Json.JsonValueKind.True => JsonValue.Create(true),
                    System.Text.Json.JsonValueKind.False => JsonValue.Create(false),
                    System.Text.Json.JsonValueKind.Null => null,
                    _ => LenientJson.ToInt64(node) is { } whole and >= int.MinValue and <= int.MaxValue ? JsonValue.Create((int)whole) : node.DeepClone(),
                };
        }
    }
}
