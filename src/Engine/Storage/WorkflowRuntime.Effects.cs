using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>
    /// One transaction: verifies lease and attempt, lets the activity write its rows, stores the result row and tells the instance; then drains it. A result that
    /// comes too late changes nothing and is journalled; the result of a cancelled effect is kept and never resumed.
    /// </summary>
    internal async Task<Recording> RecordAsync(ClaimedEffect effect, Func<IServiceProvider, Task<EffectResult>> record, CancellationToken cancellationToken)
    {
        var recording = await InTransactionAsync(async tx =>
        {
            var now = clock.GetUtcNow();
            var held = await tx.HoldEffectAsync(effect, cancellationToken);
            if (held == Recording.Late)
            {
                await tx.JournalLateAsync(effect.InstanceId, LateEntry(effect, null, "Résultat arrivé trop tard : une autre tentative l'a remplacé.", now), cancellationToken);
                return held;
            }

            var kept = await record(tx.Services);
            kept = kept with { Attempts = effect.Attempt };
            if (held == Recording.Cancelled)
            {
                await tx.FinishEffectAsync(effect, EffectStatus.Cancelled, kept, now, cancellationToken);
                await tx.JournalLateAsync(effect.InstanceId, LateEntry(effect, kept, "Résultat conservé : l'étape avait été annulée, la procédure ne reprend pas.", now), cancellationToken);
                return held;
            }

            await tx.FinishEffectAsync(effect, kept.Form == "failed" ? EffectStatus.Failed : EffectStatus.Done, kept, now, cancellationToken);
            var message = new InstanceMessage(StableId.Of(effect.ActivityExecutionId, $"effect/{effect.Generation}"), effect.InstanceId, MessageKind.Effect, now)
            {
                ActivityExecutionId = effect.ActivityExecutionId,
                Payload = EffectRun.ToPayload(kept),
                Actor = "workflow",
            };
            await tx.PostAsync([message], cancellationToken);
            return held;
        }, cancellationToken);

        if (recording == Recording.Recorded)
        {
            await DrainAsync(effect.InstanceId, cancellationToken);
        }

        return recording;
    }

    internal Task<Recording> PostponeAsync(ClaimedEffect effect, TimeSpan delay, string error, CancellationToken cancellationToken) => InTransactionAsync(async tx =>
    {
        var held = await tx.HoldEffectAsync(effect, cancellationToken);
        if (held == Recording.Recorded)
        {
            await tx.PostponeEffectAsync(effect, delay, error, cancellationToken);
        }
        else if (held == Recording.Cancelled)
        {
            await tx.FinishEffectAsync(effect, EffectStatus.Cancelled, new EffectResult { Form = "failed", Code = "cancelled", Message = error, Attempts = effect.Attempt }, clock.GetUtcNow(), cancellationToken);
        }

        return held;
    }, cancellationToken);

    private static JournalEntry LateEntry(ClaimedEffect effect, EffectResult? result, string message, DateTimeOffset now) =>
        new(0, now, JournalEvent.Completed, effect.ActivityExecutionId, null, effect.ActivityId, effect.ActivityType, effect.ActivityName) { Outcome = result?.Outcome, Message = message, Data = result?.Output?.DeepClone(), Actor = effect.Owner };
}
