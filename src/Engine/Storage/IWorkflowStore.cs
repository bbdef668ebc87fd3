using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>Where instances live: in memory (tests, conformance, trial runs) or in PostgreSQL.</summary>
public interface IWorkflowStore : IWorkflowReads
{
    Task<IWorkflowTransaction> BeginAsync(CancellationToken cancellationToken);

    /// <summary>True for failures of the transaction itself: run it again.</summary>
    bool MustRestart(Exception exception);

    /// <summary>Tells workers, after a commit, that there may be work. A hint without payload: losing it costs at most one poll.</summary>
    void Hint();

    /// <summary>Returns at a hint or after <paramref name="atMost"/>.</summary>
    Task WaitForHintAsync(TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>Services of an effect: a scope without transaction.</summary>
    ServiceLease OpenServices();

    /// <summary>Claims due effects in a short transaction: attempt + 1, lease on the store's clock.</summary>
    Task<IReadOnlyList<ClaimedEffect>> ClaimAsync(WorkRequest request, CancellationToken cancellationToken);

    /// <summary>Heartbeat. Returns the ids still held; the others were cancelled or taken over.</summary>
    Task<IReadOnlyCollection<Guid>> ExtendAsync(IReadOnlyList<ClaimedEffect> effects, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Gives claims back unspent (shutdown).</summary>
    Task ReleaseAsync(IReadOnlyList<ClaimedEffect> effects, CancellationToken cancellationToken);

    /// <summary>Closes bookmarks whose time has come and posts their Timeout messages. Returns the instances to drain.</summary>
    Task<IReadOnlyList<Guid>> FireTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Instances with messages that nobody drained. Each look is counted on the first message of an instance and the next look waits twice as long; a message
    /// looked at <paramref name="maxSweeps"/> times is parked, so that a poison does not stop the others, and is shown as an incident of its instance.
    /// Instances on <paramref name="foreignVersions"/> are left to Hosts that can run them.
    /// </summary>
    Task<IReadOnlyList<Guid>> SweepMailboxAsync(int maxSweeps, int limit, IReadOnlyCollection<string> foreignVersions, CancellationToken cancellationToken);

    /// <summary>What is due and undrained, for whoever watches.</summary>
    Task<Backlog> BacklogAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stimuli stored but not yet acted upon (a crash in between), older than a few seconds.</summary>
    Task<IReadOnlyList<StoredStimulus>> UnsettledStimuliAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets stimuli received before, and cancelled effects whose worker is gone.</summary>
    Task HousekeepAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Services to give back when done.</summary>
public sealed class ServiceLease(IServiceProvider services, IAsyncDisposable? owner) : IAsyncDisposable
{
    public IServiceProvider Services { get; } = services;

    public ValueTask DisposeAsync() => owner?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Reading, outside any transaction.</summary>
public interface IWorkflowReads
{
    Task<WorkflowInstance?> FindInstanceAsync(Guid id, CancellationToken cancellationToken);

    Task<InstancePage> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken);

    /// <summary>Journal rows unfolded, in order.</summary>
    Task<IReadOnlyList<JournalEntry>> JournalAsync(Guid instanceId, CancellationToken cancellationToken);

    Task<IReadOnlyList<Bookmark>> BookmarksAsync(Guid instanceId, CancellationToken cancellationToken);

    Task<IReadOnlyList<EffectRecord>> EffectsAsync(Guid instanceId, CancellationToken cancellationToken);

    Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>Every version of one definition, or (null) the latest and the published version of each, newest first. Bodies included.</summary>
    Task<IReadOnlyList<DefinitionVersion>> ListVersionsAsync(string? definitionId, CancellationToken cancellationToken);

    /// <summary>The keys under which triggers or open bookmarks of a kind wait, each once. For kinds with few keys (templates of HTTP paths).</summary>
    Task<IReadOnlyList<string>> WaitingKeysAsync(string kind, CancellationToken cancellationToken);

    /// <summary>What waits under a key: all triggers, and the oldest bookmarks (at most <paramref name="limit"/>) of the instance or correlation, when given.</summary>
    Task<Waiting> WaitingAsync(string kind, string key, Guid? instanceId, string? correlationId, int limit, CancellationToken cancellationToken);

    /// <summary>Triggers of published versions of one of these kinds, each with the moment of publication.</summary>
    Task<IReadOnlyList<(WorkflowTrigger Trigger, DateTimeOffset Since)>> TriggersAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken);
}

/// <summary>Whom a stimulus would reach.</summary>
public sealed record Waiting(IReadOnlyList<WorkflowTrigger> Triggers, IReadOnlyList<Bookmark> Bookmarks);

public sealed record InstanceFilter
{
    public string? DefinitionId { get; init; }

    public string? CorrelationId { get; init; }

    public Guid? ParentInstanceId { get; init; }

    public InstanceStatus? Status { get; init; }

    public InstanceSubStatus? SubStatus { get; init; }

    public bool? HasIncidents { get; init; }

    /// <summary>Part of the name, or an id.</summary>
    public string? Search { get; init; }

    public int Skip { get; init; }

    public int Take { get; init; } = 50;
}

public sealed record InstancePage(IReadOnlyList<WorkflowInstance> Items, int Total);
