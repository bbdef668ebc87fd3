using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Workflows.Procedures;

public enum UsageKind
{
    /// <summary>Any value that contains the text: a form, a field, a variable, a code.</summary>
    Text,

    /// <summary>A document or mail template, by its name.</summary>
    Template,

    /// <summary>A type of activity.</summary>
    Activity,

    /// <summary>Another procedure, by its id.</summary>
    Procedure,
}

/// <summary>Where something is used: version, node and input, by their names.</summary>
public sealed record Use(string DefinitionId, string ProcedureName, int Version, bool IsPublished, string NodeName, string InputName, string Value);

/// <summary>« Who uses this? », answered from the published version and the draft of every procedure.</summary>
public sealed class DefinitionUsage(DefinitionStore store, ActivityRegistry registry)
{
    private const int MaxValue = 120;
    private static readonly string[] TemplateSources = ["documentTemplates", "mailTemplates"];
    private static readonly string[] NotInputs = ["id", "nodeId", "name", "type", "version", "metadata", "customProperties", "activities", "connections", "variables"];

    public async Task<IReadOnlyList<Use>> FindAsync(UsageKind kind, string text, CancellationToken cancel)
    {
        var found = new List<Use>();
        foreach (var version in await store.ListAsync(null, cancel))
        {
            if (DefinitionDocument.Parse(version)["root"] is JsonObject root && (kind != UsageKind.Procedure || version.DefinitionId != text))
            {
                DefinitionDocument.Visit(root, node => found.AddRange(In(version, node, kind, text)));
            }
        }

        return [.. found.OrderBy(use => use.ProcedureName, StringComparer.CurrentCulture).ThenByDescending(use => use.Version)];
    }

    private IEnumerable<Use> In(DefinitionVersion version, JsonObject node, UsageKind kind, string text)
    {
        var type = node.Text("type") ?? "";
        var descriptor = registry.Find(type);
        if (kind == UsageKind.Activity)
        {
            if (type == text || string.Equals(descriptor?.Title, text, StringComparison.OrdinalIgnoreCase))
            {
                yield return Of("", descriptor?.Title ?? type);
            }

            yield break;
        }

        foreach (var (name, value) in node.Where(member => !NotInputs.Contains(member.Key)))
        {
            // A nested activity answers for itself.
            if (value is JsonObject nested && nested.ContainsKey("type") && nested.ContainsKey("id"))
            {
                continue;
            }

            var input = descriptor?.Inputs.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
            var written = Written(value);
            var matches = kind switch
            {
                UsageKind.Template => (input?.Source is null || TemplateSources.Contains(input.Source)) && written.Any(part => Names(part, text)),
                UsageKind.Procedure => string.Equals(name, "workflowDefinitionId", StringComparison.OrdinalIgnoreCase) && written.Contains(text),
                _ => written.Any(part => part.Contains(text, StringComparison.CurrentCultureIgnoreCase)),
            };
            if (matches)
            {
                var shown = input?.IsSensitive == true ? "•••" : written.FirstOrDefault(part => part.Contains(text, StringComparison.CurrentCultureIgnoreCase)) ?? "";
                yield return Of(input?.DisplayName ?? name, shown.Length > MaxValue ? shown[..MaxValue] + "…" : shown);
            }
        }

        Use Of(string input, string value) => new(version.DefinitionId, version.Name, version.Version, version.IsPublished, Title(node), input, value);
    }

    /// <summary>The name shown on the node.</summary>
    internal static string Title(JsonObject node) => (node["metadata"] as JsonObject)?.Text("displayText") is { Length: > 0 } text ? text : node.Text("name") ?? node.Text("id") ?? "";

    private static bool Names(string written, string text) => written == text || written.Contains($"'{text}'", StringComparison.Ordinal) || written.Contains($"\"{text}\"", StringComparison.Ordinal);

    /// <summary>Every text in a value: literals, scripts, elements of lists.</summary>
    private static List<string> Written(JsonNode? value)
    {
        var found = new List<string>();
        Collect(value);
        return found;

        void Collect(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject json:
                    foreach (var member in json.Where(member => member.Key is not "typeName" && !(member.Key == "type" && json.ContainsKey("value"))))
                    {
                        Collect(member.Value);
                    }

                    break;
                case JsonArray items:
                    foreach (var item in items)
                    {
                        Collect(item);
                    }

                    break;
                case JsonValue scalar when scalar.TryGetValue<string>(out var text):
                    found.Add(text);
                    break;
            }
        }
    }
}
