namespace MonOPCO.Bench;

/// <summary>What each statement of a durable instance costs PostgreSQL. Needs <c>shared_preload_libraries=pg_stat_statements</c>.</summary>
internal static class Profile
{
    private static readonly int Clients = int.Parse(Environment.GetEnvironmentVariable("CLIENTS") ?? "16", System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task RunAsync(Report report)
    {
        await using var database = await BenchDatabase.CreateAsync();
        await database.ExecuteAsync("create extension pg_stat_statements");
        await database.PublishAsync("five", Definitions.FiveStepsAndAWait("five").ToJsonString());
        await DurableBench.MeasureAsync(database.Source, Clients, 1000, key => DurableBench.EngineAsync(database.Runtime, key));
        await database.ExecuteAsync("select pg_stat_statements_reset()");
        const int Count = 2000;
        await DurableBench.MeasureAsync(database.Source, Clients, Count, key => DurableBench.EngineAsync(database.Runtime, key));
        report.Section("Statements of a durable instance");
        report.Line("| calls/inst | plan µs | run µs | buffers | wal bytes | statement |");
        report.Line("|---|---|---|---|---|---|");
        await using var command = database.Source.CreateCommand("select calls, total_plan_time * 1000, total_exec_time * 1000, shared_blks_hit, wal_bytes::float8, regexp_replace(left(query, 110), '\\s+', ' ', 'g') from pg_stat_statements where calls > 100 order by total_exec_time + total_plan_time desc");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var calls = reader.GetInt64(0);
            report.Line($"| {(double)calls / Count:F2} | {reader.GetDouble(1) / calls:F0} | {reader.GetDouble(2) / calls:F0} | {(double)reader.GetInt64(3) / calls:F1} | {reader.GetDouble(4) / calls:F0} | `{reader.GetString(5)}` |");
        }
    }
}
