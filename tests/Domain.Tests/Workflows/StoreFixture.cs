using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>One store with everything around it; tests advance its time instead of waiting.</summary>
public abstract class StoreFixture : IAsyncDisposable
{
    protected StoreFixture()
    {
        Options.Queues["default"] = 4;
        Options.DrainFor = TimeSpan.FromMilliseconds(200);
    }

    public FakeProgram Fake { get; } = new();

    public EffectScript Script { get; } = new();

    public ManualTime Clock { get; } = new();

    public WorkflowRuntimeOptions Options { get; } = new();

    public IWorkflowStore Store { get; protected set; } = null!;

    public WorkflowRuntime Runtime { get; private set; } = null!;

    public DefinitionStore Definitions { get; private set; } = null!;

    /// <summary>Lets due times and leases pass.</summary>
    public abstract Task AdvanceAsync(TimeSpan time);

    public WorkflowWorker Worker() => new(Store, Runtime, EffectScript.Runner, Options, Clock);

    /// <summary>Another process on the same store: own caches.</summary>
    public WorkflowRuntime NewRuntime(IWorkflowStore? store = null) => new(store ?? Store, Fake.Program, new DefinitionCache(Fake.Program), Options, Clock);

    public async Task PublishAsync(string id, string steps)
    {
        await Definitions.SaveDraftAsync(new SaveDraft(id, steps) { Name = id });
        await Definitions.PublishAsync(id, "test");
    }

    public async Task<Guid> StartAsync(string steps, Action<ConcurrentDictionary<string, Func<IBurstScope, WorkflowInstance, Task>>>? hooks = null)
    {
        hooks?.Invoke(Fake.Hooks);
        var id = "d" + Guid.NewGuid().ToString("N");
        await PublishAsync(id, steps);
        return (await Runtime.StartAsync(new StartWorkflow(id))).Instance.Id;
    }

    /// <summary>Rounds of a worker until nothing is due.</summary>
    public async Task RunDueAsync(WorkflowWorker? worker = null)
    {
        worker ??= Worker();
        bool busy;
        do
        {
            busy = await worker.TickAsync(CancellationToken.None);
            await worker.IdleAsync();
        }
        while (busy);
    }

    public abstract ValueTask DisposeAsync();

    protected void Wire()
    {
        Runtime = NewRuntime();
        Definitions = new DefinitionStore(Store, Fake.Program, Clock);
    }

    public sealed class ManualTime : TimeProvider
    {
        private TimeSpan ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;

        public void Advance(TimeSpan time) => ahead += time;
    }
}

public sealed class MemoryFixture : StoreFixture
{
    private readonly ServiceProvider services;

    public MemoryFixture()
    {
        services = new ServiceCollection().AddSingleton(Script).BuildServiceProvider();
        Store = new InMemoryWorkflowStore(() => services.CreateScope().ServiceProvider, Clock);
        Wire();
    }

    public override Task AdvanceAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => services.DisposeAsync();
}
