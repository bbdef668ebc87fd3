using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Bench;

/// <summary>Bookmarks resumed as fast as 64 clients can, each by two of them: none stuck, none doubled. Size by RACE_COUNT (10,000).</summary>
internal static class RaceBench
{
    internal static async Task RunAsync(Report report)
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("RACE_COUNT"), out var asked) ? asked : 10_000;
        await using var database = await BenchDatabase.CreateAsync();
        await database.PublishAsync("five", Definitions.FiveStepsAndAWait("five").ToJsonString());
        var runtime = database.Runtime;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, cancel) =>
            await runtime.StartAsync(new StartWorkflow("five") { Input = new JsonObject { ["Key"] = $"race-{n}" } }, null, cancel));
        var clock = Stopwatch.StartNew();
        var (won, lost) = (0, 0);
        await Parallel.ForAsync(0, 2 * count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (n, cancel) =>
        {
            switch (await runtime.ResumeAsync("event", $"race-{n / 2}", null, $"client {n}", null, cancel))
            {
                case ResumeOutcome.Resumed:
                    Interlocked.Increment(ref won);
                    break;
                case ResumeOutcome.AlreadyDone { By: not null }:
                    Interlocked.Increment(ref lost);
                    break;
            }
        });
        var seconds = clock.Elapsed.TotalSeconds;
        var open = await database.ScalarAsync<long>("select count(*) from workflow_instances where status <> 'Finished'");
        var doubled = await database.ScalarAsync<long>("select count(*) from workflow_instances where burst <> 2");
        var left = await database.ScalarAsync<long>("select (select count(*) from workflow_mailbox) + (select count(*) from workflow_bookmarks where closed_at is null) + (select count(*) from workflow_work)");
        report.Section("Race");
        report.Line($"{count:N0} bookmarks, each resumed twice, 64 clients: {2 * count / seconds:N0} attempts/s. Won {won:N0}, told who was faster {lost:N0}, stuck {open}, doubled {doubled}, rows left behind {left}.");
        report.Line("");
        if (won != count || lost != count || open + doubled + left != 0)
        {
            throw new InvalidOperationException("A bookmark was lost or resumed twice.");
        }
    }
}
