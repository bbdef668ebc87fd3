using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>What holds on every store.</summary>
public abstract partial class RuntimeScenarios : IAsyncLifetime
{
    private const string FiveStepsAndAWait = """[{"do":"step"},{"do":"step"},{"do":"step"},{"do":"step"},{"do":"step"},{"do":"wait","kind":"task","key":"{id}"},{"do":"step"}]""";

    protected abstract StoreFixture Fixture { get; }

    public abstract Task InitializeAsync();

    public async Task DisposeAsync() => await Fixture.DisposeAsync();

    [Fact]
    public async Task Start_RunsUpToTheFirstWait_AndResumeCompletes()
    {
        var id = await Fixture.StartAsync(FiveStepsAndAWait);
        Assert.Equal(InstanceSubStatus.Suspended, (await InstanceAsync(id)).SubStatus);
        Assert.Equal("task", Assert.Single(await Fixture.Runtime.Reads.BookmarksAsync(id, default)).Kind);

        Assert.Equal(new ResumeOutcome.Resumed(id, true), await Fixture.Runtime.ResumeAsync("task", id.ToString(), new JsonObject { ["ok"] = true }, "Claire"));

        var instance = await InstanceAsync(id);
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
        Assert.Equal(2, instance.Burst);
        Assert.Equal("Resume:Claire {\"ok\":true}", instance.Output["log"]![1]!.GetValue<string>());
        Assert.Empty(await Fixture.Runtime.Reads.BookmarksAsync(id, default));
        Assert.Equal(Enumerable.Range(1, 7).Select(n => (long)n), (await Fixture.Runtime.Reads.JournalAsync(id, default)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Start_Unpublished_Throws() =>
        await Assert.ThrowsAsync<DefinitionNotFoundException>(() => Fixture.Runtime.StartAsync(new StartWorkflow("nobody")));

    [Fact]
    public async Task Start_TwiceUnderOneId_StartsOnce()
    {
        await Fixture.PublishAsync("once", FiveStepsAndAWait);
        var command = new StartWorkflow("once") { InstanceId = Guid.NewGuid() };
        var both = await Task.WhenAll(Fixture.Runtime.StartAsync(command), Fixture.Runtime.StartAsync(command));
        Assert.Single(both, s => s.Existed);
        Assert.Equal(1, (await InstanceAsync(command.InstanceId.Value)).Burst);
    }

    [Fact]
    public async Task Resume_Raced_OneWinsAndTheOthersLearnWho()
    {
        var id = await Fixture.StartAsync(FiveStepsAndAWait);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => Fixture.Runtime.ResumeAsync("task", id.ToString(), null, $"P{n}"))));

        Assert.Single(outcomes.OfType<ResumeOutcome.Resumed>());
        var winner = $"P{Array.FindIndex(outcomes, o => o is ResumeOutcome.Resumed)}";
        Assert.All(outcomes.OfType<ResumeOutcome.AlreadyDone>(), o => Assert.Equal(winner, o.By));
        Assert.Equal(7, outcomes.OfType<ResumeOutcome.AlreadyDone>().Count());
        Assert.IsType<ResumeOutcome.NotFound>(await Fixture.Runtime.ResumeAsync("task", "nothing", null, "P"));
    }

    [Fact]
    public async Task Resume_Vetoed_NothingHappened()
    {
        var id = await Fixture.StartAsync(FiveStepsAndAWait);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Fixture.Runtime.ResumeAsync("task", id.ToString(), null, "A", (_, _) => throw new InvalidOperationException("not yours")));
        Assert.IsType<ResumeOutcome.Resumed>(await Fixture.Runtime.ResumeAsync("task", id.ToString(), null, "B"));
    }

    [Fact]
    public async Task Stimulus_BeforeItsBookmark_IsNotLost()
    {
        await Fixture.Runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "early", null, null, 7));
        var id = await Fixture.StartAsync("""[{"do":"wait","kind":"event","key":"early"},{"do":"wait","kind":"event","key":"early"}]""");

        // The first wait took it; it is not there for the second one.
        var instance = await InstanceAsync(id);
        Assert.Equal(InstanceStatus.Running, instance.Status);
        Assert.Equal("Resume: 7", instance.State["log"]![1]!.GetValue<string>());
        Assert.Single(await Fixture.Runtime.Reads.BookmarksAsync(id, default));
    }

    [Fact]
    public async Task Stimulus_Repeated_ActsOnce()
    {
        var id = await Fixture.StartAsync("""[{"do":"wait","kind":"event","key":"twice"},{"do":"wait","kind":"event","key":"twice"}]""");
        var stimulus = new PublishedStimulus(Guid.NewGuid(), "event", "twice", null, null, null);
        Assert.Equal(1, (await Fixture.Runtime.PublishAsync(stimulus)).Resumed);
        Assert.True((await Fixture.Runtime.PublishAsync(stimulus)).IsKnown);
        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Stimulus_StartsTriggers_OncePerSender()
    {
        await Fixture.PublishAsync("triggered", """[{"do":"trigger","kind":"event","key":"go"}]""");
        var stimulus = new PublishedStimulus(Guid.NewGuid(), "event", "go", "c1", null, null);
        var started = Assert.Single((await Fixture.Runtime.PublishAsync(stimulus)).Started);
        Assert.Equal("c1", (await InstanceAsync(started)).CorrelationId);
        await Fixture.Runtime.PublishAsync(stimulus);
        Assert.Equal(1, (await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { DefinitionId = "triggered" }, default)).Total);
    }

    [Fact]
    public async Task Stimulus_FromABurst_ReachesAnotherInstance()
    {
        var waiting = await Fixture.StartAsync("""[{"do":"wait","kind":"event","key":"inside"}]""");
        await Fixture.StartAsync("""[{"do":"publish","kind":"event","key":"inside"}]""");
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(waiting)).Status);
    }

    [Fact]
    public async Task Child_EndsAndItsParentGoesOn()
    {
        await Fixture.PublishAsync("child", """[{"do":"wait","kind":"child","key":"c"}]""");
        var parent = await Fixture.StartAsync("""[{"do":"child","definition":"child"},{"do":"step"}]""");
        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(parent)).Status);

        await Fixture.Runtime.ResumeAsync("child", "c", null, "A");
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(parent)).Status);
        Assert.Equal(1, (await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { ParentInstanceId = parent }, default)).Total);
    }

    [Fact]
    public async Task Child_Unpublished_TellsItsParent()
    {
        var parent = await Fixture.StartAsync("""[{"do":"child","definition":"none"}]""");
        Assert.Contains("\"error\":", (await InstanceAsync(parent)).State["log"]![1]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_ReachesChildrenAndBookmarks()
    {
        await Fixture.PublishAsync("kid", """[{"do":"wait","kind":"kid","key":"k"}]""");
        var parent = await Fixture.StartAsync("""[{"do":"child","definition":"kid"}]""");
        Assert.True(await Fixture.Runtime.CancelAsync(parent, "abandon", "Claire"));

        Assert.Equal(InstanceSubStatus.Cancelled, (await InstanceAsync(parent)).SubStatus);
        var kid = Assert.Single((await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { ParentInstanceId = parent }, default)).Items);
        Assert.Equal(InstanceSubStatus.Cancelled, kid.SubStatus);
        Assert.True(Assert.IsType<ResumeOutcome.AlreadyDone>(await Fixture.Runtime.ResumeAsync("kid", "k", null, "B")).Removed);
        Assert.False(await Fixture.Runtime.CancelAsync(parent, "again", "Claire"));
    }

    [Fact]
    public async Task Timer_Due_ResumesOnceWithATimeout()
    {
        var id = await Fixture.StartAsync("""[{"do":"wait","kind":"delay","key":"{id}","seconds":60},{"do":"step"}]""");
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(id)).Status);

        await Fixture.AdvanceAsync(TimeSpan.FromSeconds(61));
        await Fixture.RunDueAsync();
        var instance = await InstanceAsync(id);
        Assert.Equal(InstanceStatus.Finished, instance.Status);
        Assert.Equal("Timeout:timer", instance.Output["log"]![1]!.GetValue<string>());
        Assert.Equal("timer", Assert.IsType<ResumeOutcome.AlreadyDone>(await Fixture.Runtime.ResumeAsync("delay", id.ToString(), null, "A")).By);
    }

    [Fact]
    public async Task Continue_IsTakenUpByAWorker()
    {
        var id = await Fixture.StartAsync("""[{"do":"continue"},{"do":"continue"},{"do":"step"}]""");
        Assert.Equal(InstanceStatus.Running, (await InstanceAsync(id)).Status);
        await Fixture.RunDueAsync();
        Assert.Equal(3, (await InstanceAsync(id)).Burst);
    }

    [Fact]
    public async Task Message_ThatBreaksTheEngine_IsParkedAndTheOthersGoOn()
    {
        Fixture.Fake.Hooks["bug"] = (_, instance) => instance.State["variables"] is null ? throw new BugException() : Task.CompletedTask;
        await Fixture.PublishAsync("buggy", """[{"do":"hook","name":"bug"},{"do":"wait","kind":"after","key":"bug"}]""");
        var parent = await Fixture.StartAsync("""[{"do":"child","definition":"buggy"}]""");
        var kid = Assert.Single((await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { ParentInstanceId = parent }, default)).Items).Id;
        await Fixture.Runtime.SetVariablesAsync(kid, new JsonObject { ["a"] = 1 }, "op");

        for (var look = 0; look < 8; look++)
        {
            await Fixture.AdvanceAsync(TimeSpan.FromMinutes(1));
            await Fixture.RunDueAsync();
        }

        var instance = await InstanceAsync(kid);
        Assert.Equal(1, instance.IncidentCount);
        Assert.NotNull(instance.State["variables"]);
        Assert.Contains(await Fixture.Runtime.Reads.JournalAsync(kid, default), e => e.Event == JournalEvent.Faulted);
        Assert.Equal(1, (await Fixture.Runtime.Reads.ListInstancesAsync(new InstanceFilter { HasIncidents = true }, default)).Total);
    }

    [Fact]
    public async Task Version_Published_RunningInstancesKeepTheirs()
    {
        await Fixture.PublishAsync("v", """[{"do":"wait","kind":"v","key":"1"},{"do":"step"},{"do":"step"}]""");
        var old = (await Fixture.Runtime.StartAsync(new StartWorkflow("v"))).Instance;
        await Fixture.PublishAsync("v", """[{"do":"step"}]""");
        var young = (await Fixture.Runtime.StartAsync(new StartWorkflow("v"))).Instance;
        await Fixture.NewRuntime().ResumeAsync("v", "1", null, "A");

        Assert.Equal((1, 2), (old.Version, young.Version));
        Assert.Equal(3, (await Fixture.Runtime.Reads.JournalAsync(old.Id, default)).Count);
        Assert.Equal(1, (await InstanceAsync(old.Id)).Version);
    }

    [Fact]
    public async Task Journal_OverItsLimit_IsUnfoldedInOrder()
    {
        var id = await Fixture.StartAsync("""[{"do":"journal","size":200000},{"do":"journal","size":200000},{"do":"journal","size":400000},{"do":"step"}]""");
        var journal = await Fixture.Runtime.Reads.JournalAsync(id, default);
        Assert.Equal(Enumerable.Range(1, 7).Select(n => (long)n), journal.Select(e => e.Sequence));
        Assert.Equal(400000, journal[5].Data!.GetValue<string>().Length);
    }

    protected async Task<WorkflowInstance> InstanceAsync(Guid id) => (await Fixture.Runtime.Reads.FindInstanceAsync(id, default))!;

    protected static Task<ActivityResult<TestEffect.Output>> Answer(ActivityResult<TestEffect.Output> result) => Task.FromResult(result);
}

public sealed class InMemoryRuntimeTests : RuntimeScenarios
{
    protected override StoreFixture Fixture { get; } = new MemoryFixture();

    public override Task InitializeAsync() => Task.CompletedTask;
}

public sealed class PostgresRuntimeTests : RuntimeScenarios
{
    private PostgresFixture fixture = null!;

    protected override StoreFixture Fixture => fixture;

    public override async Task InitializeAsync() => fixture = await PostgresFixture.CreateAsync();
}
