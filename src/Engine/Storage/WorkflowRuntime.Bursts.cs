using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>What remains to be done, in other transactions, once a burst is committed.</summary>
    private sealed record FollowUps(IReadOnlyCollection<Guid> Instances, IReadOnlyList<StoredStimulus> Stimuli, bool HasDueWork)
    {
        internal static FollowUps None { get; } = new([], [], false);

        /// <summary>The burst itself: its instance is drained again when a stimulus had been waiting for it.</summary>
        internal RanBurst? Burst { get; init; }

        internal IEnumerable<Guid> Touched => Burst is { Saved.StimulusWaited: true } burst ? Instances.Append(burst.Instance.Id) : Instances;
    }

    private sealed record RanBurst(WorkflowInstance Instance, SavedBurst Saved, bool IsNew, int IncidentsBefore, long Began);

    /// <summary>Runs one burst of a locked (or new) instance and stores it in the transaction.</summary>
    private async Task<FollowUps> BurstAsync(IWorkflowTransaction tx, WorkflowInstance instance, IReadOnlyList<InstanceMessage> messages, IReadOnlyList<Guid> drained, bool isNew, int priority, CancellationToken cancellationToken)
    {
        var definition = await definitions.FindAsync(instance.DefinitionVersionId, () => tx.FindVersionAsync(instance.DefinitionVersionId, cancellationToken))
            ?? throw new InvalidOperationException($"The version {instance.DefinitionVersionId} of instance {instance.Id} is gone.");
        var now = clock.GetUtcNow();
        var (wasFinished, incidents, began) = (instance.Status == InstanceStatus.Finished, instance.IncidentCount, Stopwatch.GetTimestamp());
        var result = await program.Run(definition, instance, messages, tx, now, cancellationToken);
        if (result.RemovedBookmarks.Count > 0)
        {
            // Whoever sent the signal has closed its bookmark already.
            result.RemovedBookmarks.RemoveAll(id => messages.Any(m => m.BookmarkId == id));
        }

        result.Instance.Burst++;
        result.Instance.UpdatedAt = now;
        if (result.Instance.Status == InstanceStatus.Finished)
        {
            result.Instance.FinishedAt ??= now;
        }

        var write = new BurstWrite { Result = result, IsNew = isNew, Priority = priority, Drained = drained };
        foreach (var child in result.Children)
        {
            await AddChildAsync(tx, write, child, now, cancellationToken);
        }

        foreach (var child in result.CancelledChildren)
        {
            var reason = new JsonObject { ["reason"] = "parent", ["actor"] = null };
            write.Messages.Add(new InstanceMessage(Guid.NewGuid(), child, MessageKind.Cancel, now) { Payload = reason, Actor = "workflow" });
        }

        if (!wasFinished && result.Instance is { Status: InstanceStatus.Finished, ParentInstanceId: { } parent, ParentExecutionId: { } execution })
        {
            write.Messages.Add(Ended(result, parent, execution, now));
        }

        if (result.MustContinue)
        {
            write.Messages.Add(new InstanceMessage(Guid.NewGuid(), instance.Id, MessageKind.Continue, now));
        }

        var saved = await tx.SaveBurstAsync(write, cancellationToken);
        HashSet<Guid> touched = [.. write.Messages.Where(m => m.Kind != MessageKind.Continue).Select(m => m.InstanceId)];
        return new FollowUps(touched, [.. result.Stimuli.Select(s => Stored(s, now))], result.NewEffects.Count > 0 || result.MustContinue) { Burst = new RanBurst(instance, saved, isNew, incidents, began) };
    }

    private async Task AddChildAsync(IWorkflowTransaction tx, BurstWrite write, ChildStart child, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var versionId = child.DefinitionVersionId ?? await tx.PublishedVersionIdAsync(child.DefinitionId, cancellationToken);
        if (versionId is null || await definitions.FindAsync(versionId, () => tx.FindVersionAsync(versionId, cancellationToken)) is not { } definition)
        {
            NotStarted(write, child, $"Aucune version publiée de la procédure « {child.DefinitionId} ».", now);
            return;
        }

        if (write.Children.Exists(c => Conflicts(definition, c, child)) || await RunningAsync(tx, definition, child.CorrelationId, cancellationToken) is not null)
        {
            NotStarted(write, child, $"La procédure « {definition.Name} » n'admet qu'une instance à la fois, et une instance est en cours.", now);
            return;
        }

        write.Children.Add(new WorkflowInstance
        {
            Id = child.InstanceId,
            DefinitionId = definition.DefinitionId,
            DefinitionVersionId = definition.VersionId,
            Version = definition.Version,
            CorrelationId = child.CorrelationId,
            Name = definition.Name,
            ParentInstanceId = child.ParentInstanceId,
            ParentExecutionId = child.ParentExecutionId,
            Input = (JsonObject)child.Input.DeepClone(),
            CreatedAt = now,
            UpdatedAt = now,
        });
        write.Messages.Add(new InstanceMessage(Guid.NewGuid(), child.InstanceId, MessageKind.Start, now) { Payload = new JsonObject(), Actor = "workflow" });
    }

    /// <summary>A child of the same burst, not yet stored, that would forbid the other one.</summary>
    private static bool Conflicts(CompiledDefinition definition, WorkflowInstance earlier, ChildStart child) => definition.Activation switch
    {
        ActivationStrategy.Singleton => earlier.DefinitionId == definition.DefinitionId,
        ActivationStrategy.CorrelatedSingleton => earlier.DefinitionId == definition.DefinitionId && (child.CorrelationId is null || earlier.CorrelationId == child.CorrelationId),
        ActivationStrategy.Correlation => child.CorrelationId is not null && earlier.CorrelationId == child.CorrelationId,
        _ => false,
    };

    private static void NotStarted(BurstWrite write, ChildStart child, string error, DateTimeOffset now)
    {
        if (child.ParentExecutionId is { } waiting)
        {
            var answer = new JsonObject { ["childId"] = child.InstanceId, ["subStatus"] = "Faulted", ["output"] = new JsonObject(), ["outcomes"] = new JsonArray(), ["error"] = error };
            write.Messages.Add(new InstanceMessage(child.InstanceId, child.ParentInstanceId, MessageKind.Child, now) { ActivityExecutionId = waiting, Payload = answer, Actor = "workflow" });
        }
    }

    /// <summary>The child's id is the message's id: it ends once, so its parent is told once.</summary>
    private static InstanceMessage Ended(BurstResult result, Guid parent, Guid execution, DateTimeOffset now)
    {
        var child = result.Instance;
        var outcomes = new JsonArray([.. result.Outcomes.Select(o => (JsonNode?)o)]);
        var payload = new JsonObject { ["childId"] = child.Id, ["subStatus"] = child.SubStatus.ToString(), ["output"] = child.Output.DeepClone(), ["outcomes"] = outcomes };
        return new InstanceMessage(child.Id, parent, MessageKind.Child, now) { ActivityExecutionId = execution, Payload = payload, Actor = "workflow" };
    }

    private static StoredStimulus Stored(PublishedStimulus stimulus, DateTimeOffset now) => new(stimulus.SenderId, stimulus.Kind, stimulus.Key, now)
    {
        CorrelationId = stimulus.CorrelationId,
        OnlyInstanceId = stimulus.OnlyInstanceId,
        Payload = stimulus.Payload?.DeepClone(),
        Actor = "workflow",
    };
}
