using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Workflows;

/// <summary>Finds definitions used as activities: the version that is named, else the published one of the definition, else the published one of that type name.</summary>
internal static class SubDefinitions
{
    /// <param name="store">Asked when a definition is compiled; compiled versions are kept, so this is rare and may wait for the database.</param>
    public static Func<SubDefinition, JsonObject?> From(Func<IWorkflowReads> store) => wanted => In(Candidates(store(), wanted).GetAwaiter().GetResult())(wanted);

    public static Func<SubDefinition, JsonObject?> In(IReadOnlyList<DefinitionVersion> versions) => wanted =>
        (versions.FirstOrDefault(version => version.Id == wanted.VersionId)
            ?? versions.FirstOrDefault(version => version.IsPublished && version.DefinitionId == wanted.DefinitionId)
            ?? versions.FirstOrDefault(version => version.IsPublished && new WorkflowDefinition([]) { Name = version.Name }.ActivityTypeName == wanted.TypeName)) is { } found ? Json(found) : null;

    private static async Task<IReadOnlyList<DefinitionVersion>> Candidates(IWorkflowReads store, SubDefinition wanted)
    {
        var versions = await store.ListVersionsAsync(null, CancellationToken.None);
        return wanted.VersionId is { } id && await store.FindVersionAsync(id, CancellationToken.None) is { } named ? [named, .. versions] : versions;
    }

    private static JsonObject Json(DefinitionVersion version)
    {
        var json = JsonNode.Parse(version.Body) as JsonObject ?? throw new InvalidOperationException($"Version {version.Id} is not a JSON object.");
        json["id"] = version.Id;
        json["definitionId"] = version.DefinitionId;
        json["version"] = version.Version;
        return json;
    }
}
