using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>The durability contract (architecture §4), rule by rule, where only a real database can prove it.</summary>
public sealed class PostgresContractTests : IAsyncLifetime
{
    private const string Hooked = """[{"do":"wait","kind":"k","key":"{id}"},{"do":"hook","name":"h"},{"do":"step"}]""";
    private PostgresFixture fixture = null!;

    public async Task InitializeAsync() => fixture = await PostgresFixture.CreateAsync();

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    // Rule 1
    [Fact]
    public async Task Burst_DomainRowsAndState_CommitTogetherOrNotAtAll()
    {
        var id = await fixture.StartAsync(Hooked);
        fixture.Fake.Hooks["h"] = async (scope, _) =>
        {
            await WitnessAsync(scope.Services, "burst");
            throw new BugException();
        };
        Task resume() => fixture.Runtime.ResumeAsync("k", id.ToString(), null, "A", (services, _) => WitnessAsync(services, "alongside"));
        await Assert.ThrowsAsync<BugException>(resume);
        Assert.Equal(0, await fixture.WitnessesAsync());
        Assert.Single(await fixture.Runtime.Reads.BookmarksAsync(id, default));

        fixture.Fake.Hooks["h"] = (scope, _) => WitnessAsync(scope.Services, "burst");
        await resume();
        Assert.Equal(2, await fixture.WitnessesAsync());
        Assert.Equal(2, (await InstanceAsync(id)).Burst);
    }

    // Rule 5
    [Fact]
    public async Task Activity_ThatBreaksItsTransaction_LeavesAnIncidentAndNoRow()
    {
        var id = await fixture.StartAsync("""[{"do":"hook","name":"before"},{"do":"hook","name":"fails"},{"do":"hook","name":"after"}]""", s =>
        {
            s["before"] = (scope, _) => WitnessAsync(scope.Services, "before");
            s["fails"] = async (scope, _) =>
            {
                var context = scope.Services.GetRequiredService<MonOpcoDbContext>();
                await WitnessAsync(scope.Services, "fails");
                context.Add(new WorkflowPublishedRow { DefinitionId = "x", VersionId = "there is none" });
                await context.SaveChangesAsync();
            };

            // What the failed activity left in the change tracker must not come back.
            s["after"] = (scope, _) => scope.Services.GetRequiredService<MonOpcoDbContext>().SaveChangesAsync();
        });
        var instance = await InstanceAsync(id);
        Assert.Equal((1, InstanceStatus.Finished), (instance.IncidentCount, instance.Status));
        Assert.Equal("before", await fixture.ScalarAsync<string>("select string_agg(text, ',') from witness"));
    }

    [Theory]
    [InlineData("select pg_terminate_backend(pg_backend_pid())")]
    [InlineData("do $$ begin raise exception using errcode = '40001'; end $$")]
    [InlineData("do $$ begin raise exception using errcode = '40P01'; end $$")]
    public async Task Burst_WhoseTransactionFails_RunsAgain(string failure)
    {
        var id = await fixture.StartAsync(Hooked);
        var runs = 0;
        fixture.Fake.Hooks["h"] = async (scope, _) =>
        {
            await WitnessAsync(scope.Services, "once");
            if (++runs == 1)
            {
                await scope.Services.GetRequiredService<MonOpcoDbContext>().Database.ExecuteSqlRawAsync(failure);
            }
        };
        Assert.IsType<ResumeOutcome.Resumed>(await fixture.Runtime.ResumeAsync("k", id.ToString(), null, "A"));
        Assert.Equal((2, 1), (runs, await fixture.WitnessesAsync()));
        Assert.Equal(0, (await InstanceAsync(id)).IncidentCount);
    }

    [Theory]
    [InlineData(CuttingProxy.Cut.BeforeCommit, 2)]
    [InlineData(CuttingProxy.Cut.AfterCommit, 1)]
    public async Task Commit_OfUnknownOutcome_IsLookedUpBeforeAnythingIsRepeated(CuttingProxy.Cut cut, int expectedRuns)
    {
        using var proxy = new CuttingProxy(fixture.ConnectionString);
        var runtime = fixture.NewRuntime(fixture.OpenStore(proxy.ConnectionString));
        var id = await fixture.StartAsync(Hooked);
        var runs = 0;
        fixture.Fake.Hooks["h"] = async (scope, _) =>
        {
            runs++;
            await WitnessAsync(scope.Services, "once");
        };

        // Opening the first connection loads types in a transaction of its own.
        await runtime.Reads.FindInstanceAsync(id, default);
        proxy.Arm(cut);
        Assert.Equal(new ResumeOutcome.Resumed(id, true), await runtime.ResumeAsync("k", id.ToString(), null, "A"));
        Assert.True(proxy.HasCut);
        Assert.Equal((expectedRuns, 1), (runs, await fixture.WitnessesAsync()));
        Assert.Equal(2, (await InstanceAsync(id)).Burst);

        // A start reads the published version, the next one takes it from memory: both must find out.
        await fixture.PublishAsync("unknown", """[{"do":"step"}]""");
        for (var starts = 1; starts <= 2; starts++)
        {
            proxy.Arm(cut);
            var started = await runtime.StartAsync(new StartWorkflow("unknown"));
            Assert.True(proxy.HasCut);
            Assert.False(started.Existed);
            Assert.Equal(starts, (await fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { DefinitionId = "unknown" }, default)).Total);
        }
    }

    // Rule 6
    [Fact]
    public async Task FiveHundredTasks_OfOneInstance_CompletedAtOnce()
    {
        var id = await fixture.StartAsync("""[{"do":"wait","kind":"t","key":"{id}","count":500},{"do":"step"}]""");
        var clock = Stopwatch.StartNew();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => Task.Run(() => fixture.Runtime.ResumeAsync("t", $"{id}-{n}", null, $"P{n}"))));
        Assert.All(outcomes, o => Assert.IsType<ResumeOutcome.Resumed>(o));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
        Assert.Equal(501, (await InstanceAsync(id)).Output["log"]!.AsArray().Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(25), $"{clock.Elapsed} for a pool of 20: somebody waited.");
    }

    // Rule 4. 2,000 here; 10,000 and more by ./monopco bench race.
    [Fact]
    public async Task TwoThousandBookmarks_EachResumedTwice_By64Clients_NoneStuckNoneDoubled()
    {
        const int Count = 2000;
        await fixture.PublishAsync("race", """[{"do":"wait","kind":"race","key":"{id}"},{"do":"step"}]""");
        var ids = Enumerable.Range(0, Count).Select(_ => Guid.NewGuid()).ToList();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (id, cancel) => await fixture.Runtime.StartAsync(new StartWorkflow("race") { InstanceId = id }, null, cancel));
        var (won, told) = (0, 0);
        await Parallel.ForEachAsync(ids.Concat(ids), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, cancel) =>
        {
            switch (await fixture.Runtime.ResumeAsync("race", id.ToString(), null, "somebody", null, cancel))
            {
                case ResumeOutcome.Resumed:
                    Interlocked.Increment(ref won);
                    break;
                case ResumeOutcome.AlreadyDone { By: "somebody" }:
                    Interlocked.Increment(ref told);
                    break;
            }
        });
        Assert.Equal((Count, Count), (won, told));
        Assert.Equal(Count, await fixture.ScalarAsync<long>("select count(*) from workflow_instances where status = 'Finished' and burst = 2"));
        Assert.Equal(0, await fixture.ScalarAsync<long>("select (select count(*) from workflow_mailbox) + (select count(*) from workflow_bookmarks where closed_at is null)"));
    }

    [Fact]
    public async Task ThousandEvents_SentBeforeTheirBookmarksExist_NoneIsLost()
    {
        const int Count = 1000;
        await fixture.PublishAsync("early", """[{"do":"wait","kind":"event","key":"{id}"},{"do":"step"}]""");
        var ids = Enumerable.Range(0, Count).Select(_ => Guid.NewGuid()).ToList();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (id, cancel) => await fixture.Runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", id.ToString(), null, null, null), "sender", cancel));
        Assert.Equal(Count, await fixture.ScalarAsync<long>("select count(*) from workflow_stimuli where state = 'Waiting'"));
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (id, cancel) => await fixture.Runtime.StartAsync(new StartWorkflow("early") { InstanceId = id }, null, cancel));
        Assert.Equal(Count, await fixture.ScalarAsync<long>("select count(*) from workflow_instances where status = 'Finished'"));
        Assert.Equal(Count, await fixture.ScalarAsync<long>("select count(*) from workflow_stimuli where state = 'Consumed'"));
    }

    [Fact]
    public async Task Resume_WhileAnotherHoldsTheInstance_DoesNotWait_AndIsDrainedLater()
    {
        var id = await fixture.StartAsync("""[{"do":"wait","kind":"k","key":"{id}"},{"do":"step"}]""");
        await using (var holder = await fixture.Sources.Staff.OpenConnectionAsync())
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand($"select 1 from workflow_instances where id = '{id}' for update", holder);
            await hold.ExecuteNonQueryAsync();
            Assert.Equal(new ResumeOutcome.Resumed(id, false), await fixture.Runtime.ResumeAsync("k", id.ToString(), null, "A").WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(id)).Status);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(2));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Stimulus_RacingItsBookmark_IsNeverLost()
    {
        var definitions = Enumerable.Range(0, 60).Select(n => (Id: "race" + n, Key: "key" + n)).ToList();
        foreach (var (id, key) in definitions)
        {
            await fixture.PublishAsync(id, $$"""[{"do":"wait","kind":"webhook","key":"{{key}}"}]""");
        }

        await Task.WhenAll(definitions.SelectMany(d => new Task[]
        {
            Task.Run(() => fixture.Runtime.StartAsync(new StartWorkflow(d.Id))),
            Task.Run(() => fixture.NewRuntime().PublishAsync(new PublishedStimulus(Guid.NewGuid(), "webhook", d.Key, null, null, null))),
        }));
        Assert.Equal(60, (await fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { Status = InstanceStatus.Finished }, default)).Total);
    }

    // Rules 2 and 7
    [Fact]
    public async Task TwoWorkers_RunEachEffectOnce()
    {
        await fixture.PublishAsync("many", """[{"do":"effect","type":"Test.Effect"}]""");
        var runs = 0;
        fixture.Script.Execute = (_, context) =>
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult<Engine.Activities.ActivityResult<TestEffect.Output>>(EffectScript.Done(context.IdempotencyKey));
        };
        for (var i = 0; i < 60; i++)
        {
            await fixture.Runtime.StartAsync(new StartWorkflow("many"));
        }

        await Task.WhenAll(fixture.RunDueAsync(fixture.Worker()), fixture.RunDueAsync(fixture.Worker()));
        Assert.Equal(60, runs);
        Assert.Equal(60, (await fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { Status = InstanceStatus.Finished }, default)).Total);
    }

    [Fact]
    public async Task Lease_LivesByTheDatabasesClock_AndTheHeartbeatExtendsIt()
    {
        await fixture.StartAsync("""[{"do":"effect","type":"Test.Effect"}]""");
        var request = new WorkRequest { Owner = "a", Queue = "default", Limit = 1, Lease = TimeSpan.FromMinutes(1), KnownActivities = ["Test.Effect@1"] };
        var mine = Assert.Single(await fixture.Store.ClaimAsync(request, default));
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await fixture.Store.ClaimAsync(request with { Owner = "b" }, default));

        await fixture.ExecuteAsync("update workflow_work set lease_until = lease_until - interval '50 s'");
        Assert.Equal([mine.Id], await fixture.Store.ExtendAsync([mine], TimeSpan.FromMinutes(1), default));
        await fixture.ExecuteAsync("update workflow_work set lease_until = lease_until - interval '50 s'");
        Assert.Empty(await fixture.Store.ClaimAsync(request with { Owner = "b" }, default));

        await fixture.ExecuteAsync("update workflow_work set lease_until = lease_until - interval '20 s'");
        Assert.Equal(2, Assert.Single(await fixture.Store.ClaimAsync(request with { Owner = "b" }, default)).Attempt);
        Assert.Empty(await fixture.Store.ExtendAsync([mine], TimeSpan.FromMinutes(1), default));
    }

    [Fact]
    public async Task Hint_ReachesOtherProcesses()
    {
        var hints = new WorkflowHints(fixture.Sources);
        using var stop = new CancellationTokenSource();
        var listening = hints.ListenAsync(stop.Token);
        while (await fixture.ScalarAsync<long>("select count(*) from pg_stat_activity where query = 'listen workflow_work' and state = 'idle'") == 0)
        {
            await Task.Yield();
        }

        var heard = hints.WaitAsync(TimeSpan.FromSeconds(30), default);
        fixture.OpenStore(fixture.ConnectionString).Hint();
        await heard.WaitAsync(TimeSpan.FromSeconds(10));
        await stop.CancelAsync();
        await listening;
    }

    // Crash points: what was committed before the process died is taken up by another one.
    [Fact]
    public async Task Crash_BetweenABurstAndItsChild_AWorkerStartsTheChild()
    {
        fixture.Options.FollowUps = 0;
        await fixture.PublishAsync("kid", """[{"do":"step"}]""");
        var parent = await fixture.StartAsync("""[{"do":"child","definition":"kid"}]""");
        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(parent)).Status);

        fixture.Options.FollowUps = 50;
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(2));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(parent)).Status);
    }

    [Fact]
    public async Task Crash_BetweenStoringAStimulusAndActing_AWorkerActs()
    {
        var id = await fixture.StartAsync("""[{"do":"wait","kind":"event","key":"crash"}]""");
        await using (var tx = await fixture.Store.BeginAsync(default))
        {
            var matches = await tx.StoreStimulusAsync(new StoredStimulus(Guid.NewGuid(), "event", "crash", fixture.Clock.GetUtcNow()), default);
            Assert.Single(matches.Bookmarks);
            await tx.CommitAsync(default);
        }

        await fixture.AdvanceAsync(TimeSpan.FromSeconds(10));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Crash_BetweenRecordingAResultAndDraining_AWorkerDrains()
    {
        var id = await fixture.StartAsync("""[{"do":"effect","type":"Test.Effect"}]""");
        await using (var holder = await fixture.Sources.Staff.OpenConnectionAsync())
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand($"select 1 from workflow_instances where id = '{id}' for update", holder);
            await hold.ExecuteNonQueryAsync();
            await fixture.RunDueAsync();
            Assert.Equal(EffectStatus.Done, Assert.Single(await fixture.Runtime.Reads.EffectsAsync(id, default)).Status);
        }

        await fixture.AdvanceAsync(TimeSpan.FromMinutes(1));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Record_ThatFails_LeavesNothingAndTheEffectComesBack()
    {
        var id = await fixture.StartAsync("""[{"do":"effect","type":"Test.Effect"}]""");
        fixture.Script.Record = _ => throw new InvalidDataException("disk");
        await fixture.RunDueAsync();
        Assert.Equal(EffectStatus.Waiting, Assert.Single(await fixture.Runtime.Reads.EffectsAsync(id, default)).Status);
        fixture.Script.Record = _ => Task.CompletedTask;
        await fixture.AdvanceAsync(TimeSpan.FromMinutes(1));
        await fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    // Rule 11
    [Fact]
    public async Task Journal_OfABurst_IsOneRow_AndASecondOneOverTheLimit()
    {
        await fixture.StartAsync("""[{"do":"step"},{"do":"step"},{"do":"step"}]""");
        Assert.Equal(1, await fixture.ScalarAsync<long>("select count(*) from workflow_journal"));
        await fixture.StartAsync("""[{"do":"journal","size":200000},{"do":"journal","size":200000}]""");
        Assert.Equal(3, await fixture.ScalarAsync<long>("select count(*) from workflow_journal"));
    }

    [Fact]
    public async Task Burst_TakesTwoRoundTrips_AStartOne()
    {
        using var proxy = new CuttingProxy(fixture.ConnectionString);
        var runtime = fixture.NewRuntime(fixture.OpenStore(proxy.ConnectionString));
        await fixture.PublishAsync("trips", """[{"do":"wait","kind":"trip","key":"{id}"},{"do":"step"}]""");

        async Task<(int Start, int Resume)> ResumeAsync()
        {
            var before = proxy.Requests;
            var id = (await runtime.StartAsync(new StartWorkflow("trips"))).Instance.Id;
            var between = proxy.Requests;
            Assert.Equal(new ResumeOutcome.Resumed(id, true), await runtime.ResumeAsync("trip", id.ToString(), null, "A"));
            return (between - before, proxy.Requests - between);
        }

        // Twice before counting: the connection, the cache of definitions and the prepared statements are there then.
        await ResumeAsync();
        await ResumeAsync();
        Assert.Equal((1, 2), await ResumeAsync());
    }

    [Fact]
    public async Task Start_WhoseRememberedVersionIsNoLongerPublished_TakesTheNewOne()
    {
        await fixture.PublishAsync("moving", """[{"do":"step"}]""");
        var remembers = fixture.NewRuntime(fixture.OpenStore(fixture.ConnectionString));
        Assert.Equal(1, (await remembers.StartAsync(new StartWorkflow("moving"))).Instance.Version);

        await fixture.PublishAsync("moving", """[{"do":"step"},{"do":"step"}]""");
        Assert.Equal(2, (await remembers.StartAsync(new StartWorkflow("moving"))).Instance.Version);

        await fixture.Definitions.RetractAsync("moving", "test");
        await Assert.ThrowsAsync<DefinitionNotFoundException>(() => remembers.StartAsync(new StartWorkflow("moving")));
        Assert.Equal(2, (await fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { DefinitionId = "moving" }, default)).Total);
    }

    private static Task WitnessAsync(IServiceProvider services, string text) =>
        services.GetRequiredService<MonOpcoDbContext>().Database.ExecuteSqlAsync($"insert into witness (text) values ({text})");

    private async Task<WorkflowInstance> InstanceAsync(Guid id) => (await fixture.Runtime.Reads.FindInstanceAsync(id, default))!;
}
