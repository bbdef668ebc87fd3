using System.Diagnostics;
using MonOPCO.Chaos;
using MonOPCO.Sandbox;
using MonOPCO.TestCommon;
using Xunit.Abstractions;

namespace MonOPCO.EndToEnd.Chaos;

/// <summary>Hosts of the engine as processes: killed, stopped, taken over from. The long trial is <c>./monopco chaos</c>.</summary>
[Collection("Host processes")]
[Trait("Requirement", "M-W.6")]
public sealed class ChaosTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Few = 12;
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task ThreeHosts_KilledAtRandom_EverythingHappensOnce()
    {
        var result = await ChaosTrial.RunAsync(database.ConnectionString, new ChaosOptions { Instances = 40, KillEvery = TimeSpan.FromSeconds(8), Deadline = TimeSpan.FromMinutes(4) }, output.WriteLine);
        output.WriteLine(result.ToString());
        Assert.Empty(result.Problems);
        Assert.True(result.Kills > 0, "Nothing was killed.");
    }

    [Fact]
    public async Task Sigterm_GivesBackWhatIsUnderWay_AndAnotherHostTakesOverAtOnce()
    {
        await using var trial = await BeginAsync(TimeSpan.FromMinutes(1));
        await trial.UntilLeasedAsync();
        var code = await trial.First.TerminateAsync();
        Assert.True(code == 0, $"{code}: {trial.First.Output()}");

        // Unspent: neither a lease to wait for, nor a failure, nor a step towards poison. The lease itself would have lasted another minute.
        Assert.Equal(0, await CountAsync("select count(*) from workflow_work where lease_owner is not null"));
        Assert.Equal(0, await CountAsync("select count(*) from workflow_work where kind = 'effect' and (failures > 0 or unanswered > 0)"));
        await trial.EndOnSecondAsync();
    }

    [Fact]
    public async Task Kill9_IsTakenOverWithinTheLease()
    {
        await using var trial = await BeginAsync(TimeSpan.FromSeconds(2));
        await trial.UntilLeasedAsync();
        await trial.First.KillAsync();
        var dead = Stopwatch.StartNew();
        // Started earlier, the other one would fill its slots with work that nobody had yet, and the closed gate would keep them full.
        await trial.UntilAsync("select count(*) from workflow_work where lease_until < clock_timestamp()", n => n >= 4);
        trial.Second.Start();
        await trial.UntilAsync("select count(*) from workflow_work where attempt > 1", n => n > 0);
        output.WriteLine($"First take-over after {dead.Elapsed.TotalSeconds:F1} s, the start of the other process included.");
        Assert.True(dead.Elapsed < TimeSpan.FromSeconds(20), $"{dead.Elapsed}: the lease is 2 s.");
        await trial.EndOnSecondAsync();
    }

    private async Task<Trial> BeginAsync(TimeSpan lease)
    {
        await ChaosTrial.PrepareAsync(database.ConnectionString, Few);
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { LogToConsole = false });
        var settings = ChaosTrial.Settings(database.ConnectionString, sandbox.BaseUrl);
        settings["Workflows:Lease"] = lease.ToString();
        settings["Workflows:DrainFor"] = "00:00:01";
        var trial = new Trial(database.ConnectionString, sandbox, new NodeProcess("first", settings), new NodeProcess("second", settings));
        sandbox.Effects.Gate = trial.Gate.Task;
        trial.First.Start();
        return trial;
    }

    private Task<long> CountAsync(string sql) => ChaosTrial.CountAsync(database.ConnectionString, sql);

    /// <summary>Two nodes; the Sandbox answers no effect before the gate opens.</summary>
    private sealed class Trial(string connectionString, SandboxServer sandbox, NodeProcess first, NodeProcess second) : IAsyncDisposable
    {
        internal NodeProcess First => first;

        internal NodeProcess Second => second;

        internal TaskCompletionSource Gate { get; } = new();

        internal Task UntilLeasedAsync() => UntilAsync("select count(*) from workflow_work where lease_until is not null", n => n >= 4);

        /// <summary>The second node ends everything, and the books are right.</summary>
        internal async Task EndOnSecondAsync()
        {
            if (!second.IsRunning)
            {
                second.Start();
            }

            Gate.TrySetResult();
            using var evening = new CancellationTokenSource();
            var person = ChaosTrial.WorkAsync(connectionString, [second], evening.Token);
            await UntilAsync("select count(*) from workflow_instances where status = 'Finished'", n => n >= 2 * Few);
            await evening.CancelAsync();
            await person;
            Assert.Equal(0, await second.TerminateAsync());
            Assert.Empty(await ChaosTrial.CheckAsync(connectionString, Few, sandbox.Effects));
        }

        internal async Task UntilAsync(string sql, Func<long, bool> enough)
        {
            long last = 0;
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(50))
            {
                last = await ChaosTrial.CountAsync(connectionString, sql);
                if (enough(last))
                {
                    return;
                }
            }

            Assert.Fail($"{sql}: {last} after 90 s.\n{first.Output()}\n---\n{second.Output()}");
        }

        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync();
            await second.DisposeAsync();
            Gate.TrySetResult();
            await sandbox.DisposeAsync();
        }
    }
}
