using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

public abstract partial class RuntimeScenarios
{
    private const string OneEffect = """[{"do":"effect","type":"Test.Effect","input":{"text":"salut"}},{"do":"step"}]""";

    [Fact]
    public async Task Effect_RunsByAWorker_AndItsResultResumes()
    {
        var id = await Fixture.StartAsync(OneEffect);
        Assert.Equal(EffectStatus.Waiting, Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default)).Status);

        byte[]? recorded = null;
        Fixture.Script.Execute = (input, _) => Answer(new ActivityResult<TestEffect.Output>.Done(new TestEffect.Output(input.Text) { Bytes = [1, 2] }));
        Fixture.Script.Record = output => Task.FromResult(recorded = output.Bytes);
        await Fixture.RunDueAsync();

        var effect = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal((EffectStatus.Done, "{\"text\":\"salut\"}"), (effect.Status, effect.Result!.Output!.ToJsonString()));
        Assert.Equal([1, 2], recorded);
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Effect_OfAnUnknownActivityOrForeignQueue_IsLeftToOthers()
    {
        var unknown = await Fixture.StartAsync("""[{"do":"effect","type":"Test.Tomorrow"}]""");
        var foreign = await Fixture.StartAsync("""[{"do":"effect","type":"Test.Effect","queue":"bot"}]""");
        await Fixture.RunDueAsync();
        Assert.Equal(0, Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(unknown, default)).Attempts);
        Assert.Equal(0, Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(foreign, default)).Attempts);
        Assert.Empty(WorkflowRuntimeOptions.QueuesOf("web"));
    }

    [Fact]
    public async Task Effect_Later_ComesBackUnderTheSameKey_AndEndsAsIncident()
    {
        var keys = new List<string>();
        Fixture.Script.Execute = (_, context) =>
        {
            keys.Add(context.IdempotencyKey);
            return keys.Count == 2 ? throw new InvalidDataException("surprise") : Answer(new ActivityResult<TestEffect.Output>.RetryLater(TimeSpan.FromMinutes(1), "fermé"));
        };
        var id = await Fixture.StartAsync("""[{"do":"effect","type":"Test.Effect","max":3}]""");
        await Fixture.RunDueAsync();
        await Fixture.RunDueAsync();
        Assert.Single(keys);

        for (var round = 0; round < 4; round++)
        {
            await Fixture.AdvanceAsync(TimeSpan.FromHours(2));
            await Fixture.RunDueAsync();
        }

        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());
        var effect = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal((EffectStatus.Failed, "attempts-exhausted"), (effect.Status, effect.Result!.Code));
        Assert.Contains("fermé", effect.Result.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await InstanceAsync(id)).IncidentCount);

        Fixture.Script.Execute = (_, _) => Answer(EffectScript.Done("enfin"));
        await Fixture.Runtime.RetryIncidentAsync(id, effect.ActivityExecutionId, null, "op");
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Effect_OfATypeWithItsOwnRule_GivesUpAfterItsOwnAttempts()
    {
        Fixture.Options.Retries["Test.Effect"] = new RetryRule { MaxAttempts = 2, Backoff = TimeSpan.FromSeconds(1) };
        Fixture.Script.Execute = (_, _) => Answer(new ActivityResult<TestEffect.Output>.RetryLater(TimeSpan.Zero, "non"));
        var id = await Fixture.StartAsync(OneEffect);
        await Fixture.RunDueAsync();
        await Fixture.AdvanceAsync(TimeSpan.FromSeconds(2));
        await Fixture.RunDueAsync();
        var run = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal((EffectStatus.Failed, 2), (run.Status, run.Attempts));
    }

    [Fact]
    public async Task Backlog_CountsWhatIsDueAndForHowLong()
    {
        Assert.Equal(new Backlog(0, TimeSpan.Zero, 0, TimeSpan.Zero), await Fixture.Store.BacklogAsync(Fixture.Clock.GetUtcNow(), default));
        await Fixture.StartAsync(OneEffect);
        await Fixture.AdvanceAsync(TimeSpan.FromMinutes(5));
        var backlog = await Fixture.Store.BacklogAsync(Fixture.Clock.GetUtcNow(), default);
        Assert.Equal((1, 0), (backlog.DueWork, backlog.Messages));
        Assert.InRange(backlog.OldestWork, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
    }

    // Rule 9
    [Fact]
    public async Task Message_OfAVersionThisHostCannotRun_IsLeftToAHostThatCan()
    {
        await Fixture.PublishAsync("newer", """[{"do":"wait","kind":"delay","key":"{id}","seconds":60},{"do":"step"}]""");
        var id = (await Fixture.Runtime.StartAsync(new StartWorkflow("newer"))).Instance.Id;
        var program = Fixture.Fake.ProgramWithout("newer");
        var old = new WorkflowRuntime(Fixture.Store, program, new DefinitionCache(program), Fixture.Options, Fixture.Clock);
        var worker = new WorkflowWorker(Fixture.Store, old, EffectScript.Runner, Fixture.Options, Fixture.Clock);
        await Fixture.AdvanceAsync(TimeSpan.FromSeconds(61));
        for (var look = 0; look < 12; look++)
        {
            await Fixture.RunDueAsync(worker);
            await Fixture.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((InstanceStatus.Running, 0), ((await InstanceAsync(id)).Status, (await InstanceAsync(id)).IncidentCount));
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Effect_LeaseLost_AnotherWorkerTakesOver_AndTheLateResultIsJournalled()
    {
        var (entered, free) = Hold();
        var id = await Fixture.StartAsync(OneEffect);
        var slow = Fixture.Worker();
        await slow.TickAsync(default);
        await entered.Task;

        // Its lease is respected until it runs out.
        Fixture.Script.Execute = (_, _) => Answer(EffectScript.Done("second"));
        await Fixture.RunDueAsync();
        Assert.Equal(EffectStatus.Running, Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default)).Status);

        await Fixture.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
        var burst = (await InstanceAsync(id)).Burst;

        free.SetResult();
        await slow.IdleAsync();
        var effect = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal((2, "{\"text\":\"second\"}"), (effect.Attempts, effect.Result!.Output!.ToJsonString()));
        Assert.Equal(burst, (await InstanceAsync(id)).Burst);
        Assert.Contains(await Fixture.Runtime.Reads.JournalAsync(id, default), e => e.Sequence < 0 && e.Message!.Contains("trop tard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Effect_ThatKillsItsWorkers_IsAnIncidentAfterFiveClaims()
    {
        var id = await Fixture.StartAsync("""[{"do":"effect","type":"Test.Effect","max":99}]""");
        for (var claim = 1; claim <= 5; claim++)
        {
            // A claim whose worker is never heard of again.
            var request = new WorkRequest { Owner = $"dead{claim}", Queue = "default", Limit = 1, Lease = TimeSpan.FromMinutes(1), KnownActivities = ["Test.Effect@1"] };
            Assert.Equal(claim, Assert.Single(await Fixture.Store.ClaimAsync(request, default)).Attempt);
            await Fixture.AdvanceAsync(TimeSpan.FromMinutes(2));
        }

        Fixture.Script.Execute = (_, _) => throw new InvalidOperationException("must not run");
        await Fixture.RunDueAsync();
        Assert.Equal("poison", Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default)).Result!.Code);
        Assert.Equal(1, (await InstanceAsync(id)).IncidentCount);
    }

    [Fact]
    public async Task Effect_CancelledWhileRunning_KeepsItsResultAndResumesNothing()
    {
        var (entered, free) = Hold();
        var id = await Fixture.StartAsync(OneEffect);
        var worker = Fixture.Worker();
        await worker.TickAsync(default);
        await entered.Task;
        await Fixture.Runtime.CancelAsync(id, "abandon", "Claire");
        var burst = (await InstanceAsync(id)).Burst;

        free.SetResult();
        await worker.IdleAsync();
        var effect = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal((EffectStatus.Cancelled, "done"), (effect.Status, effect.Result!.Form));
        Assert.Equal(burst, (await InstanceAsync(id)).Burst);
        Assert.Contains(await Fixture.Runtime.Reads.JournalAsync(id, default), e => e.Message?.Contains("conservé", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Effect_CancelledBeforeItRan_IsNeverClaimed()
    {
        var id = await Fixture.StartAsync(OneEffect);
        await Fixture.Runtime.CancelAsync(id, "abandon", "Claire");
        Fixture.Script.Execute = (_, _) => throw new InvalidOperationException("must not run");
        await Fixture.RunDueAsync();
        Assert.Equal((EffectStatus.Cancelled, 0), Assert.Single((await Fixture.Runtime.Reads.EffectsAsync(id, default)).Select(e => (e.Status, e.Attempts))));
    }

    [Fact]
    public async Task Worker_Stopping_FinishesWhatAnswersAndReleasesTheRest()
    {
        var (entered, free) = Hold();
        var id = await Fixture.StartAsync(OneEffect);
        using var stop = new CancellationTokenSource();
        var run = Fixture.Worker().RunAsync(stop.Token);
        await entered.Task;
        await stop.CancelAsync();
        await run;

        // Given back at once and unspent: no lease to wait for, no failure counted.
        var effect = Assert.Single(await Fixture.Runtime.Reads.EffectsAsync(id, default));
        Assert.Equal(EffectStatus.Waiting, effect.Status);
        Fixture.Script.Execute = (_, _) => Answer(EffectScript.Done("relayé"));
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(id)).Status);
        free.SetResult();
    }

    [Fact]
    public async Task Worker_KeepsToTheCapOfAQueue()
    {
        Fixture.Options.Queues["default"] = 2;
        var (running, most) = (0, 0);
        Fixture.Script.Execute = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return EffectScript.Done("");
        };
        for (var i = 0; i < 6; i++)
        {
            await Fixture.StartAsync(OneEffect);
        }

        var worker = Fixture.Worker();
        await worker.TickAsync(default);
        await worker.IdleAsync();
        var page = await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { Status = InstanceStatus.Finished }, default);
        Assert.Equal(2, page.Total);
        await Fixture.RunDueAsync(worker);
        Assert.InRange(most, 1, 2);
        Assert.Equal(6, (await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { Status = InstanceStatus.Finished }, default)).Total);
    }

    [Fact]
    public async Task Claim_TakesUrgentWorkFirst_ButWaitingMakesUp()
    {
        await Fixture.PublishAsync("prio", OneEffect);
        async Task<Guid> StartAsync(int priority) => (await Fixture.Runtime.StartAsync(new StartWorkflow("prio") { Priority = priority })).Instance.Id;
        var old = await StartAsync(9);
        await Fixture.AdvanceAsync(TimeSpan.FromMinutes(10));
        var slow = await StartAsync(9);
        var urgent = await StartAsync(1);
        var request = new WorkRequest { Owner = "w", Queue = "default", Limit = 1, Lease = TimeSpan.FromMinutes(1), KnownActivities = ["Test.Effect@1"] };
        var order = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            order.Add(Assert.Single(await Fixture.Store.ClaimAsync(request, default)).InstanceId);
        }

        Assert.Equal([old, urgent, slow], order);
    }

    /// <summary>The effect enters and stays until it is freed (or its worker stops).</summary>
    private (TaskCompletionSource Entered, TaskCompletionSource Free) Hold()
    {
        var (entered, free) = (new TaskCompletionSource(), new TaskCompletionSource());
        Fixture.Script.Execute = async (_, context) =>
        {
            entered.TrySetResult();
            await free.Task.WaitAsync(context.CancellationToken);
            return EffectScript.Done("first");
        };
        return (entered, free);
    }
}
