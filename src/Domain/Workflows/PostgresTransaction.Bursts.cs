using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

internal sealed partial class PostgresTransaction
{
    private const string InsertInstance = """
        insert into workflow_instances (id, definition_id, definition_version_id, version, correlation_id, name, parent_instance_id, parent_execution_id, status, sub_status,
            incident_count, burst, priority, created_at, updated_at, finished_at, input, output, properties, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce((select priority from workflow_instances where id = $7), $13), $14, $15, $16, $17, $18, $19, $20)
        """;

    // A start proves the published version that it took from memory: none where the pointer has moved, which the column does not accept.
    private static readonly string InsertStart = InsertInstance.Replace("($1, $2, $3,", "($1, $2, (select version_id from workflow_published where definition_id = $2 and version_id = $3),", StringComparison.Ordinal);

    // The row is there: we hold its lock. It stands at the burst that was read; anything else is a bug that must not be committed, and the division fails the transaction.
    private const string UpdateInstance = """
        update workflow_instances set definition_version_id = $2, version = $3, correlation_id = $4, name = $5, status = $6, sub_status = $7, incident_count = $8,
            burst = $9 / (burst = $9 - 1)::int, updated_at = $10, finished_at = $11, output = $12, properties = $13, state = $14 where id = $1
        """;

    private const string InsertMessage = """
        insert into workflow_mailbox (id, instance_id, kind, at, bookmark_id, activity_execution_id, payload, actor, sweeps, visible_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 0, now() + $9) on conflict (id) do nothing
        """;

    // Shared: bursts that wait for the same key (an event's name) do not hinder each other, only who publishes it. A publisher takes one lock and waits for nothing else.
    private const string InsertBookmark = """
        insert into workflow_bookmarks (id, instance_id, activity_execution_id, activity_id, activity_type, kind, key, correlation_id, until, payload, created_at, removed)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false from pg_advisory_xact_lock_shared($12)
        """;

    // Runs after the bookmark is there and under the lock of its key: a stimulus that came first is consumed now. One bookmark at a time, so that the plan is kept.
    private const string MatchWaiting = """
        with hit as (
            select s.sender_id, s.payload, s.actor from workflow_stimuli s where s.state = 'Waiting' and s.kind = $3 and s.key = $4
                and (s.only_instance_id is null or s.only_instance_id = $2) and (s.correlation_id is null or s.correlation_id = $5) order by s.received_at limit 1 for update),
        used as (update workflow_stimuli s set state = 'Consumed', consumed_at = $6 from hit where s.sender_id = hit.sender_id),
        closed as (update workflow_bookmarks b set closed_at = $6, closed_by = hit.actor from hit where b.id = $1),
        timers as (delete from workflow_work w using hit where w.bookmark_id = $1)
        insert into workflow_mailbox (id, instance_id, kind, at, bookmark_id, activity_execution_id, payload, actor, sweeps, visible_at)
        select gen_random_uuid(), $2, 'Resume', $6, $1, $7, payload, actor, 0, now() from hit
        """;

    public Task<SavedBurst> SaveBurstAsync(BurstWrite write, CancellationToken cancellationToken)
    {
        var result = write.Result;
        var instance = result.Instance;
        saved = (instance.Id, instance.Burst);
        var batch = Pending();
        Add(batch, write);
        AddBookmarks(batch, result, instance);
        AddWork(batch, result, instance);
        AddMessages(batch, write.Messages);
        AddObsoleteTimer(batch);
        foreach (var entries in JournalRows.Of(result.Journal))
        {
            batch.Add("insert into workflow_journal (instance_id, burst, at, entries) values ($1, $2, $3, $4)", P(instance.Id), P(instance.Burst), P(instance.UpdatedAt), T(entries));
        }

        var burst = new SavedBurst();
        awaited = (burst, batch.BatchCommands.Count, result.NewBookmarks.Count);
        foreach (var b in result.NewBookmarks)
        {
            batch.Add(MatchWaiting, P(b.Id), P(b.InstanceId), P(b.Kind), P(b.Key), P(b.CorrelationId ?? instance.CorrelationId), P(instance.UpdatedAt), P(b.ActivityExecutionId));
        }

        return Task.FromResult(burst);
    }

    public Task PostAsync(IReadOnlyList<InstanceMessage> messages, CancellationToken cancellationToken)
    {
        AddMessages(Pending(), messages);
        AddObsoleteTimer(Pending());
        return Task.CompletedTask;
    }

    public async Task<bool> IsNewInstanceAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        // Two starts under one id: the second waits here and then finds the first.
        await FlushAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("select pg_advisory_xact_lock($1)", P(StableId.LockOf("instance", instanceId.ToString())));
        batch.Add("select exists (select 1 from workflow_instances where id = $1), pg_current_xact_id()::text", P(instanceId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        transactionId = reader.GetString(1);
        return !reader.GetBoolean(0);
    }

    private void AddObsoleteTimer(NpgsqlBatch batch)
    {
        if (obsoleteTimer is { } bookmark)
        {
            batch.Add("delete from workflow_work where bookmark_id = $1", P(bookmark));
        }
    }

    private void Add(NpgsqlBatch batch, BurstWrite write)
    {
        var i = write.Result.Instance;
        if (write.IsNew)
        {
            Insert(batch, toProve is null ? InsertInstance : InsertStart, i, write.Priority);
        }
        else
        {
            batch.Add(UpdateInstance, P(i.Id), P(i.DefinitionVersionId), P(i.Version), P(i.CorrelationId), P(i.Name), P(i.Status.ToString()), P(i.SubStatus.ToString()), P(i.IncidentCount), P(i.Burst), P(i.UpdatedAt), P(i.FinishedAt), J(i.Output), J(i.Properties), J(i.State));
        }

        foreach (var child in write.Children)
        {
            Insert(batch, InsertInstance, child, write.Priority);
        }

        if (write.Drained.Count > 0)
        {
            batch.Add("delete from workflow_mailbox where id = any($1)", P(write.Drained));
        }
    }

    private static void Insert(NpgsqlBatch batch, string sql, WorkflowInstance i, int priority) => batch.Add(
        sql, P(i.Id), P(i.DefinitionId), P(i.DefinitionVersionId), P(i.Version), P(i.CorrelationId), P(i.Name), P(i.ParentInstanceId), P(i.ParentExecutionId), P(i.Status.ToString()), P(i.SubStatus.ToString()), P(i.IncidentCount), P(i.Burst), P(priority), P(i.CreatedAt), P(i.UpdatedAt), P(i.FinishedAt), J(i.Input), J(i.Output), J(i.Properties), J(i.State));

    private static void AddBookmarks(NpgsqlBatch batch, BurstResult result, WorkflowInstance instance)
    {
        foreach (var b in result.NewBookmarks)
        {
            batch.Add(
                InsertBookmark,
                P(b.Id), P(b.InstanceId), P(b.ActivityExecutionId), P(b.ActivityId), P(b.ActivityType), P(b.Kind), P(b.Key), P(b.CorrelationId), P(b.Until), J(b.Payload), P(b.CreatedAt), P(StableId.LockOf(b.Kind, b.Key)));
            if (b.Until is { } until)
            {
                batch.Add(
                    "insert into workflow_work (id, kind, instance_id, activity_execution_id, generation, bookmark_id, activity_id, activity_name, activity, queue, due_at, rank_at, attempt, failures, unanswered, max_attempts) values ($1, 'timer', $2, $3, 0, $4, '', '', '', '', $5, $5, 0, 0, 0, 0)",
                    P(Guid.NewGuid()), P(b.InstanceId), P(b.ActivityExecutionId), P(b.Id), P(until));
            }
        }

        if (result.RemovedBookmarks.Count > 0)
        {
            batch.Add("update workflow_bookmarks set closed_at = $2, removed = true where id = any($1) and closed_at is null", P(result.RemovedBookmarks), P(instance.UpdatedAt));
            batch.Add("delete from workflow_work where bookmark_id = any($1)", P(result.RemovedBookmarks));
        }
    }

    private static void AddWork(NpgsqlBatch batch, BurstResult result, WorkflowInstance instance)
    {
        foreach (var e in result.NewEffects)
        {
            batch.Add(
                """
                insert into workflow_work (id, kind, instance_id, activity_execution_id, generation, activity_id, activity_name, activity, queue, due_at, rank_at, attempt, failures, unanswered, max_attempts, input)
                values ($1, 'effect', $2, $3, $4, $5, $6, $7, $8, now(), now() + (select priority from workflow_instances where id = $2) * interval '1 minute', 0, 0, 0, $9, $10)
                """,
                P(StableId.Of(e.ActivityExecutionId, "work/" + e.Generation)), P(e.InstanceId), P(e.ActivityExecutionId), P(e.Generation), P(e.ActivityId), P(e.ActivityName), P($"{e.ActivityType}@{e.ActivityVersion}"), P(e.Queue), P(e.MaxAttempts), J(e.Input));
        }

        if (result.CancelledEffects.Count > 0)
        {
            // Running ones go on, and their result is kept; the others are over.
            batch.Add("update workflow_work set cancelled_at = now() where kind = 'effect' and activity_execution_id = any($1)", P(result.CancelledEffects));
            batch.Add(Cancelled("w.kind = 'effect' and w.activity_execution_id = any($1) and (w.lease_until is null or w.lease_until < now())", "$2"), P(result.CancelledEffects), P(instance.UpdatedAt));
        }

        foreach (var s in result.Stimuli)
        {
            batch.Add(
                "insert into workflow_stimuli (sender_id, kind, key, correlation_id, only_instance_id, payload, actor, received_at, state) values ($1, $2, $3, $4, $5, $6, 'workflow', $7, 'Pending') on conflict (sender_id) do nothing",
                P(s.SenderId), P(s.Kind), P(s.Key), P(s.CorrelationId), P(s.OnlyInstanceId), J(s.Payload), P(instance.UpdatedAt));
        }
    }

    internal static string Cancelled(string where, string now) => $"""
        with gone as (delete from workflow_work w where {where} returning *)
        insert into workflow_effects (activity_execution_id, generation, instance_id, activity_id, activity_name, activity, queue, status, attempts, worker, input, last_error, finished_at)
        select activity_execution_id, generation, instance_id, activity_id, activity_name, activity, queue, 'Cancelled', attempt, lease_owner, input, last_error, {now} from gone
        """;

    private static void AddMessages(NpgsqlBatch batch, IEnumerable<InstanceMessage> messages)
    {
        foreach (var m in messages)
        {
            // Whoever posts drains at once; the sweep looks a second later. A continuation is for the sweep.
            var hidden = m.Kind == MessageKind.Continue ? TimeSpan.Zero : TimeSpan.FromSeconds(1);
            batch.Add(InsertMessage, P(m.Id), P(m.InstanceId), P(m.Kind.ToString()), P(m.At), P(m.BookmarkId), P(m.ActivityExecutionId), J(m.Payload), P(m.Actor), P(hidden));
        }
    }
}
