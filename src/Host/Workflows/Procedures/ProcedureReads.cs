using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>A version without its body.</summary>
public sealed record VersionRow(string Id, string DefinitionId, int Version, string Name, string Description, bool IsFrozen, bool IsSeed, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Author)
{
    public bool IsPublished { get; init; }

    public bool IsLatest { get; init; }

    /// <summary>Its last or pending publication; null for a draft, and for what came with MonOPCO.</summary>
    public WorkflowPublicationRow? Publication { get; init; }

    /// <summary>Running instances that follow it.</summary>
    public int Running { get; init; }

    public bool IsDraft => IsLatest && !IsFrozen;
}

/// <summary>One procedure with its versions, newest first.</summary>
public sealed record ProcedureView(string DefinitionId, IReadOnlyList<VersionRow> Versions, DateTimeOffset? PublishedAt, IReadOnlyList<string> Labels)
{
    public VersionRow Latest => Versions[0];

    public VersionRow? Published { get; } = Versions.FirstOrDefault(version => version.IsPublished);

    /// <summary>Running instances of versions that the list does not name.</summary>
    public int OtherRunning { get; init; }

    public int Running => OtherRunning + Versions.Sum(version => version.Running);

    /// <summary>Publications planned or awaiting a second person, the next first.</summary>
    public IReadOnlyList<WorkflowPublicationRow> Pending { get; init; } = [];

    public WorkflowPublicationRow? Scheduled => Pending.FirstOrDefault(row => row.State == PublicationState.Scheduled);

    public WorkflowPublicationRow? Awaiting => Pending.FirstOrDefault(row => row.State == PublicationState.AwaitingApproval);

    public WorkflowPublicationRow? Held => Pending.FirstOrDefault(row => row.State == PublicationState.Held);

    /// <summary>The own rule; null = as everywhere.</summary>
    public bool? NeedsApproval { get; init; }
}

/// <summary>Procedures as lists and pages show them: no bodies are read.</summary>
public sealed class ProcedureReads(MonOpcoDbContext database)
{
    /// <summary>All procedures, each with its latest and its published version.</summary>
    public async Task<IReadOnlyList<ProcedureView>> ListAsync(CancellationToken cancel) => await ReadAsync(null, cancel);

    /// <summary>One procedure with all its versions; null when there is none.</summary>
    public async Task<ProcedureView?> FindAsync(string definitionId, CancellationToken cancel) => await ReadAsync(definitionId, cancel) is [var found, ..] ? found : null;

    /// <summary>Publications that await a second person, oldest first.</summary>
    public async Task<IReadOnlyList<(WorkflowPublicationRow Row, string Name)>> AwaitingAsync(CancellationToken cancel)
    {
        var rows = await database.Set<WorkflowPublicationRow>().AsNoTracking().Where(x => x.State == PublicationState.AwaitingApproval).OrderBy(x => x.RequestedAt)
            .Join(database.Set<WorkflowDefinitionRow>(), x => x.VersionId, x => x.Id, (row, version) => new { row, version.Name }).ToListAsync(cancel);
        return [.. rows.Select(x => (x.row, x.Name))];
    }

    /// <summary>The rule for procedures without an own one.</summary>
    public async Task<bool> NeedsApprovalEverywhereAsync(CancellationToken cancel) =>
        await database.Set<WorkflowProcedureRow>().AnyAsync(x => x.DefinitionId == WorkflowProcedureRow.Everywhere && x.NeedsApproval == true, cancel);

    private async Task<IReadOnlyList<ProcedureView>> ReadAsync(string? definitionId, CancellationToken cancel)
    {
        var definitions = database.Set<WorkflowDefinitionRow>().AsNoTracking().Where(x => x.DeletedAt == null && (definitionId == null || x.DefinitionId == definitionId));
        var pointers = await database.Set<WorkflowPublishedRow>().AsNoTracking().Where(x => definitionId == null || x.DefinitionId == definitionId).ToDictionaryAsync(x => x.DefinitionId, cancel);
        if (definitionId is null)
        {
            definitions = definitions.Where(x =>
                !database.Set<WorkflowDefinitionRow>().Any(y => y.DefinitionId == x.DefinitionId && y.Version > x.Version) || database.Set<WorkflowPublishedRow>().Any(p => p.VersionId == x.Id));
        }

        var versions = await definitions.OrderBy(x => x.DefinitionId).ThenByDescending(x => x.Version)
            .Select(x => new VersionRow(x.Id, x.DefinitionId, x.Version, x.Name, x.Description, x.IsFrozen, x.SeedHash != null, x.CreatedAt, x.UpdatedAt, x.Author)).ToListAsync(cancel);

        // One pass over the running instances, whatever the number of procedures.
        var running = await database.Set<WorkflowInstanceRow>().AsNoTracking().Where(x => x.Status == nameof(InstanceStatus.Running) && (definitionId == null || x.DefinitionId == definitionId))
            .GroupBy(x => new { x.DefinitionId, x.DefinitionVersionId }).Select(x => new { x.Key.DefinitionId, x.Key.DefinitionVersionId, Count = x.Count() }).ToListAsync(cancel);
        var publications = await database.Set<WorkflowPublicationRow>().AsNoTracking().Where(x => definitionId == null || x.DefinitionId == definitionId).OrderByDescending(x => x.RequestedAt).ToListAsync(cancel);
        var settings = await database.Set<WorkflowProcedureRow>().AsNoTracking().Where(x => definitionId == null || x.DefinitionId == definitionId).ToDictionaryAsync(x => x.DefinitionId, cancel);
        return
        [
            .. versions.GroupBy(version => version.DefinitionId).Select(group => new ProcedureView(
                group.Key,
                [.. group.Select((version, place) => version with
                {
                    IsLatest = place == 0,
                    IsPublished = pointers.GetValueOrDefault(group.Key)?.VersionId == version.Id,
                    Publication = publications.Find(row => row.VersionId == version.Id && row.State == PublicationState.Published) ?? publications.Find(row => row.VersionId == version.Id),
                    Running = running.Where(x => x.DefinitionVersionId == version.Id).Sum(x => x.Count),
                })],
                pointers.GetValueOrDefault(group.Key)?.PublishedAt,
                settings.GetValueOrDefault(group.Key)?.Labels ?? [])
            {
                Pending = [.. publications.Where(row => row.DefinitionId == group.Key && row.IsPending).OrderBy(row => row.EffectiveAt)],
                NeedsApproval = settings.GetValueOrDefault(group.Key)?.NeedsApproval,
                OtherRunning = definitionId is null ? running.Where(x => x.DefinitionId == group.Key && group.All(version => version.Id != x.DefinitionVersionId)).Sum(x => x.Count) : 0,
            }),
        ];
    }
}
