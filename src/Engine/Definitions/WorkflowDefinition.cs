using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>
/// A definition as a document. The JSON is kept whole: what we do not know (designer metadata, properties of a newer Elsa) survives save and export.
/// </summary>
public sealed class WorkflowDefinition
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public WorkflowDefinition(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        Json = json;
    }

    /// <summary>Throws <see cref="JsonException"/> when the text is not a JSON object.</summary>
    public static WorkflowDefinition Parse(string text) =>
        new(LenientJson.Parse(text) as JsonObject ?? throw new JsonException("Une définition est un objet JSON."));

    public JsonObject Json { get; }

    /// <summary>Id of the version.</summary>
    public string Id
    {
        get => Text("id") ?? "";
        set => Json["id"] = value;
    }

    public string DefinitionId
    {
        get => Text("definitionId") ?? "";
        set => Json["definitionId"] = value;
    }

    public string Name
    {
        get => Text("name") ?? "";
        set => Json["name"] = value;
    }

    public string? Description => Text("description");

    public int Version
    {
        get => (int)(LenientJson.ToInt64(Json["version"]) ?? 1);
        set => Json["version"] = value;
    }

    public bool IsLatest
    {
        get => LenientJson.ToBoolean(Json["isLatest"]);
        set => Json["isLatest"] = value;
    }

    public bool IsPublished
    {
        get => LenientJson.ToBoolean(Json["isPublished"]);
        set => Json["isPublished"] = value;
    }

    /// <summary>Some files keep the flag at the root instead of <c>options</c>.</summary>
    public bool UsableAsActivity => LenientJson.ToBoolean((Json["options"] as JsonObject)?["usableAsActivity"]) || LenientJson.ToBoolean(Json["usableAsActivity"]);

    /// <summary>Type name of the activity it is, when used as one: its name in Pascal case, as in Elsa.</summary>
    public string ActivityTypeName => string.Concat(Name.Split([' ', '-', '_', '.', '/', ':'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    public string ToJson() => Json.ToJsonString(Indented);

    public WorkflowDefinition Clone() => new((JsonObject)Json.DeepClone());

    private string? Text(string name) => LenientJson.ToText(Json[name]);
}
