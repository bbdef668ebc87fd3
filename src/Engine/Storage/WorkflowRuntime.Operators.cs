using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>Cancels an instance: recorded first, done by its holder. False when there is no such running instance.</summary>
    public Task<bool> CancelAsync(Guid instanceId, string reason, string actor, CancellationToken cancellationToken = default) =>
        TellAsync(instanceId, MessageKind.Cancel, null, new JsonObject { ["reason"] = reason, ["actor"] = actor }, actor, cancellationToken);

    /// <summary>Retries the incident of an activity execution, with other inputs if given.</summary>
    public Task<bool> RetryIncidentAsync(Guid instanceId, Guid activityExecutionId, JsonObject? input, string actor, CancellationToken cancellationToken = default) =>
        TellAsync(instanceId, MessageKind.RetryIncident, activityExecutionId, input is null ? [] : new JsonObject { ["input"] = input.DeepClone() }, actor, cancellationToken);

    /// <summary>Skips it: the activity ends with this outcome.</summary>
    public Task<bool> SkipIncidentAsync(Guid instanceId, Guid activityExecutionId, string outcome, JsonObject? output, string actor, CancellationToken cancellationToken = default) =>
        TellAsync(instanceId, MessageKind.SkipIncident, activityExecutionId, new JsonObject { ["outcome"] = outcome, ["output"] = output?.DeepClone() }, actor, cancellationToken);

    public Task<bool> SetVariablesAsync(Guid instanceId, JsonObject values, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        return TellAsync(instanceId, MessageKind.SetVariables, null, (JsonObject)values.DeepClone(), actor, cancellationToken);
    }

    /// <summary>Removes an instance with its journal, waits and due work, running or not. The caller decides which ones may go. False when there is none.</summary>
    public Task<bool> DeleteInstanceAsync(Guid instanceId, CancellationToken cancellationToken = default) =>
        InTransactionAsync(tx => tx.DeleteInstanceAsync(instanceId, cancellationToken), cancellationToken);

    private async Task<bool> TellAsync(Guid instanceId, MessageKind kind, Guid? executionId, JsonObject payload, string actor, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { Status: InstanceStatus.Running })
        {
            return false;
        }

        var message = new InstanceMessage(Guid.NewGuid(), instanceId, kind, clock.GetUtcNow()) { ActivityExecutionId = executionId, Payload = payload, Actor = actor };
        await InTransactionAsync(async tx =>
        {
            await tx.PostAsync([message], cancellationToken);
            return true;
        }, cancellationToken);
        await DrainAsync(instanceId, cancellationToken);
        return true;
    }
}
