using MonOPCO.Engine.Storage;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

public sealed partial class PostgresWorkflowStore
{
    // Only the database's clock; a lease that ran out counts as a failure of the attempt before. After a restore nothing leaves until an operator releases it.
    private const string Claim = """
        with due as (
            select id from workflow_work where kind = 'effect' and cancelled_at is null and queue = $1 and due_at <= clock_timestamp()
                and (lease_until is null or lease_until < clock_timestamp()) and activity = any($2) and not exists (select 1 from effect_holds where released_at is null)
            order by rank_at limit $3 for update skip locked)
        update workflow_work w set attempt = attempt + 1, unanswered = unanswered + 1, failures = failures + (lease_until is not null)::int, lease_owner = $4, lease_until = clock_timestamp() + $5
        from due, workflow_instances i where w.id = due.id and i.id = w.instance_id
        returning w.id, w.instance_id, w.activity_execution_id, w.generation, w.activity_id, w.activity_name, w.activity, w.input::text, w.queue, w.attempt, w.failures, w.max_attempts, w.unanswered, w.last_error, i.definition_id, i.correlation_id
        """;

    private const string Fire = """
        with due as (select id, bookmark_id from workflow_work where kind = 'timer' and due_at <= $1 order by due_at limit $2 for update skip locked),
        open as (select b.id, b.instance_id, b.activity_execution_id from workflow_bookmarks b join due on due.bookmark_id = b.id where b.closed_at is null for update of b skip locked),
        closed as (update workflow_bookmarks b set closed_at = $1, closed_by = 'timer' from open where b.id = open.id),
        gone as (delete from workflow_work w using due where w.id = due.id and (due.bookmark_id in (select id from open) or exists (select 1 from workflow_bookmarks b where b.id = due.bookmark_id and b.closed_at is not null)))
        insert into workflow_mailbox (id, instance_id, kind, at, bookmark_id, activity_execution_id, actor, sweeps, visible_at)
        select gen_random_uuid(), instance_id, 'Timeout', $1, id, activity_execution_id, 'timer', 0, now() + interval '1 second' from open returning instance_id
        """;

    private const string Sweep = """
        with heads as (
            select distinct on (instance_id) id, visible_at from workflow_mailbox where parked_at is null order by instance_id, sequence),
        late as (select m.id from workflow_mailbox m join heads on heads.id = m.id where heads.visible_at <= now()
            and not exists (select 1 from workflow_instances i where i.id = m.instance_id and i.definition_version_id = any($3)) order by m.visible_at limit $2 for update of m skip locked)
        update workflow_mailbox m set sweeps = sweeps + 1, visible_at = now() + interval '1 second' * power(2, least(sweeps + 1, 10)), parked_at = case when sweeps >= $1 then now() end
        from late where m.id = late.id
        """;

    public async Task<IReadOnlyList<ClaimedEffect>> ClaimAsync(WorkRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(Claim, P(request.Queue), P(request.KnownActivities), P(request.Limit), P(request.Owner), P(request.Lease));
        return await command.ListAsync(
            r =>
            {
                var activity = r.GetString(6);
                var at = activity.LastIndexOf('@');
                return new ClaimedEffect
                {
                    Id = r.GetGuid(0),
                    InstanceId = r.GetGuid(1),
                    ActivityExecutionId = r.GetGuid(2),
                    Generation = r.GetInt32(3),
                    ActivityId = r.GetString(4),
                    ActivityName = r.GetString(5),
                    ActivityType = activity[..at],
                    ActivityVersion = int.Parse(activity.AsSpan(at + 1), System.Globalization.CultureInfo.InvariantCulture),
                    Input = r.Object(7),
                    Queue = r.GetString(8),
                    Owner = request.Owner,
                    Attempt = r.GetInt32(9),
                    Failures = r.GetInt32(10),
                    MaxAttempts = r.GetInt32(11),
                    Unanswered = r.GetInt32(12),
                    LastError = r.Text(13),
                    DefinitionId = r.GetString(14),
                    CorrelationId = r.Text(15),
                };
            }, cancellationToken);
    }

    public async Task<IReadOnlyCollection<Guid>> ExtendAsync(IReadOnlyList<ClaimedEffect> effects, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            "update workflow_work w set lease_until = clock_timestamp() + $4 from unnest($1, $2, $3) as mine(id, owner, attempt) where w.id = mine.id and w.lease_owner = mine.owner and w.attempt = mine.attempt returning w.id",
            P(effects.Select(e => e.Id)), P(effects.Select(e => e.Owner)), P(effects.Select(e => e.Attempt)), P(lease));
        return await command.ListAsync(r => r.GetGuid(0), cancellationToken);
    }

    public async Task ReleaseAsync(IReadOnlyList<ClaimedEffect> effects, CancellationToken cancellationToken)
    {
        await using (var connection = await Source.OpenConnectionAsync(cancellationToken))
        {
            await using var command = connection.Command(
                "update workflow_work w set lease_owner = null, lease_until = null, unanswered = unanswered - 1 from unnest($1, $2, $3) as mine(id, owner, attempt) where w.id = mine.id and w.lease_owner = mine.owner and w.attempt = mine.attempt",
                P(effects.Select(e => e.Id)), P(effects.Select(e => e.Owner)), P(effects.Select(e => e.Attempt)));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        Hint();
    }

    public async Task<IReadOnlyList<Guid>> FireTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(Fire, P(now), P(limit));
        return [.. (await command.ListAsync(r => r.GetGuid(0), cancellationToken)).Distinct()];
    }

    public async Task<IReadOnlyList<Guid>> SweepMailboxAsync(int maxSweeps, int limit, IReadOnlyCollection<string> foreignVersions, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command($"{Sweep} returning {Columns.Message}, m.parked_at", P(maxSweeps), P(limit), P(foreignVersions));
        var swept = await command.ListAsync(r => (Message: Columns.ReadMessage(r), ParkedAt: r.Time(8)), cancellationToken);
        foreach (var (message, parkedAt) in swept.Where(s => s.ParkedAt is not null))
        {
            await using var journal = connection.Command(
                "insert into workflow_journal (instance_id, burst, at, entries) select $1, burst, $2, $3 from workflow_instances where id = $1", P(message.InstanceId), P(parkedAt), T(JournalRows.Of([ParkedMessage.Entry(message, parkedAt!.Value)]).Single()));
            await journal.ExecuteNonQueryAsync(cancellationToken);
        }

        return [.. swept.Select(s => s.Message.InstanceId)];
    }

    public async Task<Backlog> BacklogAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            select w.count, coalesce(now() - w.oldest, interval '0'), m.count, coalesce($1 - m.oldest, interval '0')
            from (select count(*), min(due_at) oldest from (
                    select due_at from workflow_work where kind = 'timer' and due_at <= now()
                    union all select due_at from workflow_work where kind = 'effect' and cancelled_at is null and due_at <= now() and (lease_until is null or lease_until < now())) due) w,
                (select count(*), min(at) oldest from workflow_mailbox where parked_at is null) m
            """, P(now));
        return (await command.ListAsync(r => new Backlog(r.GetInt64(0), r.GetTimeSpan(1), r.GetInt64(2), r.GetTimeSpan(3)), cancellationToken))[0];
    }

    public async Task<IReadOnlyList<StoredStimulus>> UnsettledStimuliAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command($"select {Columns.Stimulus} from workflow_stimuli s where s.state = 'Pending' and s.received_at < $1 order by s.received_at limit $2", P(before), P(limit));
        return await command.ListAsync(Columns.ReadStimulus, cancellationToken);
    }

    public async Task HousekeepAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var old = connection.Command("delete from workflow_stimuli where received_at < $1 and state <> 'Pending'", P(before));
        await old.ExecuteNonQueryAsync(cancellationToken);
        await using var times = connection.Command("delete from workflow_scheduled_starts where taken_at < $1", P(now - ScheduledStarts.Kept));
        await times.ExecuteNonQueryAsync(cancellationToken);
        await using var lost = connection.Command(PostgresTransaction.Cancelled("w.cancelled_at is not null and (w.lease_until is null or w.lease_until < now())", "$1"), P(now));
        await lost.ExecuteNonQueryAsync(cancellationToken);
    }
}
