using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Saving, publishing and importing definitions for Studio and for programs: the same rules whichever door is used.</summary>
internal sealed class DefinitionEditing(DefinitionStore store, DefinitionProblems problems, ConsumerUpdates consumers, Access access)
{
    /// <summary>Members of Studio's own class: all others on the definition's top level are dropped by it and put back here.</summary>
    private static readonly HashSet<string> KnownToStudio =
    [
        "id", "definitionId", "name", "description", "createdAt", "version", "toolVersion", "variables", "inputs", "outputs", "outcomes", "customProperties",
        "isReadonly", "isSystem", "isLatest", "isPublished", "materializerName", "options", "root", "links", "tenantId",
    ];

    /// <summary>Overwrites the draft, or makes version n + 1 when the latest was published; nothing when nothing changed.</summary>
    /// <exception cref="DraftConflictException">Somebody else has made a newer version than the one this model comes from.</exception>
    public async Task<DefinitionVersion> SaveAsync(JsonObject model, CancellationToken cancel, bool isPublishing = false)
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

            // Publishing makes a version even of the same text, as in Elsa: those who use it may be asked to follow.
            if (!isPublishing && IsSame(latest, kept))
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

    /// <summary>Publishes the latest version, or says why not. Those who use it and want to follow it are re-pointed, and published again when they were.</summary>
    public async Task<PublishOutcome> PublishAsync(string definitionId, CancellationToken cancel)
    {
        if (await store.FindLatestAsync(definitionId, cancel) is not { } latest)
        {
            return new PublishOutcome(null, false, [], 0);
        }

        if (latest.IsPublished)
        {
            return new PublishOutcome(latest, true, [], 0);
        }

        var found = await problems.OfAsync(latest, cancel);
        if (found.Any(problem => problem.IsError))
        {
            return new PublishOutcome(latest, false, found, 0);
        }

        var published = await store.PublishAsync(definitionId, access.Actor, latest.Id, cancel) with { IsLatest = true };
        return new PublishOutcome(published, false, found, await FollowAsync(published, [definitionId], cancel));
    }

    /// <summary>Saves definitions that came together as drafts, or none of them when one has errors that no draft may have.</summary>
    public async Task<(IReadOnlyList<DefinitionVersion> Saved, IReadOnlyList<DefinitionProblem> Problems)> ImportAsync(IReadOnlyList<JsonObject> models, CancellationToken cancel)
    {
        var found = (await problems.OfAsync(models, cancel))
            .SelectMany(one => one.Problems.Select(problem => models.Count == 1 ? problem : problem with { Message = $"{one.Model.Text("name")} — {problem.Sentence}" })).ToList();
        if (found.Exists(problem => problem.KeepsOut))
        {
            return ([], found);
        }

        var saved = new List<DefinitionVersion>();
        foreach (var model in models)
        {
            saved.Add(await SaveAsync(model, cancel));
        }

        return (saved, found);
    }

    private async Task<int> FollowAsync(DefinitionVersion published, HashSet<string> seen, CancellationToken cancel)
    {
        var count = 0;
        foreach (var (draft, wasPublished) in await consumers.UpdateAsync(published, cancel))
        {
            count++;

            // One that cannot be published with the new version stays as it was, beside its corrected draft.
            if (wasPublished && seen.Add(draft.DefinitionId) && !(await problems.OfAsync(draft, cancel)).Any(problem => problem.IsError))
            {
                count += await FollowAsync(await store.PublishAsync(draft.DefinitionId, access.Actor, draft.Id, cancel), seen, cancel);
            }
        }

        return count;
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
}

/// <summary>What publishing came to. Errors among the problems mean that nothing was published.</summary>
internal sealed record PublishOutcome(DefinitionVersion? Version, bool Already, IReadOnlyList<DefinitionProblem> Problems, int Consumers)
{
    public bool IsRefused => Problems.Any(problem => problem.IsError);
}
