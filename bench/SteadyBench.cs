using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Bench;

/// <summary>The runtime at a steady load: its memory must not grow. Minutes by STEADY_MINUTES (10).</summary>
internal static class SteadyBench
{
    internal static async Task RunAsync(Report report)
    {
        var minutes = int.TryParse(Environment.GetEnvironmentVariable("STEADY_MINUTES"), out var asked) ? asked : 10;
        await using var database = await BenchDatabase.CreateAsync();
        await database.PublishAsync("five", Definitions.FiveStepsAndAWait("five").ToJsonString());
        var runtime = database.Runtime;
        var done = 0;
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var key = Guid.NewGuid().ToString("N");
                await runtime.StartAsync(new StartWorkflow("five") { Input = new JsonObject { ["Key"] = key } });
                await runtime.ResumeAsync("event", key, null, "bench");
                Interlocked.Increment(ref done);

                // A steady load, not the most there is.
                await Task.Delay(20);
            }
        })).ToArray();
        report.Section("Steady");
        report.Line($"Four clients without haste for {minutes} minutes; what lives after a full collection, and what the process occupies.");
        report.Line("");
        report.Line("| minute | instances so far | live heap MB | working set MB |");
        report.Line("|---|---|---|---|");
        var live = new List<double>();
        for (var minute = 1; minute <= minutes; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(1));
            var heap = GC.GetTotalMemory(true) / 1048576.0;
            live.Add(heap);
            using var process = Process.GetCurrentProcess();
            report.Line($"| {minute} | {Volatile.Read(ref done):N0} | {heap:F1} | {process.WorkingSet64 / 1048576.0:F0} |");
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        report.Line("");
        report.Line($"Live heap after the first and the last minute: {live[0]:F1} and {live[^1]:F1} MB.");
        report.Line("");
    }
}
