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

/// <summary>Moving running instances of a procedure to another of its versions, and back while nothing has happened to them.</summary>
public sealed class Migrations(WorkflowRuntime runtime, MonOpcoDbContext database, TimeProvider clock)
{
    private DbSet<WorkflowMoveRow> Rows => database.Set<WorkflowMoveRow>();

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

    /// <summary>Moves back those that have done nothing since; the others keep the new version and say why.</summary>
    public async Task<(int Undone, IReadOnlyList<string> Reasons)> UndoAsync(string definitionId, Guid batch, ChangeContext change, CancellationToken cancel)
    {
        var rows = await Rows.AsNoTracking().Where(x => x.BatchId == batch && x.DefinitionId == definitionId && x.UndoneAt == null).ToListAsync(cancel);
        var reasons = new List<string>();
        foreach (var row in rows)
        {
            var moved = new MovedInstance(row.InstanceId, row.DefinitionId, row.FromVersionId, row.FromVersion, row.ToVersionId, row.ToVersion, row.Burst, (JsonObject)JsonNode.Parse(row.StateBefore)!);
            var reason = await runtime.UndoMigrationAsync(moved, change.ActorName, services => services.GetRequiredService<MonOpcoDbContext>().Set<WorkflowMoveRow>()
                .Where(x => x.BatchId == row.BatchId && x.InstanceId == row.InstanceId)
                .ExecuteUpdateAsync(x => x.SetProperty(p => p.UndoneAt, clock.GetUtcNow().ToUniversalTime()).SetProperty(p => p.UndoneBy, change.ActorName), cancel), cancel);
            if (reason is not null)
            {
                reasons.Add(reason);
            }
        }

        var undone = rows.Count - reasons.Count;
        if (undone > 0)
        {
            database.Note(change, definitionId, "MigrationUndone", new JsonObject { ["batch"] = batch, ["undone"] = undone, ["left"] = reasons.Count }, change.Reason);
            await database.SaveChangesAsync(cancel);
        }

        return (undone, reasons);
    }
}
