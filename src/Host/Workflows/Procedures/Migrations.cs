using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>Instances moved together, as the page shows them.</summary>
public sealed record MigrationBatch(Guid Id, int FromVersion, int ToVersion, DateTimeOffset At, string Actor, string? Reason, int Count, int Undone);

/// <summary>Moving a few running instances of a procedure to another of its versions, and what has been moved; any number of them: <see cref="BulkMigrations"/>.</summary>
public sealed class Migrations(WorkflowRuntime runtime, MonOpcoDbContext database)
{
    private DbSet<WorkflowMoveRow> Rows => database.Set<WorkflowMoveRow>();

    /// <summary>How many instances of a version run.</summary>
    public Task<int> CountAsync(string versionId, CancellationToken cancel) => database.Set<WorkflowInstanceRow>().CountAsync(x => x.DefinitionVersionId == versionId && x.Status == nameof(InstanceStatus.Running), cancel);

    /// <summary>Running instances of a version, oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> RunningAsync(string versionId, int limit, CancellationToken cancel) =>
        await database.Set<WorkflowInstanceRow>().AsNoTracking().Where(x => x.DefinitionVersionId == versionId && x.Status == nameof(InstanceStatus.Running)).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).Select(x => x.Id).Take(limit).ToListAsync(cancel);

    /// <summary>Moves those that can; each keeps in the same transaction what it needs to come back.</summary>
    public async Task<(Guid Batch, IReadOnlyList<InstanceMigration> Results)> MoveAsync(string definitionId, IReadOnlyCollection<Guid> instances, DefinitionVersion to, ChangeContext change, CancellationToken cancel)
    {
        var batch = Guid.CreateVersion7(change.Now);
        var results = await runtime.MigrateAsync(instances, to.Id, change.ActorName, WorkflowMoveRow.Keeper(batch, change.ActorName, change.Now, change.Reason), cancel);
        if (results.Any(result => result.IsDone))
        {
            database.Note(change, definitionId, "InstancesMigrated", new JsonObject { ["batch"] = batch, ["to"] = to.Version, ["moved"] = results.Count(result => result.IsDone), ["left"] = results.Count(result => !result.IsDone) }, change.Reason);
            await database.SaveChangesAsync(cancel);
        }

        return (batch, results);
    }

    /// <summary>The moves of a procedure, newest first.</summary>
    public async Task<IReadOnlyList<MigrationBatch>> BatchesAsync(string definitionId, CancellationToken cancel) =>
        [.. (await Rows.AsNoTracking().Where(x => x.DefinitionId == definitionId)
            .GroupBy(x => x.BatchId)
            .Select(x => new { x.Key, From = x.Min(r => r.FromVersion), To = x.Min(r => r.ToVersion), At = x.Min(r => r.At), Actor = x.Min(r => r.Actor), Reason = x.Min(r => r.Reason), Count = x.Count(), Undone = x.Count(r => r.UndoneAt != null) })
            .OrderByDescending(x => x.At).Take(20).ToListAsync(cancel))
            .Select(x => new MigrationBatch(x.Key, x.From, x.To, x.At, x.Actor!, x.Reason, x.Count, x.Undone))];
}
