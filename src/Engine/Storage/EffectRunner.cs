using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>Runs the outside part of claimed effects, and says which ones this Host knows.</summary>
public sealed class EffectRunner(ActivityRegistry registry)
{
    /// <summary><c>type@version</c> of every effect.</summary>
    public IReadOnlyCollection<string> Known { get; } = [.. registry.Descriptors.Where(d => d.Kind == ActivityKind.Effect).Select(d => $"{d.Type}@{d.Version}")];

    internal Task<EffectRun> ExecuteAsync(ClaimedEffect effect, IServiceProvider services, ActivityContext context)
    {
        var scheduled = new ScheduledEffect(effect.ActivityExecutionId, effect.InstanceId, effect.ActivityId, effect.ActivityName, effect.ActivityType, effect.ActivityVersion, effect.Input, effect.Queue, effect.MaxAttempts) { Generation = effect.Generation };
        return registry.ExecuteEffectAsync(scheduled, services, context);
    }

    internal static ActivityContext ContextOf(ClaimedEffect effect, DateTimeOffset now, CancellationToken cancellationToken) => new()
    {
        InstanceId = effect.InstanceId,
        DefinitionId = effect.DefinitionId,
        CorrelationId = effect.CorrelationId,
        ActivityExecutionId = effect.ActivityExecutionId,
        ActivityId = effect.ActivityId,
        ActivityName = effect.ActivityName,
        Now = now,
        IdempotencyKey = effect.Generation == 1 ? $"{effect.InstanceId:N}-{effect.ActivityExecutionId:N}" : $"{effect.InstanceId:N}-{effect.ActivityExecutionId:N}-{effect.Generation}",
        Attempt = effect.Attempt,
        CancellationToken = cancellationToken,
    };
}
