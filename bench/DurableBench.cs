using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Bench;

/// <summary>Start, five steps, wait (committed); event, complete (committed): the engine beside the bare loop, in turns on the same database.</summary>
internal static class DurableBench
{
    private const int Rounds = 5;

    internal sealed record Measure(double PerSecond, double StartP50, double ResumeP50, double ResumeP95, double ClientCpuMs, double ServerCpuMs);

    internal static async Task RunAsync(Report report)
    {
        await using var database = await BenchDatabase.CreateAsync();
        await database.PublishAsync("five", Definitions.FiveStepsAndAWait("five").ToJsonString());
        var bare = new BareLoop(database.Source);
        await bare.CreateAsync();
        report.Section("Durable instance");
        report.Line($"PostgreSQL {await database.ScalarAsync<string>("show server_version")} on the same cores, fsync {await database.ScalarAsync<string>("show fsync")}, synchronous_commit {await database.ScalarAsync<string>("show synchronous_commit")}, journal on. Medians of {Rounds} interleaved rounds.");
        report.Line("");
        report.Line("| clients | engine inst/s | bare loop inst/s | ratio (min–max) | start p50 ms, engine / bare | resume p50 / p95 ms | bare resume p50 / p95 ms | CPU of our process ms/inst, engine / bare | CPU of PostgreSQL ms/inst, engine / bare |");
        report.Line("|---|---|---|---|---|---|---|---|---|");
        await MeasureAsync(database.Source, 16, 3000, key => EngineAsync(database.Runtime, key));
        await MeasureAsync(database.Source, 16, 3000, key => BareAsync(bare, key));
        foreach (var (clients, count) in new[] { (1, 600), (16, 3000) })
        {
            await MeasureAsync(database.Source, clients, count, key => EngineAsync(database.Runtime, key));
            await MeasureAsync(database.Source, clients, count, key => BareAsync(bare, key));
            var engines = new List<Measure>();
            var bares = new List<Measure>();
            for (var round = 0; round < Rounds; round++)
            {
                engines.Add(await MeasureAsync(database.Source, clients, count, key => EngineAsync(database.Runtime, key)));
                bares.Add(await MeasureAsync(database.Source, clients, count, key => BareAsync(bare, key)));
            }

            var ratios = engines.Zip(bares, (e, b) => e.PerSecond / b.PerSecond).ToList();
            double median(List<Measure> of, Func<Measure, double> what) => Report.Median(of.Select(what));
            report.Line($"| {clients} | {median(engines, m => m.PerSecond):N0} | {median(bares, m => m.PerSecond):N0} | {Report.Median(ratios):F2} ({ratios.Min():F2}–{ratios.Max():F2}) | {median(engines, m => m.StartP50):F2} / {median(bares, m => m.StartP50):F2} | {median(engines, m => m.ResumeP50):F2} / {median(engines, m => m.ResumeP95):F2} | {median(bares, m => m.ResumeP50):F2} / {median(bares, m => m.ResumeP95):F2} | {median(engines, m => m.ClientCpuMs):F2} / {median(bares, m => m.ClientCpuMs):F2} | {median(engines, m => m.ServerCpuMs):F2} / {median(bares, m => m.ServerCpuMs):F2} |");
        }

        report.Line("");
    }

    internal static async Task<(double Start, double Resume)> EngineAsync(WorkflowRuntime runtime, string key)
    {
        var clock = Stopwatch.GetTimestamp();
        await runtime.StartAsync(new StartWorkflow("five") { Input = new JsonObject { ["Key"] = key } });
        var started = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        clock = Stopwatch.GetTimestamp();
        var outcome = await runtime.ResumeAsync("event", key, new JsonObject { ["ok"] = true }, "bench");
        return outcome is ResumeOutcome.Resumed { Drained: true } ? (started, Stopwatch.GetElapsedTime(clock).TotalMilliseconds) : throw new InvalidOperationException($"Resuming {key}: {outcome}");
    }

    private static async Task<(double Start, double Resume)> BareAsync(BareLoop bare, string key)
    {
        var clock = Stopwatch.GetTimestamp();
        await bare.StartAsync(Guid.CreateVersion7(), key);
        var started = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        clock = Stopwatch.GetTimestamp();
        await bare.ResumeAsync(key);
        return (started, Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
    }

    internal static async Task<Measure> MeasureAsync(Npgsql.NpgsqlDataSource source, int clients, int count, Func<string, Task<(double Start, double Resume)>> one)
    {
        var left = count;
        var times = new ConcurrentBag<(double Start, double Resume)>();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var server = await ServerCpu.ReadAsync(source);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                times.Add(await one(Guid.NewGuid().ToString("N")));
            }
        })));
        var elapsed = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return new Measure(count / elapsed, Report.Percentile(times.Select(t => t.Start), 0.5), Report.Percentile(times.Select(t => t.Resume), 0.5), Report.Percentile(times.Select(t => t.Resume), 0.95), (process.TotalProcessorTime - cpu).TotalMilliseconds / count, (await ServerCpu.ReadAsync(source) - server) / count);
    }
}
