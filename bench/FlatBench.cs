using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace MonOPCO.Bench;

/// <summary>
/// Start and resume on a database with a history beside an empty one, in turns; and what a burst's statements touch in both: rows and buffers as PostgreSQL counts them.
/// Sizes by FLAT_FINISHED, FLAT_WAITING and FLAT_VERSIONS (1,000,000, 100,000 and 1,000).
/// </summary>
internal static partial class FlatBench
{
    private const int Rounds = 5;
    private const int PerRound = 400;

    internal static async Task RunAsync(Report report)
    {
        var (finished, waiting, versions) = (Size("FLAT_FINISHED", 1_000_000), Size("FLAT_WAITING", 100_000), Size("FLAT_VERSIONS", 1_000));
        await using var empty = await BenchDatabase.CreateAsync();
        await using var full = await BenchDatabase.CreateAsync();
        foreach (var database in new[] { empty, full })
        {
            await database.PublishAsync("five", Definitions.FiveStepsAndAWait("five").ToJsonString());

            // Rows to copy from, and plans made with rows in the tables.
            await DurableBench.MeasureAsync(database.Source, 4, 500, key => DurableBench.EngineAsync(database.Runtime, key));
            await database.Runtime.StartAsync(new Engine.Storage.StartWorkflow("five") { Input = new System.Text.Json.Nodes.JsonObject { ["Key"] = "template" } });
        }

        await FillAsync(full, finished, waiting, versions);
        foreach (var database in new[] { empty, full })
        {
            await database.ExecuteAsync("vacuum analyze");
            await database.ExecuteAsync("checkpoint");
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database.ConnectionString));
        }

        report.Section("Flatness");
        report.Line($"Full: {finished:N0} finished and {waiting:N0} waiting instances, {versions:N0} versions, {await full.ScalarAsync<string>("select pg_size_pretty(pg_database_size(current_database()))")}. Medians of {Rounds} interleaved rounds of {PerRound} instances.");
        report.Line("");
        report.Line("| clients | start p50 ms, empty / full | resume p50 ms, empty / full | start cost ratio | resume cost ratio | CPU of PostgreSQL ms/inst, empty / full | wanted |");
        report.Line("|---|---|---|---|---|---|---|");
        foreach (var clients in new[] { 1, 16 })
        {
            await RoundAsync(empty, clients, PerRound);
            await RoundAsync(full, clients, PerRound);
            var pairs = new List<(DurableBench.Measure Empty, DurableBench.Measure Full)>();
            for (var round = 0; round < Rounds; round++)
            {
                pairs.Add((await RoundAsync(empty, clients, PerRound), await RoundAsync(full, clients, PerRound)));
            }

            double median(Func<(DurableBench.Measure Empty, DurableBench.Measure Full), double> what) => Report.Median(pairs.Select(what));
            report.Line($"| {clients} | {median(p => p.Empty.StartP50):F2} / {median(p => p.Full.StartP50):F2} | {median(p => p.Empty.ResumeP50):F2} / {median(p => p.Full.ResumeP50):F2} | {median(p => p.Full.StartP50 / p.Empty.StartP50):F2} | {median(p => p.Full.ResumeP50 / p.Empty.ResumeP50):F2} | {median(p => p.Empty.ServerCpuMs):F2} / {median(p => p.Full.ServerCpuMs):F2} | ≤ 1.25 |");
        }

        report.Line("");
        await ExplainAsync(report, empty, full);
    }

    private static Task<DurableBench.Measure> RoundAsync(BenchDatabase database, int clients, int count) =>
        DurableBench.MeasureAsync(database.Source, clients, count, key => DurableBench.EngineAsync(database.Runtime, key));

    /// <summary>Copies of real rows under other ids: the same shapes and sizes that the engine writes. Half of the waiting ones wait under one common key.</summary>
    private static async Task FillAsync(BenchDatabase database, int finished, int waiting, int versions)
    {
        await database.ExecuteAsync($"""
            create temp table sample as select id, status from (select id, status, row_number() over (partition by status order by created_at desc) n from workflow_instances) s where n = 1;
            create temp table made as
                select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 40000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid as id, n, n > {finished} as waits,
                    (select id from sample where status = case when n > {finished} then 'Running' else 'Finished' end) as source
                from generate_series(1, {finished + waiting}) n;
            insert into workflow_instances select m.id, i.definition_id, i.definition_version_id, i.version, case when m.n % 3 = 0 then m.id::text end, i.name, null, null, i.status, i.sub_status, i.incident_count, i.burst, i.priority,
                now() - (m.n || ' seconds')::interval, now() - (m.n || ' seconds')::interval, case when not m.waits then now() end, i.input, i.output, i.properties, i.state
                from made m join workflow_instances i on i.id = m.source;
            insert into workflow_journal (instance_id, burst, at, entries) select m.id, j.burst, j.at, j.entries from made m join workflow_journal j on j.instance_id = m.source;
            insert into workflow_bookmarks select gen_random_uuid(), m.id, b.activity_execution_id, b.activity_id, b.activity_type, b.kind, case when m.n % 2 = 0 then 'common' else m.id::text end, b.correlation_id, b.until, b.payload, b.created_at, b.closed_at, b.closed_by, b.removed, b.message_id
                from made m join workflow_bookmarks b on b.instance_id = m.source;
            insert into workflow_definitions (id, definition_id, version, name, description, body, is_frozen, revision, seed_hash, created_at, updated_at, author, deleted_at)
                select 'bench-' || n, case when n % 2 = 0 then 'five' else 'other-' || n end, 1000 + n, d.name, d.description, d.body, true, 1, null, now(), now(), null, null from generate_series(1, {versions}) n, workflow_definitions d where d.definition_id = 'five' and d.version = 1;
            drop table sample; drop table made;
            """);
    }

    private static async Task ExplainAsync(Report report, BenchDatabase empty, BenchDatabase full)
    {
        report.Line("Plans and buffers of a burst's statements (EXPLAIN (ANALYZE, BUFFERS), rolled back; the first run of each is not counted):");
        report.Line("");
        report.Line("| statement | plan, empty | plan, full | buffers, empty / full |");
        report.Line("|---|---|---|---|");
        foreach (var (name, sql) in Statements)
        {
            var (plan, buffers) = await PlanAsync(empty, sql);
            var (fullPlan, fullBuffers) = await PlanAsync(full, sql);
            report.Line($"| {name} | {plan} | {(fullPlan == plan ? "same" : fullPlan)} | {buffers} / {fullBuffers} |");
        }

        report.Line("");
    }

    private static readonly (string, string)[] Statements =
    [
        ("start: published version, proven", "select (select version_id from workflow_published where definition_id = 'five' and version_id = v.version_id) from (select version_id from workflow_published where definition_id = 'five') v"),
        ("resume: close the bookmark by key", "update workflow_bookmarks b set closed_at = now() where b.closed_at is null and b.id = (select b.id from workflow_bookmarks b where b.kind = 'event' and b.key = 'template' and b.closed_at is null order by b.created_at limit 1 for update)"),
        ("resume: close one of many under a common key", "update workflow_bookmarks b set closed_at = now() where b.closed_at is null and b.id = (select b.id from workflow_bookmarks b where b.kind = 'event' and b.key = 'common' and b.closed_at is null order by b.created_at limit 1 for update)"),
        ("resume: lock and read the instance", "select i.state::text from workflow_instances i where i.id = (select instance_id from workflow_bookmarks b where b.kind = 'event' and b.key = 'template' and b.closed_at is null) for update skip locked"),
        ("resume: mailbox", "select m.id from workflow_mailbox m where m.instance_id = gen_random_uuid() and m.parked_at is null order by m.sequence limit 201"),
        ("resume: update the instance", "update workflow_instances set burst = burst + 1, updated_at = now() where id = (select instance_id from workflow_bookmarks b where b.kind = 'event' and b.key = 'template' and b.closed_at is null)"),
        ("wait: a stimulus that came first", "select s.sender_id from workflow_stimuli s where s.state = 'Waiting' and s.kind = 'event' and s.key = 'template' order by s.received_at limit 1 for update"),
        ("journal", "insert into workflow_journal (instance_id, burst, at, entries) values (gen_random_uuid(), 1, now(), '[]')"),
        ("worker: claim", "select id from workflow_work where kind = 'effect' and cancelled_at is null and queue = 'default' and due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp()) and activity = any(array['a@1']) order by rank_at limit 8 for update skip locked"),
        ("worker: timers", "select id, bookmark_id from workflow_work where kind = 'timer' and due_at <= now() order by due_at limit 100 for update skip locked"),
    ];

    private static async Task<(string Plan, int Buffers)> PlanAsync(BenchDatabase database, string sql)
    {
        var lines = new List<string>();
        await using var connection = await database.Source.OpenConnectionAsync();
        for (var run = 0; run < 2; run++)
        {
            lines.Clear();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var explain = new NpgsqlCommand("explain (analyze, buffers, costs off, timing off, summary off) " + sql, connection, transaction);
            await using (var reader = await explain.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    lines.Add(reader.GetString(0));
                }
            }

            await transaction.RollbackAsync();
        }

        var scans = lines.Where(l => l.Contains("Scan", StringComparison.Ordinal)).Select(l => Scan().Match(l).Value).Where(s => s.Length > 0);
        var buffers = lines.TakeWhile(l => !l.StartsWith("Planning", StringComparison.Ordinal)).FirstOrDefault(l => l.Contains("Buffers:", StringComparison.Ordinal)) ?? "";
        return (string.Join(", ", scans), Blocks().Matches(buffers).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    private static int Size(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var size) ? size : usual;

    [GeneratedRegex("(Index (Only )?Scan using \\w+|Seq Scan on \\w+|Bitmap Heap Scan on \\w+)")]
    private static partial Regex Scan();

    [GeneratedRegex("(?:hit|read)=(\\d+)")]
    private static partial Regex Blocks();
}
