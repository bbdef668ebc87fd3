using MonOPCO.Engine.Execution;
using static MonOPCO.Engine.Storage.MemoryData;

namespace MonOPCO.Engine.Storage;

internal sealed partial class InMemoryTransaction
{
    public async Task<SavedBurst> SaveBurstAsync(BurstWrite write, CancellationToken cancellationToken)
    {
        var result = write.Result;
        var instance = result.Instance;
        Set(data.Instances, instance.Id, Copy(instance));
        if (write.IsNew)
        {
            Set(data.Priorities, instance.Id, write.Priority);
        }

        foreach (var id in write.Drained)
        {
            Remove(data.Mailbox, id);
        }

        foreach (var id in result.RemovedBookmarks)
        {
            RemoveTimer(id);
            if (data.Bookmarks.TryGetValue(id, out var row) && row.ClosedAt is null)
            {
                Set(data.Bookmarks, id, row with { ClosedAt = instance.UpdatedAt, Removed = true });
            }
        }

        foreach (var entry in result.Journal)
        {
            Set(data.Journal, ++data.Sequence, (instance.Id, Copy(entry)));
        }

        foreach (var effect in result.NewEffects)
        {
            Schedule(instance, effect);
        }

        foreach (var execution in result.CancelledEffects)
        {
            Cancel(execution, instance.UpdatedAt);
        }

        foreach (var child in write.Children)
        {
            Set(data.Instances, child.Id, Copy(child));
            Set(data.Priorities, child.Id, data.Priorities.GetValueOrDefault(instance.Id, 5));
        }

        foreach (var stimulus in result.Stimuli.Where(s => !data.Stimuli.ContainsKey(s.SenderId)))
        {
            var stored = new StoredStimulus(stimulus.SenderId, stimulus.Kind, stimulus.Key, instance.UpdatedAt) { CorrelationId = stimulus.CorrelationId, OnlyInstanceId = stimulus.OnlyInstanceId, Payload = stimulus.Payload?.DeepClone(), Actor = "workflow" };
            Set(data.Stimuli, stimulus.SenderId, new StimulusRow(stored, StimulusState.Pending));
        }

        await PostAsync(write.Messages, cancellationToken);
        var awaited = false;
        foreach (var bookmark in result.NewBookmarks)
        {
            awaited |= await AddAsync(instance, bookmark, cancellationToken);
        }

        return new SavedBurst { StimulusWaited = awaited };
    }

    private async Task<bool> AddAsync(WorkflowInstance instance, Bookmark bookmark, CancellationToken cancellationToken)
    {
        var row = new BookmarkRow(Copy(bookmark));
        var waiting = data.Stimuli.Values.Where(s => s.State == StimulusState.Waiting && Matches(s.Stimulus, bookmark, instance)).MinBy(s => s.Stimulus.ReceivedAt);
        Set(data.Bookmarks, bookmark.Id, row);
        if (waiting is null)
        {
            if (bookmark.Until is { } until)
            {
                Set(data.Timers, bookmark.Id, until);
            }

            return false;
        }

        Set(data.Bookmarks, bookmark.Id, row with { ClosedAt = instance.UpdatedAt, ClosedBy = waiting.Stimulus.Actor });
        Set(data.Stimuli, waiting.Stimulus.SenderId, waiting with { State = StimulusState.Consumed });
        var message = new InstanceMessage(Guid.NewGuid(), instance.Id, MessageKind.Resume, instance.UpdatedAt) { BookmarkId = bookmark.Id, ActivityExecutionId = bookmark.ActivityExecutionId, Payload = waiting.Stimulus.Payload, Actor = waiting.Stimulus.Actor };
        await PostAsync([message], cancellationToken);
        return true;
    }

    private void Schedule(WorkflowInstance instance, ScheduledEffect effect)
    {
        var id = StableId.Of(effect.ActivityExecutionId, "work/" + effect.Generation);
        var claim = new ClaimedEffect
        {
            Id = id,
            InstanceId = effect.InstanceId,
            ActivityExecutionId = effect.ActivityExecutionId,
            Generation = effect.Generation,
            ActivityId = effect.ActivityId,
            ActivityName = effect.ActivityName,
            ActivityType = effect.ActivityType,
            ActivityVersion = effect.ActivityVersion,
            Input = Copy(effect.Input),
            Queue = effect.Queue,
            Owner = "",
            Attempt = 0,
            Failures = 0,
            MaxAttempts = effect.MaxAttempts,
            Unanswered = 0,
            DefinitionId = instance.DefinitionId,
            CorrelationId = instance.CorrelationId,
        };
        Set(data.Work, id, new WorkRow(claim, clock.GetUtcNow(), data.Priorities.GetValueOrDefault(instance.Id, 5), null, false));
    }

    private void Cancel(Guid execution, DateTimeOffset now)
    {
        foreach (var row in data.Work.Values.Where(w => w.Effect.ActivityExecutionId == execution).ToList())
        {
            if (row.LeaseUntil > clock.GetUtcNow())
            {
                Set(data.Work, row.Effect.Id, row with { Cancelled = true });
                continue;
            }

            Remove(data.Work, row.Effect.Id);
            Set(data.Effects, row.Effect.Id, RunOf(row.Effect, EffectStatus.Cancelled) with { FinishedAt = now });
        }
    }

    internal static bool Matches(StoredStimulus stimulus, Bookmark bookmark, WorkflowInstance instance) =>
        stimulus.Kind == bookmark.Kind && stimulus.Key == bookmark.Key
        && (stimulus.OnlyInstanceId is null || stimulus.OnlyInstanceId == bookmark.InstanceId)
        && (stimulus.CorrelationId is null || stimulus.CorrelationId == (bookmark.CorrelationId ?? instance.CorrelationId));

    internal static EffectRecord RunOf(ClaimedEffect effect, EffectStatus status) =>
        new(effect.ActivityExecutionId, effect.Generation, effect.InstanceId, effect.ActivityId, effect.ActivityName, effect.ActivityType, effect.Queue, status, effect.Attempt) { Input = effect.Input.DeepClone(), LastError = effect.LastError };
}
