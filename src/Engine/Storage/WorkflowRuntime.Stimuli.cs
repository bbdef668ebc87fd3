using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>
    /// Stores a stimulus under its sender's id, then resumes the matching bookmarks and starts the matching triggers. Without a match it is kept
    /// (<see cref="WorkflowRuntimeOptions.KeepStimuli"/>) and consumed by the first matching bookmark to come. Repeating a sender id does nothing.
    /// </summary>
    public async Task<PublishResult> PublishAsync(PublishedStimulus stimulus, string? actor = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stimulus);
        return await DistributeAsync(Stored(stimulus, clock.GetUtcNow()) with { Actor = actor }, cancellationToken);
    }

    private async Task<PublishResult> DistributeAsync(StoredStimulus stimulus, CancellationToken cancellationToken)
    {
        while (true)
        {
            var matches = await InTransactionAsync(tx => tx.StoreStimulusAsync(stimulus, cancellationToken), cancellationToken);
            if (matches.IsSettled)
            {
                return new PublishResult(0, [], matches.IsKnown);
            }

            var resumed = 0;
            foreach (var bookmark in matches.Bookmarks)
            {
                var outcome = await ResumeAsync(new BookmarkTarget { Id = bookmark }, stimulus.Payload, stimulus.Actor, null, cancellationToken);
                resumed += outcome is ResumeOutcome.Resumed ? 1 : 0;
            }

            var started = new List<Guid>();
            var refused = 0;
            foreach (var trigger in matches.Triggers)
            {
                try
                {
                    started.Add((await StartAsync(Triggered(trigger, stimulus), null, cancellationToken)).Instance.Id);
                }
                catch (ActivationRefusedException)
                {
                    // As in Elsa: a stimulus that may start nothing now is spent.
                    refused++;
                }
            }

            // Every match was gone before we came (resumed or cancelled by others): whoever waits now, or waits next, shall have it.
            if (resumed + started.Count + refused == 0)
            {
                continue;
            }

            await InTransactionAsync(async tx =>
            {
                await tx.ConsumeStimulusAsync(stimulus.SenderId, clock.GetUtcNow(), cancellationToken);
                return true;
            }, cancellationToken);
            return new PublishResult(resumed, started, false);
        }
    }

    /// <summary>The instance's id follows from stimulus and trigger, so that a repeated distribution starts nothing twice.</summary>
    private static StartWorkflow Triggered(WorkflowTrigger trigger, StoredStimulus stimulus) => new(trigger.DefinitionId)
    {
        InstanceId = StableId.Of(stimulus.SenderId, trigger.DefinitionId + "/" + trigger.ActivityId),
        TriggerActivityId = trigger.ActivityId,
        TriggerPayload = stimulus.Payload,
        CorrelationId = stimulus.CorrelationId,
        Input = stimulus.Payload is JsonObject input ? (JsonObject)input.DeepClone() : new() { ["payload"] = stimulus.Payload?.DeepClone() },
        Actor = stimulus.Actor,
    };

    /// <summary>For workers: stimuli that a crash left between storing and acting.</summary>
    internal async Task<int> DistributeUnsettledAsync(CancellationToken cancellationToken)
    {
        var unsettled = await store.UnsettledStimuliAsync(clock.GetUtcNow() - TimeSpan.FromSeconds(5), 50, cancellationToken);
        foreach (var stimulus in unsettled)
        {
            await DistributeAsync(stimulus, cancellationToken);
        }

        return unsettled.Count;
    }
}
