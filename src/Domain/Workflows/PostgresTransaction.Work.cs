using System.Text.Json;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

internal sealed partial class PostgresTransaction
{
    public async Task<Recording> HoldEffectAsync(ClaimedEffect effect, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "select cancelled_at is not null, pg_current_xact_id()::text from workflow_work where id = $1 and lease_owner = $2 and attempt = $3 for update", P(effect.Id), P(effect.Owner), P(effect.Attempt));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return Recording.Late;
        }

        transactionId = reader.GetString(1);
        return reader.GetBoolean(0) ? Recording.Cancelled : Recording.Recorded;
    }

    public Task FinishEffectAsync(ClaimedEffect effect, EffectStatus status, EffectResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Pending().Add(
            """
            with gone as (delete from workflow_work where id = $1 returning *)
            insert into workflow_effects (activity_execution_id, generation, instance_id, activity_id, activity_name, activity, queue, status, attempts, worker, input, result, last_error, finished_at)
            select activity_execution_id, generation, instance_id, activity_id, activity_name, activity, queue, $2, attempt, lease_owner, input, $3, last_error, $4 from gone
            """, P(effect.Id), P(status.ToString()), J(JsonSerializer.Serialize(result, Json)), P(now));
        return Task.CompletedTask;
    }

    public Task PostponeEffectAsync(ClaimedEffect effect, TimeSpan delay, string error, CancellationToken cancellationToken)
    {
        Pending().Add(
            """
            update workflow_work set due_at = clock_timestamp() + $2, rank_at = rank_at - due_at + clock_timestamp() + $2, failures = failures + 1, unanswered = 0,
                lease_owner = null, lease_until = null, last_error = $3 where id = $1
            """, P(effect.Id), P(delay), P(error));
        return Task.CompletedTask;
    }

    public Task JournalLateAsync(Guid instanceId, JournalEntry entry, CancellationToken cancellationToken)
    {
        Pending().Add(
            "insert into workflow_journal (instance_id, burst, at, entries) select $1, burst, $2, $3 from workflow_instances where id = $1", P(instanceId), P(entry.At), T(JournalRows.Of([entry]).Single()));
        return Task.CompletedTask;
    }

    public async Task<StimulusMatches> StoreStimulusAsync(StoredStimulus s, CancellationToken cancellationToken)
    {
        bool known;
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.Add("select pg_advisory_xact_lock($1)", P(StableId.LockOf(s.Kind, s.Key)));
            batch.Add(
                "insert into workflow_stimuli (sender_id, kind, key, correlation_id, only_instance_id, payload, actor, received_at, state) values ($1, $2, $3, $4, $5, $6, $7, $8, 'Pending') on conflict (sender_id) do nothing",
                P(s.SenderId), P(s.Kind), P(s.Key), P(s.CorrelationId), P(s.OnlyInstanceId), J(s.Payload), P(s.Actor), P(s.ReceivedAt));
            batch.Add("select state, pg_current_xact_id()::text from workflow_stimuli where sender_id = $1", P(s.SenderId));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            known = batch.BatchCommands[1].RecordsAffected == 0;
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            transactionId = reader.GetString(1);
            if (reader.GetString(0) != "Pending")
            {
                return new StimulusMatches([], [], true, true);
            }
        }

        var (bookmarks, triggers) = await MatchesAsync(s, cancellationToken);
        var matched = bookmarks.Count + triggers.Count > 0;
        if (!matched)
        {
            Pending().Add("update workflow_stimuli set state = 'Waiting' where sender_id = $1", P(s.SenderId));
        }

        return new StimulusMatches(bookmarks, triggers, !matched, known);
    }

    public Task ConsumeStimulusAsync(Guid senderId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Pending().Add("update workflow_stimuli set state = 'Consumed', consumed_at = $2 where sender_id = $1", P(senderId), P(now));
        return Task.CompletedTask;
    }

    private async Task<(List<Guid> Bookmarks, List<WorkflowTrigger> Triggers)> MatchesAsync(StoredStimulus s, CancellationToken cancellationToken)
    {
        await using var bookmarks = connection.Command(
            """
            select b.id from workflow_bookmarks b join workflow_instances i on i.id = b.instance_id where b.kind = $1 and b.key = $2 and b.closed_at is null
                and ($3::uuid is null or b.instance_id = $3) and ($4::text is null or coalesce(b.correlation_id, i.correlation_id) = $4) order by b.created_at
            """, P(s.Kind), P(s.Key), P(s.OnlyInstanceId), P(s.CorrelationId));
        var found = await bookmarks.ListAsync(r => r.GetGuid(0), cancellationToken);
        if (s.OnlyInstanceId is not null)
        {
            return (found, []);
        }

        await using var triggers = connection.Command("select definition_id, version_id, activity_id, kind, key from workflow_triggers where kind = $1 and key = $2", P(s.Kind), P(s.Key));
        return (found, await triggers.ListAsync(r => new WorkflowTrigger(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4)), cancellationToken));
    }
}
