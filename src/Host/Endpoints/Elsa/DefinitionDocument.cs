using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>
/// A stored definition as Studio wants to see it, and what Studio sends back as we keep it. Members that we do not know travel unchanged both ways.
/// </summary>
internal static class DefinitionDocument
{
    /// <summary>How definitions are written, so that two exports of the same thing are the same file and a change can be read in git.</summary>
    public static JsonSerializerOptions FileOptions { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Members that say where a version stands; they come from the store and are not part of the definition's text.</summary>
    internal static readonly string[] Computed = ["id", "version", "createdAt", "isLatest", "isPublished", "isReadonly", "isSystem", "links", "materializerName", "consumingWorkflowCount", "problems"];

    private static readonly string[] Lists = ["variables", "inputs", "outputs", "outcomes"];
    private static readonly string[] Objects = ["customProperties", "options"];

    public static JsonObject Parse(DefinitionVersion version) => JsonNode.Parse(version.Body) as JsonObject
        ?? throw new InvalidOperationException($"Version {version.Id} of {version.DefinitionId} is not a JSON object.");

    public static JsonObject ForStudio(DefinitionVersion version, bool canEdit, bool canPublish)
    {
        var json = Parse(version);
        json["id"] = version.Id;
        json["definitionId"] = version.DefinitionId;
        json["name"] = version.Name;

        // What was seeded before descriptions were read has it in its text only.
        json["description"] = version.Description.Length > 0 ? version.Description : json.Text("description") ?? "";
        json["createdAt"] = Stamp(version);
        json["version"] = version.Version;
        json["isLatest"] = version.IsLatest;
        json["isPublished"] = version.IsPublished;
        json["isReadonly"] = !canEdit;
        json["isSystem"] = false;
        json["materializerName"] = "Json";
        json["links"] = new JsonArray([.. Links(version.DefinitionId, canEdit, canPublish).Select(link => new JsonObject { ["href"] = link.Href, ["rel"] = link.Rel, ["method"] = link.Method })]);

        // Studio crashes on a null list.
        foreach (var name in Lists.Where(name => json[name] is not JsonArray))
        {
            json[name] = new JsonArray();
        }

        foreach (var name in Objects.Where(name => json[name] is not JsonObject))
        {
            json[name] = new JsonObject();
        }

        if (json["root"] is JsonObject root)
        {
            SetNodeIds(root, "Workflow1");
        }

        return json;
    }

    public static object Summary(DefinitionVersion version, bool canEdit, bool canPublish) => new
    {
        version.Id,
        version.DefinitionId,
        version.Name,
        version.Description,
        version.Version,
        ToolVersion = "3.8.2.0",
        version.IsLatest,
        version.IsPublished,
        IsReadonly = !canEdit,
        MaterializerName = "Json",
        IsMaterializerAvailable = true,
        version.CreatedAt,
        Links = Links(version.DefinitionId, canEdit, canPublish),
    };

    /// <summary>The revision that a model sent back was made from; null when it does not say.</summary>
    public static int? Revision(JsonObject model) => DateTimeOffset.TryParse(model.Text("createdAt"), CultureInfo.InvariantCulture, out var stamp)
        ? (int)(stamp.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond)
        : null;

    /// <summary>What Studio or a file holds, without what the store computes.</summary>
    public static JsonObject ForStore(JsonObject model)
    {
        var kept = (JsonObject)model.DeepClone();
        foreach (var name in Computed)
        {
            kept.Remove(name);
        }

        return kept;
    }

    /// <summary>Node id of every activity by its id (<c>Workflow1:flowchart:activity</c>), as Studio's viewer addresses them.</summary>
    public static IReadOnlyDictionary<string, string> NodeIds(JsonObject definition)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (definition["root"] is JsonObject root)
        {
            SetNodeIds(root, "Workflow1");
            Visit(root, node => found.TryAdd(node.Text("id")!, node.Text("nodeId")!));
        }

        return found;
    }

    /// <summary>Calls <paramref name="visit"/> for the node and every activity below it, wherever an activity may be nested (ports, cases, branches, bodies).</summary>
    public static void Visit(JsonObject node, Action<JsonObject> visit)
    {
        visit(node);
        foreach (var child in Children(node))
        {
            Visit(child, visit);
        }
    }

    /// <summary>
    /// The activity with that node id (without one, the root), also inside definitions used as activities. Such a node shows what it uses as Elsa does: a workflow
    /// whose root is the definition's.
    /// </summary>
    public static async Task<JsonObject?> FindAsync(JsonObject root, string? nodeId, Func<JsonObject, Task<DefinitionVersion?>> usedBy)
    {
        var nodes = new List<JsonObject>();
        Visit(root, nodes.Add);
        if (nodes.Find(node => string.IsNullOrEmpty(nodeId) || node.Text("nodeId") == nodeId) is { } found)
        {
            await ExpandAsync(found, usedBy);
            return found;
        }

        foreach (var user in nodes.Where(node => nodeId!.StartsWith(node.Text("nodeId") + ":", StringComparison.Ordinal)))
        {
            if (await ExpandAsync(user, usedBy) is { } inner && await FindAsync(inner, nodeId, usedBy) is { } nested)
            {
                return nested;
            }
        }

        return null;
    }

    private static async Task<JsonObject?> ExpandAsync(JsonObject node, Func<JsonObject, Task<DefinitionVersion?>> usedBy)
    {
        if (await usedBy(node) is not { } version || Parse(version)["root"]?.DeepClone() is not JsonObject inner)
        {
            return null;
        }

        SetNodeIds(inner, node.Text("nodeId")!);
        node["root"] = new JsonObject { ["type"] = "Elsa.Workflow", ["version"] = 1, ["name"] = version.Name, ["root"] = inner };
        return inner;
    }

    /// <summary>
    /// Studio knows no version check, but it sends back the id and the date of creation that it was given. The microseconds of that date, which nobody looks at,
    /// are the revision of the draft.
    /// </summary>
    private static DateTimeOffset Stamp(DefinitionVersion version) =>
        new(version.CreatedAt.UtcTicks - (version.CreatedAt.UtcTicks % TimeSpan.TicksPerSecond) + (version.Revision % 1_000_000 * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private static IEnumerable<Link> Links(string definitionId, bool canEdit, bool canPublish)
    {
        var at = "/workflow-definitions/" + Uri.EscapeDataString(definitionId);
        yield return new(at + "/export", "export", "GET");
        if (canEdit)
        {
            // Studio takes a definition without this link for read-only.
            yield return new(at + "/publish", "publish", "POST");
        }

        if (canPublish)
        {
            yield return new(at + "/retract", "retract", "POST");
            yield return new(at + "/execute", "execute", "POST");
        }

        if (canPublish)
        {
            yield return new(at, "delete", "DELETE");
        }
    }

    private static void SetNodeIds(JsonObject node, string parent)
    {
        var nodeId = $"{parent}:{node.Text("id")}";
        node["nodeId"] = nodeId;
        foreach (var child in Children(node))
        {
            SetNodeIds(child, nodeId);
        }
    }

    private static IEnumerable<JsonObject> Children(JsonObject node) =>
        node.Where(member => member.Key is not ("metadata" or "customProperties")).SelectMany(member => Activities(member.Value));

    private static IEnumerable<JsonObject> Activities(JsonNode? node) => node switch
    {
        JsonObject found when IsActivity(found) => [found],
        JsonObject other => other.SelectMany(member => Activities(member.Value)),
        JsonArray items => items.SelectMany(Activities),
        _ => [],
    };

    /// <summary>Inputs have a <c>typeName</c>, expressions no <c>id</c>, variables no <c>type</c>: only activities have both.</summary>
    private static bool IsActivity(JsonObject json) => json.Text("type") is not null && json.Text("id") is not null && !json.ContainsKey("expression");
}
