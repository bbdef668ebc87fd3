using MonOPCO.Domain.Data;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// Turns new rows of the journal into <see cref="WorkflowPassageRow"/>s. It remembers its position, so that each completed step counts once, and reads beside
/// the bursts, which write nothing more for it. One Host counts at a time.
/// </summary>
public sealed class PassageCounter(DataSources sources, TimeProvider clock)
{
    private const int Rows = 20_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    // Who holds this lock has written to the journal and not committed.
    private const string Writers = "select virtualtransaction from pg_locks where locktype = 'relation' and relation = 'workflow_journal'::regclass and mode = 'RowExclusiveLock' and granted";

    // The journal is text and may hold U+0000, which jsonb refuses: it is left out. An instance that has moved is read whole: its journal is short, and only so the first passage of a step is told from the second. What ended in the range is counted,
    // under the version that the instance had then: the one that its next migration left, also when that migration lies beyond the range.
    private const string Count = """
        with touched as (select distinct instance_id from workflow_journal where id > $1 and id <= $2),
        lines as (
            select j.instance_id, j.id as row_id, e.event, e."activityExecutionId" as execution, e."activityId" as activity, e.at, e.outcome, e.sequence, e.data ->> 'from' as moved_from
            from touched t join workflow_journal j on j.instance_id = t.instance_id and (j.id <= $2 or strpos(j.entries, 'Migrated') > 0)
                cross join lateral jsonb_to_recordset((case when strpos(j.entries, '\u0000') > 0 then regexp_replace(j.entries, '(?<!\\)((\\\\)*)\\u0000', '\1', 'g') else j.entries end)::jsonb) as e(event text, "activityExecutionId" uuid, "activityId" text, at timestamptz, outcome text, sequence bigint, data jsonb)
            where j.id <= $2 and e.event in ('Started', 'Completed', 'Canceled') or e.event = 'Resumed' and e.outcome = 'Migrated' and e."activityId" = ''),
        runs as (
            select instance_id, activity, min(at) filter (where event = 'Started') as started, max(at) filter (where event <> 'Started') as ended,
                max(row_id) filter (where event <> 'Started') as row_id, coalesce(max(outcome) filter (where event = 'Completed'), '!') as outcome, min(sequence) as sequence, max(sequence) filter (where event <> 'Started') as ended_sequence
            from lines where event <> 'Resumed' group by instance_id, execution, activity),
        moves as (select l.instance_id, l.sequence, d.version from lines l join workflow_definitions d on d.id = l.moved_from where l.event = 'Resumed'),
        ranked as (select *, row_number() over (partition by instance_id, activity order by sequence) as nth, greatest(extract(epoch from ended - started), 0) as seconds from runs where started is not null)
        insert into workflow_passages (definition_id, version, activity_id, day, outcome, bucket, passages, again)
        select i.definition_id, coalesce((select m.version from moves m where m.instance_id = r.instance_id and m.sequence > r.ended_sequence order by m.sequence limit 1), i.version),
            r.activity, (r.ended at time zone 'Europe/Paris')::date, r.outcome, case when r.seconds < 1 then 0 else 1 + floor(ln(r.seconds) / ln(1.1)) end, count(*), count(*) filter (where r.nth > 1)
        from ranked r join workflow_instances i on i.id = r.instance_id where r.row_id > $1 and r.row_id <= $2
        group by 1, 2, 3, 4, 5, 6
        on conflict (definition_id, version, activity_id, day, outcome, bucket) do update set passages = workflow_passages.passages + excluded.passages, again = workflow_passages.again + excluded.again
        """;

    /// <summary>Counts everything that was committed when it was called. False when another Host is counting, or a writer took too long: nothing is lost, the next call does it.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var latest = connection.Command("select coalesce(pg_sequence_last_value(pg_get_serial_sequence('workflow_journal', 'id')::regclass), 0)");
        var end = (long)(await latest.ExecuteScalarAsync(cancellationToken))!;

        // A number below the end may belong to a burst that is still being written: it is waited for, or it would never be counted.
        var open = await WritersAsync(connection, cancellationToken);
        for (var look = 0; open.Count > 0; look++)
        {
            if (look == 200)
            {
                return false;
            }

            await Task.Delay(Look, clock, cancellationToken);
            open.IntersectWith(await WritersAsync(connection, cancellationToken));
        }

        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var mine = connection.Command("select pg_try_advisory_xact_lock(hashtext('workflow_passages'))");
            if (!(bool)(await mine.ExecuteScalarAsync(cancellationToken))!)
            {
                return false;
            }

            await using var mark = connection.Command("select coalesce((select position from workflow_passage_mark where id = 1), 0)");
            var from = (long)(await mark.ExecuteScalarAsync(cancellationToken))!;
            var to = Math.Min(end, from + Rows);
            if (to > from)
            {
                await using var count = connection.Command(Count, P(from), P(to));
                count.CommandTimeout = 300;
                await count.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var move = connection.Command(
                "insert into workflow_passage_mark (id, position, at) values (1, $1, $2) on conflict (id) do update set position = greatest(workflow_passage_mark.position, excluded.position), at = excluded.at", P(to), P(clock.GetUtcNow()));
            await move.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (to >= end)
            {
                return true;
            }
        }
    }

    private static async Task<HashSet<string>> WritersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(Writers);
        return [.. await command.ListAsync(r => r.GetString(0), cancellationToken)];
    }
}
