using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Listing;
using Npgsql;

namespace MonOPCO.Domain.Dossiers.Bulk;

/// <summary>Which dossiers: ticked ones, or everything that a query finds.</summary>
public sealed record BulkSelection(IReadOnlyList<Guid> Ids, DossierQuery? Query)
{
    /// <summary>Larger selections are cut into views: a mistake on more would be a catastrophe.</summary>
    public const int Limit = 5000;
}

public sealed record BulkProgress(int Pending, int Done, int Refused, int Failed, int Undone)
{
    public int Total => Pending + Done + Refused + Failed + Undone;
}

/// <summary>The rows of acts on many dossiers: made, claimed one by one, closed in the transaction of the act itself.</summary>
public sealed class BulkRuns(MonOpcoDbContext db)
{
    // Whoever claimed an item and died leaves it to the next one after this time.
    private const string Lease = "2 minutes";
    private const int MaxAttempts = 5;

    /// <summary>At most one more than the limit, so that the caller can refuse.</summary>
    public async Task<IReadOnlyList<Guid>> ResolveAsync(BulkSelection selection, ListContext context, CancellationToken cancellationToken)
    {
        if (selection.Query is not { } query)
        {
            return await db.Dossiers.Where(x => selection.Ids.Contains(x.Id)).OrderByDescending(x => x.NumberKey).Select(x => x.Id).Take(BulkSelection.Limit + 1).ToListAsync(cancellationToken);
        }

        var (where, parameters) = DossierList.Condition(query, context);
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"select d.id from staff_dossiers d where {where} order by d.number_key desc limit {BulkSelection.Limit + 1}", (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var ids = new List<Guid>();
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
            }

            return ids;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public async Task<BulkRun> CreateAsync(BulkRun run, IReadOnlyList<Guid> dossiers, CancellationToken cancellationToken)
    {
        db.BulkRuns.Add(run);
        db.BulkItems.AddRange(dossiers.Select(x => new BulkItem { RunId = run.Id, DossierId = x, Status = BulkItemStatus.Pending }));
        await db.SaveChangesAsync(cancellationToken);
        return run;
    }

    /// <summary>The next dossier of this run (or of any); null when none is waiting.</summary>
    public async Task<(Guid RunId, Guid DossierId, int Attempts)?> ClaimAsync(Guid? runId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUniversalTime();
        var claimed = await db.Database.SqlQueryRaw<Claimed>(
            $$"""
            update bulk_items set attempts = attempts + 1, at = {0}
            where (run_id, dossier_id) in (select run_id, dossier_id from bulk_items where status = 'Pending' and (at is null or at < {0} - interval '{{Lease}}') and ({1} is null or run_id = {1}) order by run_id, dossier_id limit 1 for update skip locked)
            returning run_id as "RunId", dossier_id as "DossierId", attempts as "Attempts"
            """,
            at,
            new NpgsqlParameter { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid }).ToListAsync(cancellationToken);
        return claimed is [var one] ? (one.RunId, one.DossierId, one.Attempts) : null;
    }

    /// <summary>Closes an item; false when it was not waiting any more. Called in the transaction of the act, an act is done once.</summary>
    public async Task<bool> CloseAsync(Guid runId, Guid dossierId, BulkItemStatus status, string? message, DateTimeOffset now, CancellationToken cancellationToken, string? before = null) =>
        await db.BulkItems.Where(x => x.RunId == runId && x.DossierId == dossierId && x.Status == BulkItemStatus.Pending)
            .ExecuteUpdateAsync(x => x.SetProperty(i => i.Status, status).SetProperty(i => i.Message, message).SetProperty(i => i.Before, before).SetProperty(i => i.At, now.ToUniversalTime()), cancellationToken) == 1;

    /// <summary>It went wrong: tried again later, until it has been tried too often.</summary>
    public async Task FailAsync(Guid runId, Guid dossierId, int attempts, string message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (attempts >= MaxAttempts)
        {
            await CloseAsync(runId, dossierId, BulkItemStatus.Failed, message, now, cancellationToken);
        }
        else
        {
            await db.BulkItems.Where(x => x.RunId == runId && x.DossierId == dossierId && x.Status == BulkItemStatus.Pending).ExecuteUpdateAsync(x => x.SetProperty(i => i.Message, message), cancellationToken);
        }
    }

    public Task FinishAsync(Guid runId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.BulkRuns.Where(x => x.Id == runId && x.FinishedAt == null && !db.BulkItems.Any(i => i.RunId == runId && i.Status == BulkItemStatus.Pending)).ExecuteUpdateAsync(x => x.SetProperty(r => r.FinishedAt, now.ToUniversalTime()), cancellationToken);

    /// <summary>What failed waits again.</summary>
    public async Task<int> RetryAsync(Guid runId, CancellationToken cancellationToken)
    {
        var again = await db.BulkItems.Where(x => x.RunId == runId && x.Status == BulkItemStatus.Failed)
            .ExecuteUpdateAsync(x => x.SetProperty(i => i.Status, BulkItemStatus.Pending).SetProperty(i => i.Attempts, 0).SetProperty(i => i.At, (DateTimeOffset?)null), cancellationToken);
        if (again > 0)
        {
            await db.BulkRuns.Where(x => x.Id == runId).ExecuteUpdateAsync(x => x.SetProperty(r => r.FinishedAt, (DateTimeOffset?)null), cancellationToken);
        }

        return again;
    }

    public async Task<BulkProgress> ProgressAsync(Guid runId, CancellationToken cancellationToken)
    {
        var counts = await db.BulkItems.Where(x => x.RunId == runId).GroupBy(x => x.Status).Select(x => new { x.Key, Count = x.Count() }).ToDictionaryAsync(x => x.Key, x => x.Count, cancellationToken);
        return new BulkProgress(counts.GetValueOrDefault(BulkItemStatus.Pending), counts.GetValueOrDefault(BulkItemStatus.Done), counts.GetValueOrDefault(BulkItemStatus.Refused), counts.GetValueOrDefault(BulkItemStatus.Failed), counts.GetValueOrDefault(BulkItemStatus.Undone));
    }

    private sealed record Claimed(Guid RunId, Guid DossierId, int Attempts);
}
