using System.Security.Cryptography;
using System.Text;

namespace MonOPCO.Engine.Storage;

/// <summary>A draft to save. With <see cref="ExpectedRevision"/> the save fails when somebody else saved in between.</summary>
public sealed record SaveDraft(string DefinitionId, string Body)
{
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The draft to overwrite; null = the latest one. Ignored when that version is frozen: a new version is made.</summary>
    public string? VersionId { get; init; }

    public int? ExpectedRevision { get; init; }

    public string? Author { get; init; }

    /// <summary>The draft under way stays as the version it is, and this one becomes the next.</summary>
    public bool SetsAside { get; init; }

    /// <summary>Asked with the latest version (null when there is none) once nobody else can save; it throws to refuse. What it writes is part of the save.</summary>
    public Func<IServiceProvider, DefinitionVersion?, Task>? Check { get; init; }
}

/// <summary>What else is written in the transaction that changes a definition; when it throws, nothing is changed. Services: those of the transaction.</summary>
public delegate Task Beside(IServiceProvider services, DefinitionVersion version);

/// <summary>Versions of definitions: immutable once published, one published pointer each. Changes of one definition are serialised.</summary>
public sealed class DefinitionStore(IWorkflowStore store, WorkflowProgram program, TimeProvider clock)
{
    public Task<DefinitionVersion?> FindAsync(string versionId, CancellationToken cancellationToken = default) => store.FindVersionAsync(versionId, cancellationToken);

    /// <summary>All versions of one definition, newest first; without an id the latest and the published version of each.</summary>
    public Task<IReadOnlyList<DefinitionVersion>> ListAsync(string? definitionId = null, CancellationToken cancellationToken = default) => store.ListVersionsAsync(definitionId, cancellationToken);

    public async Task<DefinitionVersion?> FindPublishedAsync(string definitionId, CancellationToken cancellationToken = default)
    {
        await using var tx = await store.BeginAsync(cancellationToken);
        return await tx.PublishedVersionIdAsync(definitionId, cancellationToken) is { } versionId ? await tx.FindVersionAsync(versionId, cancellationToken) : null;
    }

    public async Task<DefinitionVersion?> FindLatestAsync(string definitionId, CancellationToken cancellationToken = default) =>
        (await store.ListVersionsAsync(definitionId, cancellationToken)).FirstOrDefault(v => v.IsLatest);

    /// <summary>Overwrites the draft, or makes version n + 1 when the latest is frozen.</summary>
    public Task<DefinitionVersion> SaveDraftAsync(SaveDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return InTransactionAsync(draft.DefinitionId, async tx =>
        {
            var latest = await tx.LatestVersionAsync(draft.DefinitionId, cancellationToken);
            if (draft.Check is { } check)
            {
                await check(tx.Services, latest);
            }

            var target = draft.VersionId is { } id ? await tx.FindVersionAsync(id, cancellationToken) ?? latest : latest;
            if (draft.ExpectedRevision is { } expected && target is not null && target.Revision != expected)
            {
                throw new DraftConflictException(draft.DefinitionId, target.Author);
            }

            if (draft.SetsAside && latest is { IsFrozen: false })
            {
                await tx.SaveVersionAsync(latest with { IsFrozen = true }, cancellationToken);
                target = latest with { IsFrozen = true };
            }

            var now = clock.GetUtcNow();
            var version = target is { IsFrozen: false } ? target with { Revision = target.Revision + 1, SeedHash = null } : Next(draft.DefinitionId, latest, now);
            version = version with { Body = draft.Body, Name = draft.Name, Description = draft.Description, Author = draft.Author, UpdatedAt = now };
            await tx.SaveVersionAsync(version, cancellationToken);
            return version with { IsLatest = version.Version >= (latest?.Version ?? 0) };
        }, cancellationToken);
    }

    /// <summary>Freezes a version (the latest by default) and moves the published pointer to it. Throws with all problems when it cannot be run.</summary>
    public Task<DefinitionVersion> PublishAsync(string definitionId, string? actor, string? versionId = null, CancellationToken cancellationToken = default) =>
        PublishAsync(definitionId, actor, versionId, null, cancellationToken);

    /// <summary>The same; what <paramref name="beside"/> writes is committed with it, and when it throws nothing is published.</summary>
    public Task<DefinitionVersion> PublishAsync(string definitionId, string? actor, string? versionId, Beside? beside, CancellationToken cancellationToken) =>
        InTransactionAsync(definitionId, async tx =>
        {
            var version = versionId is null ? await tx.LatestVersionAsync(definitionId, cancellationToken) : await tx.FindVersionAsync(versionId, cancellationToken);
            var published = version is null ? throw new DefinitionNotFoundException(definitionId) : await PublishAsync(tx, version, actor, cancellationToken);
            return await WithAsync(tx, beside, published);
        }, cancellationToken);

    /// <summary>From now on the body of this version stays as it is, without being published: what a publication to come was agreed upon.</summary>
    public Task<DefinitionVersion> FreezeAsync(string definitionId, string versionId, Beside? beside, CancellationToken cancellationToken) => InTransactionAsync(definitionId, async tx =>
    {
        var version = await tx.FindVersionAsync(versionId, cancellationToken) ?? throw new DefinitionNotFoundException(definitionId);
        if (!version.IsFrozen)
        {
            version = version with { IsFrozen = true };
            await tx.SaveVersionAsync(version, cancellationToken);
        }

        return await WithAsync(tx, beside, version);
    }, cancellationToken);

    /// <summary>New instances are refused from now on; running ones go on.</summary>
    public Task RetractAsync(string definitionId, string? actor, CancellationToken cancellationToken = default) => RetractAsync(definitionId, actor, null, cancellationToken);

    /// <inheritdoc cref="RetractAsync(string, string?, CancellationToken)"/>
    public Task RetractAsync(string definitionId, string? actor, Beside? beside, CancellationToken cancellationToken) => InTransactionAsync(definitionId, async tx =>
    {
        var latest = await tx.LatestVersionAsync(definitionId, cancellationToken) ?? throw new DefinitionNotFoundException(definitionId);
        await tx.SetPublishedAsync(definitionId, null, [], actor, clock.GetUtcNow(), cancellationToken);
        return await WithAsync(tx, beside, latest);
    }, cancellationToken);

    /// <summary>
    /// Deletes a definition: it can no longer be seen or started. Versions that have run stay behind for their instances. False when there is none.
    /// </summary>
    /// <exception cref="DefinitionInUseException">Instances are still running on it.</exception>
    public Task<bool> DeleteAsync(string definitionId, CancellationToken cancellationToken = default) => DeleteAsync(definitionId, null, cancellationToken);

    /// <inheritdoc cref="DeleteAsync(string, CancellationToken)"/>
    public async Task<bool> DeleteAsync(string definitionId, Beside? beside, CancellationToken cancellationToken)
    {
        if ((await store.ListVersionsAsync(definitionId, cancellationToken)).Count == 0)
        {
            return false;
        }

        var running = await store.ListInstancesAsync(new InstanceFilter { DefinitionId = definitionId, Status = Execution.InstanceStatus.Running, Take = 1 }, cancellationToken);
        return running.Total > 0
            ? throw new DefinitionInUseException(definitionId, running.Total)
            : await InTransactionAsync(definitionId, async tx =>
            {
                var latest = await tx.LatestVersionAsync(definitionId, cancellationToken);
                await tx.DeleteDefinitionAsync(definitionId, clock.GetUtcNow(), cancellationToken);
                if (latest is not null)
                {
                    await WithAsync(tx, beside, latest);
                }

                return true;
            }, cancellationToken);
    }

    /// <summary>A new draft with the body of an old version. A draft under way is set aside: it stays as the version it was, and no longer changes.</summary>
    public Task<DefinitionVersion> RevertAsync(string definitionId, int version, string? actor, CancellationToken cancellationToken = default) =>
        AgainAsync(definitionId, version, actor, isPublishing: false, null, cancellationToken);

    /// <summary>
    /// Rolls back: the body of an old version becomes version n + 1, published at once. Not the pointer moved back: numbers then tell in which order versions were
    /// valid, instances of both periods can be told apart, and the designer, which edits the latest version, shows what is in force.
    /// </summary>
    public Task<DefinitionVersion> RollBackAsync(string definitionId, int version, string? actor, Beside? beside, CancellationToken cancellationToken) =>
        AgainAsync(definitionId, version, actor, isPublishing: true, beside, cancellationToken);

    /// <summary>
    /// Brings a seed file in: a new definition is published; one that nobody edited is upgraded and published; beside an edited one the seed becomes a draft.
    /// A seed that was brought in before does nothing.
    /// </summary>
    /// <returns>The version made, or null when nothing had to be done.</returns>
    public Task<DefinitionVersion?> SeedAsync(string definitionId, string name, string body, CancellationToken cancellationToken = default) =>
        SeedAsync(definitionId, name, "", body, cancellationToken);

    /// <inheritdoc cref="SeedAsync(string, string, string, CancellationToken)"/>
    public Task<DefinitionVersion?> SeedAsync(string definitionId, string name, string description, string body, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        return InTransactionAsync<DefinitionVersion?>(definitionId, async tx =>
        {
            var latest = await tx.LatestVersionAsync(definitionId, cancellationToken);
            if (await tx.KnowsSeedAsync(definitionId, hash, cancellationToken))
            {
                return null;
            }

            var now = clock.GetUtcNow();
            var version = Next(definitionId, latest, now) with { Body = body, Name = name, Description = description, SeedHash = hash, UpdatedAt = now };
            if (latest is null or { SeedHash: not null, IsPublished: true })
            {
                return await PublishAsync(tx, version, "seed", cancellationToken);
            }

            await tx.SaveVersionAsync(version, cancellationToken);
            return version;
        }, cancellationToken);
    }

    private async Task<DefinitionVersion> AgainAsync(string definitionId, int version, string? actor, bool isPublishing, Beside? beside, CancellationToken cancellationToken)
    {
        var old = (await store.ListVersionsAsync(definitionId, cancellationToken)).FirstOrDefault(v => v.Version == version) ?? throw new DefinitionNotFoundException(definitionId);
        return await InTransactionAsync(definitionId, async tx =>
        {
            var latest = await tx.LatestVersionAsync(definitionId, cancellationToken);
            if (latest is { IsFrozen: false })
            {
                await tx.SaveVersionAsync(latest with { IsFrozen = true }, cancellationToken);
            }

            var now = clock.GetUtcNow();
            var again = Next(definitionId, latest, now) with { Body = old.Body, Name = old.Name, Description = old.Description, Author = actor, UpdatedAt = now };
            if (isPublishing)
            {
                again = await PublishAsync(tx, again, actor, cancellationToken);
            }
            else
            {
                await tx.SaveVersionAsync(again, cancellationToken);
            }

            return await WithAsync(tx, beside, again with { IsLatest = true });
        }, cancellationToken);
    }

    private static async Task<DefinitionVersion> WithAsync(IWorkflowTransaction tx, Beside? beside, DefinitionVersion version)
    {
        if (beside is not null)
        {
            await beside(tx.Services, version);
        }

        return version;
    }

    private async Task<DefinitionVersion> PublishAsync(IWorkflowTransaction tx, DefinitionVersion version, string? actor, CancellationToken cancellationToken)
    {
        var compiled = program.Compile(version);
        var frozen = version with { IsFrozen = true };
        await tx.SaveVersionAsync(frozen, cancellationToken);
        await tx.SetPublishedAsync(version.DefinitionId, version.Id, program.Triggers(compiled), actor, clock.GetUtcNow(), cancellationToken);
        return frozen with { IsPublished = true };
    }

    private static DefinitionVersion Next(string definitionId, DefinitionVersion? latest, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now).ToString("N"),
        DefinitionId = definitionId,
        Version = (latest?.Version ?? 0) + 1,
        Body = "",
        CreatedAt = now,
    };

    private async Task<T> InTransactionAsync<T>(string definitionId, Func<IWorkflowTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var tx = await store.BeginAsync(cancellationToken);
        await tx.LockDefinitionAsync(definitionId, cancellationToken);
        var result = await work(tx);
        await tx.CommitAsync(CancellationToken.None);
        return result;
    }
}
