using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>
/// One transaction of the store: read committed, at most one instance locked. Disposed without <see cref="CommitAsync"/> it is rolled back.
/// </summary>
public interface IWorkflowTransaction : IBurstScope, IAsyncDisposable
{
    /// <summary>The version the published pointer names, null when nothing is published.</summary>
    Task<string?> PublishedVersionIdAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>
    /// The published version for a start in this transaction. A store may answer what it last saw; then the transaction proves the pointer when it stores the burst,
    /// and fails for a restart (<see cref="IWorkflowStore.MustRestart"/>) when it has moved.
    /// </summary>
    Task<string?> VersionToStartAsync(string definitionId, CancellationToken cancellationToken);

    Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken);

    Task<DefinitionVersion?> LatestVersionAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>A version was made from a seed file of this hash.</summary>
    Task<bool> KnowsSeedAsync(string definitionId, string hash, CancellationToken cancellationToken);

    /// <summary>Serialises changes of one definition until the transaction ends.</summary>
    Task LockDefinitionAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>Inserts, or overwrites a version that is not frozen.</summary>
    Task SaveVersionAsync(DefinitionVersion version, CancellationToken cancellationToken);

    /// <summary>Moves the pointer and replaces the triggers; null retracts.</summary>
    Task SetPublishedAsync(string definitionId, string? versionId, IReadOnlyList<WorkflowTrigger> triggers, string? actor, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Retracts, removes versions that nothing depends on and hides the frozen ones: their instances may still be looked at.</summary>
    Task DeleteDefinitionAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes an instance and everything of its own. False when there is none.</summary>
    Task<bool> DeleteInstanceAsync(Guid instanceId, CancellationToken cancellationToken);

    /// <summary>Null when the instance does not exist or another transaction holds it. Never waits.</summary>
    Task<LockedInstance?> LockAsync(Guid instanceId, int maxMessages, CancellationToken cancellationToken);

    /// <summary>Closes the bookmark at most once and locks its instance when that is free. Waits only for a racing close of the same bookmark.</summary>
    Task<BookmarkClosing> CloseBookmarkAsync(BookmarkTarget target, Guid messageId, string? actor, DateTimeOffset now, int maxMessages, CancellationToken cancellationToken);

    /// <summary>False when an instance of that id is there already.</summary>
    Task<bool> IsNewInstanceAsync(Guid instanceId, CancellationToken cancellationToken);

    /// <summary>
    /// A running instance of the definition (null = of any) with the correlation (null = any), if there is one. Holds a lock on the pair until the transaction
    /// ends, so that two starts cannot both find nobody.
    /// </summary>
    Task<Guid?> RunningInstanceAsync(string? definitionId, string? correlationId, CancellationToken cancellationToken);

    /// <summary>A message whose id is stored already is dropped.</summary>
    Task PostAsync(IReadOnlyList<InstanceMessage> messages, CancellationToken cancellationToken);

    /// <summary>Stores a burst. New bookmarks take the lock of their key and consume a waiting stimulus: a Resume message is then posted to the instance.</summary>
    /// <returns>What is known of it once <see cref="CommitAsync"/> has returned: a store may send the burst together with the commit.</returns>
    Task<SavedBurst> SaveBurstAsync(BurstWrite write, CancellationToken cancellationToken);

    /// <summary>Takes the lock of the stimulus' key, stores it unless its sender id is known, and says what matches. Without a match it is kept as waiting.</summary>
    Task<StimulusMatches> StoreStimulusAsync(StoredStimulus stimulus, CancellationToken cancellationToken);

    Task ConsumeStimulusAsync(Guid senderId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Locks the due row of an effect and says whether the claim is still the current attempt.</summary>
    Task<Recording> HoldEffectAsync(ClaimedEffect effect, CancellationToken cancellationToken);

    /// <summary>After <see cref="HoldEffectAsync"/>: writes the result row and removes the due row.</summary>
    Task FinishEffectAsync(ClaimedEffect effect, EffectStatus status, EffectResult result, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>After <see cref="HoldEffectAsync"/>: due again after <paramref name="delay"/>, one failure more.</summary>
    Task PostponeEffectAsync(ClaimedEffect effect, TimeSpan delay, string error, CancellationToken cancellationToken);

    Task JournalLateAsync(Guid instanceId, JournalEntry entry, CancellationToken cancellationToken);

    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>After a commit that threw: whether it took place. Reads the instance's burst number (and the transaction's fate) on a new connection.</summary>
    Task<bool> WasCommittedAsync(CancellationToken cancellationToken);
}
