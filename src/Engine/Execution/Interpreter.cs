using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Execution;

/// <summary>Runs bursts. Stateless and thread-safe: one per process. Deterministic given its arguments.</summary>
public sealed class Interpreter(ActivityRegistry registry, InterpreterOptions? options = null)
{
    public ActivityRegistry Registry { get; } = registry;

    public InterpreterOptions Options { get; } = options ?? new InterpreterOptions();

    /// <summary>
    /// One burst: processes <paramref name="messages"/> in order, then runs until only waits and effects remain (or a bound is reached). Changes
    /// <paramref name="instance"/> in place and returns all that must be stored with it. Exceptions for which <see cref="IBurstScope.MustRestartBurst"/>
    /// is true pass through: throw the instance away and run the burst again from the store.
    /// </summary>
    public Task<BurstResult> RunAsync(CompiledDefinition definition, WorkflowInstance instance, IReadOnlyList<InstanceMessage> messages, IBurstScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(instance);
        return new Run(definition, instance, scope, now, Options, cancellationToken).RunAsync(messages);
    }
}

/// <summary>Bounds and choices of an <see cref="Interpreter"/>.</summary>
public sealed record InterpreterOptions
{
    /// <summary>Steps after which a burst commits and goes on.</summary>
    public int MaxSteps { get; init; } = 1_000;

    /// <summary>Time after which a burst commits and goes on.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Continuations without a wait after which the instance is halted by an incident.</summary>
    public int MaxContinuations { get; init; } = 100;

    public JournalLevel Journal { get; init; } = JournalLevel.Full;

    /// <summary>Zone in which Cron expressions are read.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>
    /// Says whether a published definition exists, so that starting an unknown child faults the activity at once. Null = not asked; the runtime then answers the
    /// waiting execution with a Child message whose payload has an <c>error</c> text.
    /// </summary>
    public Func<IBurstScope, string, ValueTask<bool>>? ChildExists { get; init; }
}

public enum JournalLevel
{
    /// <summary>Faults, cancellations and late messages only.</summary>
    Exceptions,

    /// <summary>Every event, without inputs and outputs.</summary>
    Events,

    /// <summary>Every event with inputs and outputs.</summary>
    Full,
}
