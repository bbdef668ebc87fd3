using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>
/// The text of a definition as it is kept and exported: members and elements stand where they stood in the former text, new ones at the end, and what
/// editors add without meaning (nulls, empty lists, measured sizes, node ids) is left as it was. One changed input is then one changed line in git,
/// whatever order the designer sends things in.
/// </summary>
internal static class StableForm
{
    /// <summary>Order of members that no former text has, before all others.</summary>
    private static readonly string[] First = ["definitionId", "id", "nodeId", "name", "description", "type", "version", "toolVersion", "variables", "inputs", "outputs", "outcomes"];

    /// <summary>…and after all others.</summary>
    private static readonly string[] Last = ["customProperties", "metadata", "options", "root", "activities", "connections", "vertices"];

    /// <summary>Members of the file that say nothing about the procedure: an existing file keeps its own, a new one has none.</summary>
    private static readonly string[] Standing = [.. DefinitionDocument.Computed, "toolVersion"];

    /// <summary>The text to store.</summary>
    /// <param name="model">What is to be kept now, without <see cref="DefinitionDocument.Computed"/> members.</param>
    /// <param name="former">The text it comes from; null for a new definition.</param>
    public static string Write(JsonObject model, JsonObject? former)
    {
        var merged = Object(former ?? [], model, "");
        var standing = new JsonObject();
        foreach (var (name, value) in former ?? merged)
        {
            if (former is not null && Standing.Contains(name))
            {
                standing[name] = value?.DeepClone();
            }
            else if (merged.ContainsKey(name))
            {
                standing[name] = merged[name]?.DeepClone();
            }
        }

        foreach (var (name, value) in merged.Where(member => !standing.ContainsKey(member.Key) && (former is null || !Standing.Contains(member.Key))))
        {
            standing[name] = value?.DeepClone();
        }

        return Text(standing);
    }

    /// <summary>The file form: two spaces, accents as they are, a line feed at the end.</summary>
    public static string Text(JsonNode json) => json.ToJsonString(DefinitionDocument.FileOptions) + "\n";

    private static JsonObject Object(JsonObject former, JsonObject now, string path)
    {
        var result = new JsonObject();
        foreach (var (name, before) in former)
        {
            if (IsMeasured(path, name))
            {
                result[name] = before?.DeepClone();
            }
            else if (now.TryGetPropertyValue(name, out var after))
            {
                result[name] = Value(before, after, name, now);
            }
            else if (IsNothing(before))
            {
                // Editors drop what is empty; whoever wrote the file wanted it there.
                result[name] = before?.DeepClone();
            }
        }

        foreach (var (name, after) in now.Where(member => !former.ContainsKey(member.Key)).OrderBy(member => Rank(member.Key)).ThenBy(member => member.Key, StringComparer.Ordinal))
        {
            // Editors write out what is not so (isArray: false) where the file says nothing; a value that is false is one.
            var isUnsaid = former.Count > 0 && name != "value" && after is JsonValue flag && flag.GetValueKind() == JsonValueKind.False;
            if (!IsNothing(after) && !isUnsaid && !(former.Count > 0 && name == "nodeId"))
            {
                result[name] = Value(null, after, name, now);
            }
        }

        return result;
    }

    private static JsonNode? Value(JsonNode? before, JsonNode? after, string name, JsonObject owner) => (before, after) switch
    {
        (JsonObject former, JsonObject now) => Object(former, now, name),
        (null, JsonObject now) => Object([], now, name),
        (JsonArray former, JsonArray now) => Array(former, now, name, owner),
        (null, JsonArray now) => Array([], now, name, owner),
        (JsonValue former, JsonValue now) when IsSame(former, now) => former.DeepClone(),
        _ => after?.DeepClone(),
    };

    private static JsonArray Array(JsonArray former, JsonArray now, string name, JsonObject owner)
    {
        // What a sequence does is told by the order of its activities; a flowchart's, its connections' and variables' order says nothing.
        var isSet = name switch
        {
            "activities" => owner.Text("type") == "Elsa.Flowchart",
            "connections" or "variables" => true,
            _ => false,
        };
        var matched = now.Select(item => (Item: item, Key: Key(item, name))).ToList();
        var known = former.Select(item => (Item: item, Key: Key(item, name))).Where(item => item.Key is not null).GroupBy(item => item.Key!).ToDictionary(group => group.Key, group => group.First().Item);
        var ordered = matched;
        if (isSet && matched.TrueForAll(item => item.Key is not null))
        {
            var places = former.Select((item, place) => (Key: Key(item, name), place)).Where(item => item.Key is not null).GroupBy(item => item.Key!).ToDictionary(group => group.Key, group => group.First().place);
            ordered = [.. matched.OrderBy(item => places.GetValueOrDefault(item.Key!, int.MaxValue))];
        }

        var result = new JsonArray();
        for (var i = 0; i < ordered.Count; i++)
        {
            var (item, key) = ordered[i];
            var before = key is not null ? known.GetValueOrDefault(key) : i < former.Count ? former[i] : null;
            result.Add(Value(before, item, "", owner));
        }

        return result;
    }

    private static string? Key(JsonNode? item, string name) => item switch
    {
        JsonObject connection when name == "connections" => $"{End(connection, "source")}>{End(connection, "target")}",
        JsonObject found when name is "activities" or "variables" => found.Text("id"),
        JsonObject found when name is "inputs" or "outputs" => found.Text("name"),
        _ => null,
    };

    private static string End(JsonObject connection, string side) => connection[side] is JsonObject end ? $"{end.Text("activity")}:{end.Text("port")}" : "";

    /// <summary>The designer measures each node anew with the reader's fonts.</summary>
    private static bool IsMeasured(string owner, string name) => owner == "designer" && name == "size";

    private static bool IsNothing(JsonNode? value) => value switch
    {
        null => true,
        JsonArray { Count: 0 } => true,
        JsonObject json => json.All(member => IsNothing(member.Value)),
        _ => false,
    };

    /// <summary>Numbers are equal by value: 230 is 230.0.</summary>
    private static bool IsSame(JsonValue before, JsonValue after) =>
        before.GetValueKind() == JsonValueKind.Number && after.GetValueKind() == JsonValueKind.Number
            ? decimal.TryParse(before.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var former)
                && decimal.TryParse(after.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var now) && former == now
            : JsonNode.DeepEquals(before, after);

    private static int Rank(string name) => System.Array.IndexOf(First, name) is >= 0 and var first ? first : System.Array.IndexOf(Last, name) is >= 0 and var last ? 1000 + last : 500;
}
