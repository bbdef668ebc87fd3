using System.Collections.Concurrent;
using MonOPCO.Domain.Data;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// Figures of one step. <see cref="Median"/> and <see cref="Ninetieth"/> come from classes that grow by 10 %: they are right within 5 %. What was cancelled counts as
/// a passage and has no duration.
/// </summary>
public sealed record StepTimes(string ActivityId)
{
    public int Passages { get; init; }

    /// <summary>Passages beyond the first of their instance.</summary>
    public int Again { get; init; }

    public int Cancelled { get; init; }

    public TimeSpan? Median { get; init; }

    public TimeSpan? Ninetieth { get; init; }

    /// <summary>Most frequent first.</summary>
    public IReadOnlyList<(string Outcome, int Count)> Outcomes { get; init; } = [];

    /// <summary>Instances that stand here now.</summary>
    public int Standing { get; init; }

    public DateTimeOffset? Oldest { get; init; }

    /// <summary>Of these, how many an incident has stopped.</summary>
    public int Incidents { get; init; }
}

/// <summary>The figures of a procedure. <paramref name="CountedAt"/>: when the passages were last counted; who stands where is read now.</summary>
public sealed record TimeMap(IReadOnlyDictionary<string, StepTimes> Steps, DateTimeOffset? CountedAt);

/// <summary>Reads what <see cref="PassageCounter"/> counted, and who stands where now.</summary>
public sealed class TimeMaps(DataSources sources)
{
    private const int Limit = 200;

    // The sums change only when something more was counted.
    private readonly ConcurrentDictionary<(string Definition, int Version, DateOnly Since, long Position), Dictionary<string, StepTimes>> _kept = new();

    private const string Standing = """
        with standing as (
            select b.activity_id as activity, b.instance_id as instance, b.created_at as since, false as stopped from workflow_bookmarks b where b.closed_at is null
            union all
            select w.activity_id, w.instance_id, w.due_at, false from workflow_work w where w.kind = 'effect'
            union all
            select y ->> 'k', i.id, (y ->> 'at')::timestamptz, true from workflow_instances i cross join lateral jsonb_array_elements(i.state -> 'y') y where i.incident_count > 0)
        select s.activity, count(distinct s.instance)::int, min(s.since), (count(distinct s.instance) filter (where s.stopped))::int
        from standing s join workflow_instances i on i.id = s.instance where i.definition_id = $1 and i.status = 'Running' and ($2 = 0 or i.version = $2) group by 1
        """;

    /// <param name="definitionId">Which procedure.</param>
    /// <param name="version">Null = all its versions.</param>
    /// <param name="since">First day counted, in France.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<TimeMap> ReadAsync(string definitionId, int? version, DateOnly since, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var mark = connection.Command("select position, at from workflow_passage_mark where id = 1");
        var (position, at) = (await mark.ListAsync(r => (r.GetInt64(0), r.Time(1)), cancellationToken)).FirstOrDefault();
        var key = (definitionId, version ?? 0, since, position);
        if (!_kept.TryGetValue(key, out var counted))
        {
            counted = await CountedAsync(connection, definitionId, version ?? 0, since, cancellationToken);
            if (_kept.Count >= Limit)
            {
                _kept.Clear();
            }

            _kept[key] = counted;
        }

        await using var here = connection.Command(Standing, P(definitionId), P(version ?? 0));
        var standing = (await here.ListAsync(r => (Activity: r.GetString(0), Count: r.GetInt32(1), Since: r.Time(2), Stopped: r.GetInt32(3)), cancellationToken)).ToDictionary(x => x.Activity, StringComparer.Ordinal);
        var steps = new Dictionary<string, StepTimes>(counted, StringComparer.Ordinal);
        foreach (var (activity, now) in standing)
        {
            steps[activity] = steps.GetValueOrDefault(activity, new StepTimes(activity)) with { Standing = now.Count, Oldest = now.Since, Incidents = now.Stopped };
        }

        return new TimeMap(steps, at);
    }

    private static async Task<Dictionary<string, StepTimes>> CountedAsync(NpgsqlConnection connection, string definitionId, int version, DateOnly since, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "select activity_id, outcome, bucket, sum(passages)::int, sum(again)::int from workflow_passages where definition_id = $1 and ($2 = 0 or version = $2) and day >= $3 group by 1, 2, 3",
            P(definitionId), P(version), new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date, Value = since });
        var rows = await command.ListAsync(r => (Activity: r.GetString(0), Outcome: r.GetString(1), Bucket: r.GetInt16(2), Passages: r.GetInt32(3), Again: r.GetInt32(4)), cancellationToken);
        return rows.GroupBy(x => x.Activity).ToDictionary(x => x.Key, x => Step(x.Key, [.. x.Select(y => (y.Outcome, y.Bucket, y.Passages, y.Again))]), StringComparer.Ordinal);
    }

    private static StepTimes Step(string activity, List<(string Outcome, short Bucket, int Passages, int Again)> rows)
    {
        var ended = rows.Where(x => x.Outcome != "!").ToList();
        var buckets = ended.GroupBy(x => x.Bucket).OrderBy(x => x.Key).Select(x => (Bucket: (int)x.Key, Count: x.Sum(y => y.Passages))).ToList();
        return new StepTimes(activity)
        {
            Passages = rows.Sum(x => x.Passages),
            Again = rows.Sum(x => x.Again),
            Cancelled = rows.Where(x => x.Outcome == "!").Sum(x => x.Passages),
            Median = Quantile(buckets, 0.5),
            Ninetieth = Quantile(buckets, 0.9),
            Outcomes = [.. ended.GroupBy(x => x.Outcome).Select(x => (x.Key, x.Sum(y => y.Passages))).OrderByDescending(x => x.Item2).ThenBy(x => x.Key, StringComparer.Ordinal)],
        };
    }

    /// <summary>The middle, on the scale of the classes, of the class that the wanted passage is in.</summary>
    internal static TimeSpan? Quantile(IReadOnlyList<(int Bucket, int Count)> buckets, double share)
    {
        var wanted = Math.Max(1, Math.Ceiling(buckets.Sum(x => x.Count) * share));
        var seen = 0;
        foreach (var (bucket, count) in buckets)
        {
            seen += count;
            if (seen >= wanted)
            {
                return bucket == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Pow(1.1, bucket - 0.5));
            }
        }

        return null;
    }
}
