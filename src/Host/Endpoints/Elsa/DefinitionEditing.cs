using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Saving, publishing and importing definitions for Studio and for programs: the same rules whichever door is used.</summary>
public sealed class DefinitionEditing(DefinitionStore store, DefinitionProblems problems, Publications publications, MonOpcoDbContext database, Access access)
{
    /// <summary>Members of Studio's own class: all others on the definition's top level are dropped by it and put back here.</summary>
    private static readonly HashSet<string> KnownToStudio =
    [
        "id", "definitionId", "name", "description", "createdAt", "version", "toolVersion", "variables", "inputs", "outputs", "outcomes", "customProperties",
        "isReadonly", "isSystem", "isLatest", "isPublished", "materializerName", "options", "root", "links", "tenantId",
    ];

    /// <summary>Overwrites the draft, or makes version n + 1 when the latest is frozen; nothing when nothing changed.</summary>
    /// <param name="model">The definition, as Studio or a file has it.</param>
    /// <param name="cancel">Cancels.</param>
    /// <param name="isPublishing">Publishing makes a version even of the same text, as in Elsa: those who use it may be asked to follow.</param>
    /// <param name="isImport">Brought from a file: there is no version it was made from, and the draft of somebody else is set aside rather than overwritten.</param>
    /// <exception cref="SaveConflictException">Somebody else has saved since this model was read; what was typed is kept as a copy.</exception>
    public async Task<DefinitionVersion> SaveAsync(JsonObject model, CancellationToken cancel, bool isPublishing = false, bool isImport = false)
    {
        var definitionId = model.Text("definitionId") is { Length: > 0 } given ? given : Guid.CreateVersion7().ToString("N");
        var versions = await store.ListAsync(definitionId, cancel);
        var latest = versions.FirstOrDefault(version => version.IsLatest);
        var kept = DefinitionDocument.ForStore(model);
        kept["definitionId"] = definitionId;
        JsonObject? former = null;
        if (latest is not null)
        {
            former = DefinitionDocument.Parse(latest);
            foreach (var (name, value) in former.Where(member => !KnownToStudio.Contains(member.Key) && !kept.ContainsKey(member.Key)))
            {
                kept[name] = value?.DeepClone();
            }

            kept["name"] ??= latest.Name;
            kept["description"] ??= latest.Description;
        }

        var body = StableForm.Write(kept, former);
        if (latest is not null && !isPublishing && (body == latest.Body || body == StableForm.Text(former!)))
        {
            return latest;
        }

        var (actor, session) = (access.Actor, access.Session);
        var change = access.Change();
        try
        {
            return await store.SaveDraftAsync(
                new SaveDraft(definitionId, body)
                {
                    Name = model.Text("name") ?? latest?.Name ?? definitionId,
                    Description = model.Text("description") ?? latest?.Description ?? "",
                    Author = actor,
                    SetsAside = isImport && latest is { IsFrozen: false } && latest.Author != actor,
                    Check = async (services, current) =>
                    {
                        var db = services.GetRequiredService<MonOpcoDbContext>();
                        var row = await db.Set<WorkflowProcedureRow>().SingleOrDefaultAsync(x => x.DefinitionId == definitionId, cancel);
                        var isOwn = row?.SavedBySession == session && string.Equals(current?.Author, actor, StringComparison.Ordinal);
                        if (current is not null && !isImport && !isOwn && IsStale(model, current, versions))
                        {
                            throw new DraftConflictException(definitionId, current.Author);
                        }

                        if (row is null)
                        {
                            db.Add(row = new WorkflowProcedureRow { DefinitionId = definitionId });
                        }

                        // One line per person and sitting, not per movement of the mouse: the designer saves after each.
                        if (current is not { IsFrozen: false } || !isOwn)
                        {
                            db.Note(change, definitionId, isImport ? "Imported" : "DraftSaved", new JsonObject { ["version"] = current is { IsFrozen: false } ? current.Version : (current?.Version ?? 0) + 1 }, null);
                        }

                        row.SavedBySession = session;
                        await db.SaveChangesAsync(cancel);
                    },
                },
                cancel);
        }
        catch (DraftConflictException)
        {
            throw new SaveConflictException(await store.FindLatestAsync(definitionId, cancel) ?? latest!, await KeepAsync(definitionId, body, model.Number("version") ?? 0, cancel));
        }
    }

    /// <summary>Publishes the latest version at once, or asks for a second person's agreement where one is needed; or says why not.</summary>
    public Task<PublishOutcome> PublishAsync(string definitionId, CancellationToken cancel) => publications.RequestAsync(definitionId, "", null, access.Change(), cancel);

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
            saved.Add(await SaveAsync(model, cancel, isImport: true));
        }

        return (saved, found);
    }

    /// <summary>
    /// Made from another version or revision than the latest. Studio's next save may leave before the answer to the previous one came, so the same tab's own newer
    /// draft is none; nor is what says nothing of where it comes from.
    /// </summary>
    private static bool IsStale(JsonObject model, DefinitionVersion current, IReadOnlyList<DefinitionVersion> versions)
    {
        if (model.Text("id") is not { Length: > 0 } id || (id != current.Id && !versions.Any(version => version.Id == id)))
        {
            return false;
        }

        return id != current.Id || (DefinitionDocument.Revision(model) is { } revision && revision != current.Revision);
    }

    private async Task<Guid> KeepAsync(string definitionId, string body, int basedOn, CancellationToken cancel)
    {
        var change = access.Change();
        var session = access.Session ?? $"{change.ActorName}/{basedOn}";
        var copies = database.Set<WorkflowDraftCopyRow>();
        var copy = await copies.SingleOrDefaultAsync(x => x.DefinitionId == definitionId && x.Session == session, cancel);
        if (copy is null)
        {
            copies.Add(copy = new WorkflowDraftCopyRow { Id = Guid.CreateVersion7(change.Now), DefinitionId = definitionId, Session = session, Author = change.ActorName, Body = body, BasedOn = basedOn });
            database.Note(change, definitionId, "ConflictKept", new JsonObject { ["copy"] = copy.Id, ["basedOn"] = basedOn }, null);
        }

        (copy.AuthorId, copy.At, copy.Body, copy.BasedOn) = (change.UserId, change.Now, body, basedOn);
        await database.SaveChangesAsync(cancel);
        return copy.Id;
    }
}

/// <summary>A save was refused: <paramref name="latest"/> was saved meanwhile by somebody else, or in another tab. What was typed is kept as <paramref name="copyId"/>.</summary>
public sealed class SaveConflictException(DefinitionVersion latest, Guid copyId) : Exception($"The draft of {latest.DefinitionId} was saved by {latest.Author} in the meantime.")
{
    public DefinitionVersion Latest { get; } = latest;

    public Guid CopyId { get; } = copyId;
}
