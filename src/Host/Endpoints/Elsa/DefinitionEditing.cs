using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Saving, publishing and importing definitions for Studio and for programs: the same rules whichever door is used.</summary>
internal sealed class DefinitionEditing(DefinitionStore store, ActivityRegistry registry, Access access)
{
    /// <summary>Members of Studio's own class: all others on the definition's top level are dropped by it and put back here.</summary>
    private static readonly HashSet<string> KnownToStudio =
    [
        "id", "definitionId", "name", "description", "createdAt", "version", "toolVersion", "variables", "inputs", "outputs", "outcomes", "customProperties",
        "isReadonly", "isSystem", "isLatest", "isPublished", "materializerName", "options", "root", "links", "tenantId",
    ];

    /// <summary>Overwrites the draft, or makes version n + 1 when the latest was published; nothing when nothing changed.</summary>
    /// <exception cref="DraftConflictException">Somebody else has made a newer version than the one this model comes from.</exception>
    public async Task<DefinitionVersion> SaveAsync(JsonObject model, CancellationToken cancel)
    {
        var definitionId = model.Text("definitionId") is { Length: > 0 } given ? given : Guid.CreateVersion7().ToString("N");
        var versions = await store.ListAsync(definitionId, cancel);
        var latest = versions.FirstOrDefault(version => version.IsLatest);
        var kept = DefinitionDocument.ForStore(model);
        kept["definitionId"] = definitionId;
        if (latest is not null)
        {
            RefuseStale(model, latest, versions);
            foreach (var (name, value) in DefinitionDocument.Parse(latest).Where(member => !KnownToStudio.Contains(member.Key) && !kept.ContainsKey(member.Key)))
            {
                kept[name] = value?.DeepClone();
            }

            if (IsSame(latest, kept))
            {
                return latest;
            }
        }

        return await store.SaveDraftAsync(
            new SaveDraft(definitionId, kept.ToJsonString(DefinitionDocument.FileOptions))
            {
                Name = model.Text("name") ?? definitionId,
                Description = model.Text("description") ?? "",
                Author = access.Actor,
            },
            cancel);
    }

    /// <summary>The problems that forbid publishing, as sentences; empty when it may be published.</summary>
    public async Task<string[]> ProblemsAsync(DefinitionVersion version, CancellationToken cancel)
    {
        var others = await store.ListAsync(null, cancel);
        var json = DefinitionDocument.Parse(version);
        json["id"] = version.Id;
        json["version"] = version.Version;
        var names = Names(json);
        return
        [
            .. DefinitionLoader.Load(json, registry, SubDefinitions.In(others)).Problems
                .Where(problem => problem.Level == ProblemLevel.Error)
                .Select(problem => problem.NodeId is { } id && names.TryGetValue(id, out var name) && !problem.Message.Contains(name, StringComparison.Ordinal) ? $"« {name} » : {problem.Message}" : problem.Message),
        ];
    }

    /// <summary>Publishes the latest version, or says why not.</summary>
    public async Task<(DefinitionVersion? Published, bool Already, string[] Problems)> PublishAsync(string definitionId, CancellationToken cancel)
    {
        if (await store.FindLatestAsync(definitionId, cancel) is not { } latest)
        {
            return (null, false, []);
        }

        if (latest.IsPublished)
        {
            return (latest, true, []);
        }

        var problems = await ProblemsAsync(latest, cancel);
        return problems.Length > 0 ? (latest, false, problems) : (await store.PublishAsync(definitionId, access.Actor, latest.Id, cancel) with { IsLatest = true }, false, []);
    }

    /// <summary>
    /// Studio has no version check of its own: it echoes the id it loaded. Its next save may leave before the answer to the previous one came, so the
    /// author's own newer draft is accepted.
    /// </summary>
    private void RefuseStale(JsonObject model, DefinitionVersion latest, IReadOnlyList<DefinitionVersion> versions)
    {
        var isOlder = model.Text("id") is { Length: > 0 } id && id != latest.Id && versions.Any(version => version.Id == id);
        if (isOlder && !string.Equals(latest.Author, access.Actor, StringComparison.Ordinal))
        {
            throw new DraftConflictException(latest.DefinitionId, latest.Author);
        }
    }

    private static bool IsSame(DefinitionVersion latest, JsonObject kept)
    {
        var before = DefinitionDocument.ForStore(DefinitionDocument.ForStudio(latest, true, true));
        var after = (JsonObject)kept.DeepClone();
        after["name"] ??= latest.Name;
        after["description"] ??= latest.Description;
        return JsonNode.DeepEquals(before, after);
    }

    private static Dictionary<string, string> Names(JsonObject definition)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (definition["root"] is JsonObject root)
        {
            DefinitionDocument.Visit(root, node =>
                names.TryAdd(node.Text("id")!, (node["metadata"] as JsonObject)?.Text("displayText") ?? node.Text("name") ?? node.Text("id")!));
        }

        return names;
    }
}
