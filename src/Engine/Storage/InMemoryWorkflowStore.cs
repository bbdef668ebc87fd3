using MonOPCO.Engine.Execution;
using static MonOPCO.Engine.Storage.MemoryData;

namespace MonOPCO.Engine.Storage;

/// <summary>For tests, conformance and trial runs: everything in memory, one transaction at a time.</summary>
/// <param name="services">Makes the services of a burst or effect; disposed with it when it is disposable.</param>
/// <param name="clock">Time, leases included.</param>
public sealed class InMemoryWorkflowStore(Func<IServiceProvider> services, TimeProvider clock) : IWorkflowStore, IDisposable
{
    private readonly MemoryData data = new();
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly SemaphoreSlim hints = new(0, 1);

    public async Task<IWorkflowTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        var own = services();
        return new InMemoryTransaction(data, own, clock, () =>
        {
            gate.Release();
            (own as IDisposable)?.Dispose();
        });
    }

    public bool MustRestart(Exception exception) => false;

    public void Hint()
    {
        try
        {
            hints.Release();
        }
        catch (SemaphoreFullException)
        {
            // One hint is as good as two.
        }
    }

    public Task WaitForHintAsync(TimeSpan atMost, CancellationToken cancellationToken) => hints.WaitAsync(atMost, cancellationToken);

    public ServiceLease OpenServices()
    {
        var own = services();
        return new ServiceLease(own, own as IAsyncDisposable);
    }

    public Task<IReadOnlyList<ClaimedEffect>> ClaimAsync(WorkRequest request, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<ClaimedEffect>>(() =>
    {
        var now = clock.GetUtcNow();
        var due = data.Work.Values
            .Where(w => !w.Cancelled && w.DueAt <= now && (w.LeaseUntil is null || w.LeaseUntil < now) && w.Effect.Queue == request.Queue && request.KnownActivities.Contains($"{w.Effect.ActivityType}@{w.Effect.ActivityVersion}"))
            .OrderBy(w => w.DueAt.AddMinutes(w.Priority)).Take(request.Limit).ToList();
        var claimed = new List<ClaimedEffect>();
        foreach (var row in due)
        {
            var effect = row.Effect with { Owner = request.Owner, Attempt = row.Effect.Attempt + 1, Unanswered = row.Effect.Unanswered + 1, Failures = row.Effect.Failures + (row.LeaseUntil is null ? 0 : 1) };
            data.Work[effect.Id] = row with { Effect = effect, LeaseUntil = now + request.Lease };
            claimed.Add(effect with { Input = Copy(effect.Input) });
        }

        return claimed;
    }, cancellationToken);

    public Task<IReadOnlyCollection<Guid>> ExtendAsync(IReadOnlyList<ClaimedEffect> effects, TimeSpan lease, CancellationToken cancellationToken) => LockedAsync<IReadOnlyCollection<Guid>>(() =>
    {
        var held = effects.Where(Holds).Select(e => e.Id).ToHashSet();
        foreach (var id in held)
        {
            data.Work[id] = data.Work[id] with { LeaseUntil = clock.GetUtcNow() + lease };
        }

        return held;
    }, cancellationToken);

    public Task ReleaseAsync(IReadOnlyList<ClaimedEffect> effects, CancellationToken cancellationToken) => LockedAsync(() =>
    {
        foreach (var row in effects.Where(Holds).Select(e => data.Work[e.Id]))
        {
            data.Work[row.Effect.Id] = row with { LeaseUntil = null, Effect = row.Effect with { Owner = "", Unanswered = row.Effect.Unanswered - 1 } };
        }

        return true;
    }, cancellationToken);

    public Task<IReadOnlyList<Guid>> FireTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<Guid>>(() =>
    {
        var touched = new List<Guid>();
        foreach (var id in data.Timers.Where(t => t.Value <= now).OrderBy(t => t.Value).Take(limit).Select(t => t.Key).ToList())
        {
            data.Timers.Remove(id);
            var row = data.Bookmarks[id];
            data.Bookmarks[id] = row with { ClosedAt = now, ClosedBy = "timer" };
            var message = new InstanceMessage(Guid.NewGuid(), row.Bookmark.InstanceId, MessageKind.Timeout, now) { BookmarkId = id, ActivityExecutionId = row.Bookmark.ActivityExecutionId, Actor = "timer" };
            data.Mailbox[message.Id] = new MessageRow(message, ++data.Sequence, 0, now.AddSeconds(1));
            touched.Add(row.Bookmark.InstanceId);
        }

        return touched;
    }, cancellationToken);

    public Task<IReadOnlyList<Guid>> SweepMailboxAsync(int maxSweeps, int limit, IReadOnlyCollection<string> foreignVersions, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<Guid>>(() =>
    {
        var now = clock.GetUtcNow();
        var touched = new List<Guid>();
        var heads = data.Mailbox.Values.Where(m => !m.Parked).GroupBy(m => m.Message.InstanceId).Select(g => g.MinBy(m => m.Sequence)!).Where(m => m.VisibleAt <= now && !(data.Instances.TryGetValue(m.Message.InstanceId, out var owner) && foreignVersions.Contains(owner.DefinitionVersionId))).Take(limit).ToList();
        foreach (var head in heads)
        {
            var parked = head.Sweeps >= maxSweeps;
            data.Mailbox[head.Message.Id] = head with { Sweeps = head.Sweeps + 1, VisibleAt = now.AddSeconds(1 << Math.Min(head.Sweeps + 1, 10)), Parked = parked };
            touched.Add(head.Message.InstanceId);
            if (parked)
            {
                data.Sequence++;
                data.Journal[data.Sequence] = (head.Message.InstanceId, ParkedMessage.Entry(head.Message, now) with { Sequence = -data.Sequence });
            }
        }

        return touched;
    }, cancellationToken);

    public Task<Backlog> BacklogAsync(DateTimeOffset now, CancellationToken cancellationToken) => LockedAsync(() =>
    {
        var due = data.Work.Values.Where(w => w.LeaseUntil is null && !w.Cancelled && w.DueAt <= now).Select(w => w.DueAt).Concat(data.Timers.Values.Where(t => t <= now)).ToList();
        var messages = data.Mailbox.Values.Where(m => !m.Parked).Select(m => m.Message.At).ToList();
        return new Backlog(due.Count, due.Count == 0 ? TimeSpan.Zero : now - due.Min(), messages.Count, messages.Count == 0 ? TimeSpan.Zero : now - messages.Min());
    }, cancellationToken);

    public Task<IReadOnlyList<StoredStimulus>> UnsettledStimuliAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<StoredStimulus>>(() => [.. data.Stimuli.Values.Where(s => s.State == StimulusState.Pending && s.Stimulus.ReceivedAt < before).Take(limit).Select(s => s.Stimulus)], cancellationToken);

    public Task HousekeepAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) => LockedAsync(() =>
    {
        foreach (var old in data.Stimuli.Values.Where(s => s.Stimulus.ReceivedAt < before && s.State != StimulusState.Pending).ToList())
        {
            data.Stimuli.Remove(old.Stimulus.SenderId);
        }

        foreach (var lost in data.Work.Values.Where(w => w.Cancelled && w.LeaseUntil < now).ToList())
        {
            data.Work.Remove(lost.Effect.Id);
            data.Effects[lost.Effect.Id] = InMemoryTransaction.RunOf(lost.Effect, EffectStatus.Cancelled) with { FinishedAt = now };
        }

        return true;
    }, cancellationToken);

    public Task<WorkflowInstance?> FindInstanceAsync(Guid id, CancellationToken cancellationToken) =>
        LockedAsync(() => data.Instances.TryGetValue(id, out var instance) ? Shown(instance) : null, cancellationToken);

    public Task<InstancePage> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken) => LockedAsync(() =>
    {
        var found = data.Instances.Values.Select(Shown).Where(i => Fits(i, filter)).OrderByDescending(i => i.CreatedAt).ToList();
        return new InstancePage([.. found.Skip(filter.Skip).Take(filter.Take)], found.Count);
    }, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> JournalAsync(Guid instanceId, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<JournalEntry>>(() => [.. data.Journal.Where(j => j.Value.InstanceId == instanceId).OrderBy(j => j.Key).Select(j => j.Value.Entry)], cancellationToken);

    public Task<IReadOnlyList<Bookmark>> BookmarksAsync(Guid instanceId, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<Bookmark>>(() => [.. data.Bookmarks.Values.Where(b => b.ClosedAt is null && b.Bookmark.InstanceId == instanceId).Select(b => b.Bookmark).OrderBy(b => b.CreatedAt)], cancellationToken);

    public Task<IReadOnlyList<EffectRecord>> EffectsAsync(Guid instanceId, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<EffectRecord>>(() =>
    {
        var open = data.Work.Values.Select(w => InMemoryTransaction.RunOf(w.Effect, w.LeaseUntil is null ? EffectStatus.Waiting : EffectStatus.Running) with { DueAt = w.DueAt, Worker = w.Effect.Owner });
        return [.. data.Effects.Values.Concat(open).Where(e => e.InstanceId == instanceId)];
    }, cancellationToken);

    public Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken) =>
        LockedAsync(() => data.Versions.TryGetValue(versionId, out var version) ? data.Flagged(version) : null, cancellationToken);

    public Task<IReadOnlyList<DefinitionVersion>> ListVersionsAsync(string? definitionId, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<DefinitionVersion>>(() =>
        [.. data.Versions.Values.Where(v => !data.Hidden.ContainsKey(v.Id)).Select(data.Flagged).Where(v => definitionId is null ? v.IsLatest || v.IsPublished : v.DefinitionId == definitionId).OrderBy(v => v.DefinitionId, StringComparer.Ordinal).ThenByDescending(v => v.Version)], cancellationToken);

    public Task<IReadOnlyList<string>> WaitingKeysAsync(string kind, CancellationToken cancellationToken) => LockedAsync<IReadOnlyList<string>>(() =>
        [.. data.Triggers.Values.SelectMany(t => t).Where(t => t.Kind == kind).Select(t => t.Key).Concat(data.Bookmarks.Values.Where(b => b.ClosedAt is null && b.Bookmark.Kind == kind).Select(b => b.Bookmark.Key)).Distinct()], cancellationToken);

    public Task<Waiting> WaitingAsync(string kind, string key, Guid? instanceId, string? correlationId, int limit, CancellationToken cancellationToken) => LockedAsync(() =>
    {
        var wanted = new StoredStimulus(Guid.Empty, kind, key, default) { OnlyInstanceId = instanceId, CorrelationId = correlationId };
        var bookmarks = data.Bookmarks.Values.Where(b => b.ClosedAt is null && InMemoryTransaction.Matches(wanted, b.Bookmark, data.Instances[b.Bookmark.InstanceId])).Select(b => b.Bookmark);
        return new Waiting([.. data.Triggers.Values.SelectMany(t => t).Where(t => t.Kind == kind && t.Key == key)], [.. bookmarks.OrderBy(b => b.CreatedAt).Take(limit)]);
    }, cancellationToken);

    public Task<IReadOnlyList<(WorkflowTrigger Trigger, DateTimeOffset Since)>> TriggersAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<(WorkflowTrigger, DateTimeOffset)>>(() => [.. data.Triggers.Values.SelectMany(t => t).Where(t => kinds.Contains(t.Kind)).Select(t => (t, data.PublishedAt.GetValueOrDefault(t.DefinitionId)))], cancellationToken);

    public void Dispose()
    {
        gate.Dispose();
        hints.Dispose();
    }

    private bool Holds(ClaimedEffect effect) => data.Work.TryGetValue(effect.Id, out var row) && row.Effect.Owner == effect.Owner && row.Effect.Attempt == effect.Attempt && row.LeaseUntil is not null;

    private WorkflowInstance Shown(WorkflowInstance instance)
    {
        var copy = Copy(instance);
        copy.IncidentCount += data.OpenIncidents(instance.Id);
        return copy;
    }

    private static bool Fits(WorkflowInstance i, InstanceFilter f) =>
        (f.DefinitionId is null || i.DefinitionId == f.DefinitionId) && (f.CorrelationId is null || i.CorrelationId == f.CorrelationId)
        && (f.ParentInstanceId is null || i.ParentInstanceId == f.ParentInstanceId) && (f.Status is null || i.Status == f.Status)
        && (f.SubStatus is null || i.SubStatus == f.SubStatus) && (f.HasIncidents is null || i.IncidentCount > 0 == f.HasIncidents)
        && (f.Search is null || i.Id.ToString() == f.Search || (i.Name ?? "").Contains(f.Search, StringComparison.OrdinalIgnoreCase));

    private async Task<T> LockedAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return work();
        }
        finally
        {
            gate.Release();
        }
    }
}

/// <summary>Journal line of a message that could not be drained.</summary>
public static class ParkedMessage
{
    public static JournalEntry Entry(InstanceMessage message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new JournalEntry(0, now, JournalEvent.Faulted, message.ActivityExecutionId ?? Guid.Empty, null, "", "", "")
        {
            Message = $"Le message « {message.Kind} » ({message.Id}) n'a pas pu être traité ; il est mis de côté.",
            Data = message.Payload?.DeepClone(),
        };
    }
}
