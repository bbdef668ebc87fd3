using MonOPCO.Engine.Execution;
using static MonOPCO.Engine.Storage.MemoryData;

namespace MonOPCO.Engine.Storage;

internal sealed partial class InMemoryTransaction
{
    public Task<Recording> HoldEffectAsync(ClaimedEffect effect, CancellationToken cancellationToken)
    {
        var held = data.Work.TryGetValue(effect.Id, out var row) && row.Effect.Owner == effect.Owner && row.Effect.Attempt == effect.Attempt && row.LeaseUntil is not null;
        return Task.FromResult(!held ? Recording.Late : row!.Cancelled ? Recording.Cancelled : Recording.Recorded);
    }

    public Task FinishEffectAsync(ClaimedEffect effect, EffectStatus status, EffectResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Remove(data.Work, effect.Id);
        Set(data.Effects, effect.Id, RunOf(effect, status) with { FinishedAt = now, Worker = effect.Owner, Result = result });
        return Task.CompletedTask;
    }

    public Task PostponeEffectAsync(ClaimedEffect effect, TimeSpan delay, string error, CancellationToken cancellationToken)
    {
        var row = data.Work[effect.Id];
        var later = row.Effect with { Failures = row.Effect.Failures + 1, Unanswered = 0, LastError = error, Owner = "" };
        Set(data.Work, effect.Id, row with { Effect = later, LeaseUntil = null, DueAt = clock.GetUtcNow() + delay });
        return Task.CompletedTask;
    }

    public Task JournalLateAsync(Guid instanceId, JournalEntry entry, CancellationToken cancellationToken)
    {
        data.Sequence++;
        Set(data.Journal, data.Sequence, (instanceId, entry with { Sequence = -data.Sequence }));
        return Task.CompletedTask;
    }

    public Task<StimulusMatches> StoreStimulusAsync(StoredStimulus stimulus, CancellationToken cancellationToken)
    {
        var known = data.Stimuli.TryGetValue(stimulus.SenderId, out var row);
        if (known && row!.State != StimulusState.Pending)
        {
            return Task.FromResult(new StimulusMatches([], [], true, true));
        }

        var bookmarks = data.Bookmarks.Values.Where(b => b.ClosedAt is null && Matches(stimulus, b.Bookmark, data.Instances[b.Bookmark.InstanceId])).Select(b => b.Bookmark.Id).ToList();
        var triggers = stimulus.OnlyInstanceId is null ? data.Triggers.Values.SelectMany(t => t).Where(t => t.Kind == stimulus.Kind && t.Key == stimulus.Key).ToList() : [];
        var matched = bookmarks.Count + triggers.Count > 0;
        Set(data.Stimuli, stimulus.SenderId, new StimulusRow(stimulus, matched ? StimulusState.Pending : StimulusState.Waiting));
        return Task.FromResult(new StimulusMatches(bookmarks, triggers, !matched, known));
    }

    public Task ConsumeStimulusAsync(Guid senderId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Set(data.Stimuli, senderId, data.Stimuli[senderId] with { State = StimulusState.Consumed });
        return Task.CompletedTask;
    }

    public Task<string?> PublishedVersionIdAsync(string definitionId, CancellationToken cancellationToken) => Task.FromResult(data.Published.GetValueOrDefault(definitionId));

    public Task<string?> VersionToStartAsync(string definitionId, CancellationToken cancellationToken) => PublishedVersionIdAsync(definitionId, cancellationToken);

    public Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken) =>
        Task.FromResult(data.Versions.TryGetValue(versionId, out var version) ? data.Flagged(version) : null);

    public Task<DefinitionVersion?> LatestVersionAsync(string definitionId, CancellationToken cancellationToken)
    {
        var latest = data.Versions.Values.Where(v => v.DefinitionId == definitionId).MaxBy(v => v.Version);
        return Task.FromResult(latest is null ? null : data.Flagged(latest));
    }

    public Task<bool> KnowsSeedAsync(string definitionId, string hash, CancellationToken cancellationToken) =>
        Task.FromResult(data.Versions.Values.Any(v => v.DefinitionId == definitionId && v.SeedHash == hash));

    public Task LockDefinitionAsync(string definitionId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SaveVersionAsync(DefinitionVersion version, CancellationToken cancellationToken)
    {
        if (data.Versions.TryGetValue(version.Id, out var before) && before.IsFrozen && before.Body != version.Body)
        {
            throw new InvalidOperationException($"Version {version.Id} is frozen.");
        }

        Set(data.Versions, version.Id, version);
        Remove(data.Hidden, version.Id);
        return Task.CompletedTask;
    }

    public Task SetPublishedAsync(string definitionId, string? versionId, IReadOnlyList<WorkflowTrigger> triggers, string? actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (versionId is null)
        {
            Remove(data.Published, definitionId);
        }
        else
        {
            Set(data.Published, definitionId, versionId);
            Set(data.PublishedAt, definitionId, now);
        }

        Set(data.Triggers, definitionId, triggers);
        return Task.CompletedTask;
    }
}
