using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

/// <summary>A migration (or its preview) of every running instance of one version: how far it has come. Whoever holds its lease goes on with it.</summary>
public sealed class WorkflowMigrationRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    public required string FromVersionId { get; set; }

    public required string ToVersionId { get; set; }

    public bool IsPreview { get; set; }

    public required string Actor { get; set; }

    public Guid? ActorId { get; set; }

    public string? Reason { get; set; }

    /// <summary>The migration whose instances come back; null when this one moves them forward.</summary>
    public Guid? UndoOf { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Running instances when it was asked for.</summary>
    public int Total { get; set; }

    public int Possible { get; set; }

    public int Refused { get; set; }

    /// <summary>The last instance looked at; they are taken in order of their ids.</summary>
    public Guid LastId { get; set; }

    /// <summary>Sentence → how many instances.</summary>
    public required string Problems { get; set; }

    /// <summary>Fence: who lost the lease records nothing any more.</summary>
    public int Attempt { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }
}

/// <summary>What is told of one. Possible: migrated, or in a preview what could be. Problems: sentence → how many instances, most frequent first.</summary>
public sealed record BulkMigration(Guid Id, string FromVersionId, string ToVersionId, bool IsPreview, string Actor, DateTimeOffset RequestedAt, DateTimeOffset? FinishedAt, int Total, int Possible, int Refused, IReadOnlyList<KeyValuePair<string, int>> Problems)
{
    /// <summary>The migration that this one takes back.</summary>
    public Guid? UndoOf { get; init; }

    public bool IsFinished => FinishedAt is not null;

    public int Looked => Possible + Refused;
}

/// <summary>
/// Migrations of any number of instances: a row says what is to be done and how far it is; each instance moves in a transaction of its own, progress is
/// saved after each batch. Whoever asks works on it for a moment, workers do the rest; after a crash another one goes on where the last batch ended.
/// </summary>
public sealed class BulkMigrations(DataSources sources, WorkflowRuntime runtime, IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private const string Columns = "id, definition_id, from_version_id, to_version_id, is_preview, actor, total, possible, refused, last_id, problems::text, attempt, requested_at, finished_at, actor_id, reason, undo_of";

    /// <summary>Notes that all running instances of a version shall move (or be looked at).</summary>
    public async Task<Guid> BeginAsync(string definitionId, string fromVersionId, string toVersionId, bool isPreview, ChangeContext change, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var command = sources.Staff.CreateCommand(
            """
            insert into workflow_migrations (id, definition_id, from_version_id, to_version_id, is_preview, actor, requested_at, actor_id, reason, total, possible, refused, last_id, problems, attempt)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, (select count(*) from workflow_instances where definition_id = $2 and definition_version_id = $3 and status = 'Running'), 0, 0, '00000000-0000-0000-0000-000000000000', '{}', 0)
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { P(id), P(definitionId), P(fromVersionId), P(toVersionId), new NpgsqlParameter<bool> { TypedValue = isPreview }, P(change.ActorName), P(clock.GetUtcNow()), P(change.UserId), P(change.Reason) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    /// <summary>Notes that the instances of a migration shall come back to the version they left; null when none of them is still there.</summary>
    public async Task<Guid?> BeginUndoAsync(string definitionId, Guid batch, ChangeContext change, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var command = sources.Staff.CreateCommand(
            """
            insert into workflow_migrations (id, definition_id, from_version_id, to_version_id, is_preview, actor, requested_at, actor_id, reason, undo_of, total, possible, refused, last_id, problems, attempt)
            select $1, $2, min(to_version_id), min(from_version_id), false, $4, $5, $6, $7, $3, count(*), 0, 0, '00000000-0000-0000-0000-000000000000', '{}', 0
            from workflow_moves where batch_id = $3 and definition_id = $2 and undone_at is null having count(*) > 0
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { P(id), P(definitionId), P(batch), P(change.ActorName), P(clock.GetUtcNow()), P(change.UserId), P(change.Reason) });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1 ? id : null;
    }

    public async Task<BulkMigration?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand($"select {Columns} from workflow_migrations where id = $1");
        command.Parameters.Add(P(id));
        return (await command.ListAsync(Run.Read, cancellationToken)).FirstOrDefault()?.Told();
    }

    /// <summary>The one that was asked for last for this definition.</summary>
    public async Task<BulkMigration?> LatestAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand($"select {Columns} from workflow_migrations where definition_id = $1 order by id desc limit 1");
        command.Parameters.Add(P(definitionId));
        return (await command.ListAsync(Run.Read, cancellationToken)).FirstOrDefault()?.Told();
    }

    /// <summary>Works for about that long on this one, or (null) on the oldest that is not finished. False when there was nothing to do.</summary>
    public async Task<bool> WorkAsync(Guid? id, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(id, cancellationToken) is not { } run)
        {
            return false;
        }

        var watch = Stopwatch.StartNew();
        try
        {
            bool more;
            do
            {
                more = await BatchAsync(run, cancellationToken);
            }
            while (await SaveAsync(run, !more, cancellationToken) && more && watch.Elapsed < atMost);
        }
        catch (DefinitionNotFoundException)
        {
            run.Problems["La version choisie n'existe plus."] = 1;
            await SaveAsync(run, true, cancellationToken);
        }
        finally
        {
            await ReleaseAsync(run);
        }

        return true;
    }

    private async Task<Run?> ClaimAsync(Guid? id, CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand(
            $"""
            update workflow_migrations set attempt = attempt + 1, lease_until = clock_timestamp() + $2 where id = (
                select id from workflow_migrations where finished_at is null and (lease_until is null or lease_until < clock_timestamp()) and ($1::uuid is null or id = $1) order by id limit 1 for update skip locked)
            returning {Columns}
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { P(id), P(Lease) });
        return (await command.ListAsync(Run.Read, cancellationToken)).FirstOrDefault();
    }

    /// <summary>False when no instance is left.</summary>
    private async Task<bool> BatchAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.UndoOf is { } batch)
        {
            return await UndoBatchAsync(run, batch, cancellationToken);
        }

        await using var next = sources.Staff.CreateCommand(
            "select id from workflow_instances where definition_id = $1 and definition_version_id = $2 and status = 'Running' and id > $3 order by id limit $4");
        next.Parameters.AddRange(new NpgsqlParameter[] { P(run.DefinitionId), P(run.From), P(run.LastId), P(BatchSize) });
        var ids = await next.ListAsync(r => r.GetGuid(0), cancellationToken);
        if (ids.Count == 0)
        {
            return false;
        }

        // One that advances at this very moment is asked once more, after the others.
        var results = (await MoveAsync(run, ids, cancellationToken)).ToLookup(m => m.FromVersion == 0);
        var again = results[true].Select(m => m.InstanceId).ToList();
        foreach (var result in results[false].Concat(again.Count == 0 ? [] : await MoveAsync(run, again, cancellationToken)))
        {
            run.Count(result);
        }

        run.LastId = ids[^1];
        return ids.Count == BatchSize;
    }

    private async Task<bool> UndoBatchAsync(Run run, Guid batch, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var moves = await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().Set<WorkflowMoveRow>().AsNoTracking()
            .Where(x => x.BatchId == batch && x.UndoneAt == null && x.InstanceId > run.LastId).OrderBy(x => x.InstanceId).Take(BatchSize).ToListAsync(cancellationToken);
        foreach (var row in moves)
        {
            var moved = new MovedInstance(row.InstanceId, row.DefinitionId, row.FromVersionId, row.FromVersion, row.ToVersionId, row.ToVersion, row.Burst, (JsonObject)JsonNode.Parse(row.StateBefore)!);
            run.Count(await runtime.UndoMigrationAsync(moved, run.Actor, services => services.GetRequiredService<MonOpcoDbContext>().Set<WorkflowMoveRow>()
                .Where(x => x.BatchId == row.BatchId && x.InstanceId == row.InstanceId)
                .ExecuteUpdateAsync(x => x.SetProperty(p => p.UndoneAt, clock.GetUtcNow().ToUniversalTime()).SetProperty(p => p.UndoneBy, run.Actor), cancellationToken), cancellationToken));
            run.LastId = row.InstanceId;
        }

        return moves.Count == BatchSize;
    }

    private Task<IReadOnlyList<InstanceMigration>> MoveAsync(Run run, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        run.IsPreview ? runtime.PreviewMigrationAsync(ids, run.To, cancellationToken) : runtime.MigrateAsync(ids, run.To, run.Actor, WorkflowMoveRow.Keeper(run.Id, run.Actor, run.RequestedAt, run.Reason), cancellationToken);

    /// <summary>False when the lease was lost.</summary>
    private async Task<bool> SaveAsync(Run run, bool finished, CancellationToken cancellationToken)
    {
        if (finished && !run.IsPreview)
        {
            return await FinishAsync(run, cancellationToken);
        }

        await using var command = sources.Staff.CreateCommand(
            "update workflow_migrations set possible = $3, refused = $4, last_id = $5, problems = $6, finished_at = $7, lease_until = clock_timestamp() + $8 where id = $1 and attempt = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { P(run.Id), P(run.Attempt), P(run.Possible), P(run.Refused), P(run.LastId), J(JsonSerializer.Serialize(run.Problems)), P(finished ? clock.GetUtcNow() : null), P(Lease) });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The last progress and the audit's line come to be together, once.</summary>
    private async Task<bool> FinishAsync(Run run, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        return await db.InTransactionAsync(
            async () =>
            {
                var problems = JsonSerializer.Serialize(run.Problems);
                var mine = await db.Set<WorkflowMigrationRow>().Where(x => x.Id == run.Id && x.Attempt == run.Attempt && x.FinishedAt == null).ExecuteUpdateAsync(
                    x => x.SetProperty(p => p.Possible, run.Possible).SetProperty(p => p.Refused, run.Refused).SetProperty(p => p.LastId, run.LastId).SetProperty(p => p.Problems, problems)
                        .SetProperty(p => p.FinishedAt, clock.GetUtcNow().ToUniversalTime()),
                    cancellationToken) == 1;
                if (mine && run.Looked > 0)
                {
                    var values = run.UndoOf is { } batch
                        ? new JsonObject { ["batch"] = batch, ["undone"] = run.Possible, ["left"] = run.Refused }
                        : new JsonObject { ["batch"] = run.Id, ["to"] = await db.Set<WorkflowDefinitionRow>().Where(x => x.Id == run.To).Select(x => x.Version).SingleOrDefaultAsync(cancellationToken), ["moved"] = run.Possible, ["left"] = run.Refused };
                    db.Add(new AuditEntry { At = clock.GetUtcNow().ToUniversalTime(), ActorKind = ActorKind.Human, Actor = run.Actor, UserId = run.ActorId, Subject = "procedure", SubjectId = run.DefinitionId, Action = run.UndoOf is null ? "InstancesMigrated" : "MigrationUndone", NewValues = values, Reason = run.Reason });
                    await db.SaveChangesAsync(cancellationToken);
                }

                return mine;
            },
            cancellationToken);
    }

    private async Task ReleaseAsync(Run run)
    {
        await using var command = sources.Staff.CreateCommand("update workflow_migrations set lease_until = null where id = $1 and attempt = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { P(run.Id), P(run.Attempt) });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private sealed record Run(Guid Id, string DefinitionId, string From, string To, bool IsPreview, string Actor, int Total, int Attempt, DateTimeOffset RequestedAt, DateTimeOffset? FinishedAt, Dictionary<string, int> Problems)
    {
        internal int Possible { get; private set; }

        internal int Refused { get; private set; }

        internal int Looked => Possible + Refused;

        internal Guid? ActorId { get; private init; }

        internal string? Reason { get; private init; }

        internal Guid? UndoOf { get; private init; }

        internal Guid LastId { get; set; }

        internal static Run Read(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetString(5), r.GetInt32(6), r.GetInt32(11), r.GetFieldValue<DateTimeOffset>(12), r.Time(13),
            JsonSerializer.Deserialize<Dictionary<string, int>>(r.GetString(10))!)
        { Possible = r.GetInt32(7), Refused = r.GetInt32(8), LastId = r.GetGuid(9), ActorId = r.IsDBNull(14) ? null : r.GetGuid(14), Reason = r.IsDBNull(15) ? null : r.GetString(15), UndoOf = r.IsDBNull(16) ? null : r.GetGuid(16) };

        internal void Count(InstanceMigration result)
        {
            if (IsPreview ? result.IsPossible : result.IsDone)
            {
                Possible++;
                return;
            }

            Refused++;
            foreach (var problem in result.Problems.Distinct())
            {
                Problems[problem] = Problems.GetValueOrDefault(problem) + 1;
            }
        }

        /// <summary>One that came back, or why it did not.</summary>
        internal void Count(string? problem)
        {
            if (problem is null)
            {
                Possible++;
                return;
            }

            Refused++;
            Problems[problem] = Problems.GetValueOrDefault(problem) + 1;
        }

        internal BulkMigration Told() => new(Id, From, To, IsPreview, Actor, RequestedAt, FinishedAt, Total, Possible, Refused, [.. Problems.OrderByDescending(p => p.Value)]) { UndoOf = UndoOf };
    }
}

internal sealed class WorkflowMigrationMapping : IEntityTypeConfiguration<WorkflowMigrationRow>
{
    public void Configure(EntityTypeBuilder<WorkflowMigrationRow> builder)
    {
        builder.ToTable("workflow_migrations");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Problems).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.DefinitionId, x.Id });
        builder.HasIndex(x => x.Id, "IX_workflow_migrations_unfinished").HasFilter("finished_at is null");
    }
}
