using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>
/// The one door to workflows for pages, APIs, jobs and workers. Every call is one transaction per burst (architecture §4); what concerns other instances
/// follows in transactions of their own, in this call up to a bound, else by a worker.
/// </summary>
public sealed partial class WorkflowRuntime(IWorkflowStore store, WorkflowProgram program, DefinitionCache definitions, WorkflowRuntimeOptions options, TimeProvider clock)
{
    private const int Restarts = 6;

    /// <summary>Instances for which somebody in this process found the lock taken after having posted: the holder looks again when it lets go.</summary>
    private readonly ConcurrentDictionary<Guid, bool> contended = new();

    /// <summary>Versions that other Hosts must run.</summary>
    internal IReadOnlyCollection<string> ForeignVersions => definitions.Foreign;

    /// <summary>Queries: instances, journal, bookmarks, effects, versions.</summary>
    public IWorkflowReads Reads => store;

    /// <summary>Starts an instance; its first burst runs in the call, up to the first wait or effect.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="alongside">Writes domain rows in the same transaction before the burst (services of the burst's scope, id of the instance). Throwing undoes everything. Runs again when the transaction does.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <exception cref="ActivationRefusedException">Its activation strategy allows no further instance now.</exception>
    public async Task<StartedWorkflow> StartAsync(StartWorkflow command, Func<IServiceProvider, Guid, Task>? alongside = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        var id = command.InstanceId ?? Guid.CreateVersion7(clock.GetUtcNow());
        var tried = false;
        var (started, follow) = await InTransactionAsync(async tx =>
        {
            // A first try may have been committed without our being told.
            if ((command.InstanceId is not null || tried) && !await tx.IsNewInstanceAsync(id, cancellationToken))
            {
                return (null, FollowUps.None);
            }

            tried = true;
            var versionId = command.VersionId ?? await tx.VersionToStartAsync(command.DefinitionId, cancellationToken) ?? throw new DefinitionNotFoundException(command.DefinitionId);
            if (command.VersionId is not null)
            {
                await FreezeAsync(tx, versionId, cancellationToken);
            }

            var now = clock.GetUtcNow();
            var instance = await NewInstanceAsync(tx, versionId, now, command, id, cancellationToken);
            if (alongside is not null)
            {
                await alongside(tx.Services, id);
            }

            var start = new InstanceMessage(Guid.NewGuid(), id, MessageKind.Start, now)
            {
                Payload = command.TriggerActivityId is { } trigger ? new JsonObject { ["triggerActivityId"] = trigger, ["payload"] = command.TriggerPayload?.DeepClone() } : new JsonObject(),
                Actor = command.Actor,
            };
            return ((WorkflowInstance?)instance, await BurstAsync(tx, instance, [start], [], true, command.Priority, cancellationToken));
        }, cancellationToken);

        if (started is null)
        {
            return new StartedWorkflow(await store.FindInstanceAsync(id, cancellationToken) ?? throw new DefinitionNotFoundException(command.DefinitionId), Existed: command.InstanceId is not null);
        }

        return await FollowAsync(follow, cancellationToken) ? new StartedWorkflow(await store.FindInstanceAsync(id, cancellationToken) ?? started) : new StartedWorkflow(started);
    }

    /// <summary>
    /// Resumes the bookmark waiting under (kind, key), at most once whoever races. The burst runs in the call when the instance is free, otherwise its holder runs it.
    /// </summary>
    /// <param name="kind">Kind of the bookmark.</param>
    /// <param name="key">Its key.</param>
    /// <param name="payload">The signal.</param>
    /// <param name="actor">Who, for the journal and for the loser of a race.</param>
    /// <param name="alongside">Runs in the same transaction before the burst (e.g. marks the human task completed). Throwing is a veto: nothing happened.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public Task<ResumeOutcome> ResumeAsync(string kind, string key, JsonNode? payload, string? actor, Func<IServiceProvider, Bookmark, Task>? alongside = null, CancellationToken cancellationToken = default) =>
        ResumeAsync(new BookmarkTarget { Kind = kind, Key = key }, payload, actor, alongside, cancellationToken);

    /// <summary>The same for a bookmark whose id is known.</summary>
    public Task<ResumeOutcome> ResumeAsync(Guid bookmarkId, JsonNode? payload, string? actor, Func<IServiceProvider, Bookmark, Task>? alongside = null, CancellationToken cancellationToken = default) =>
        ResumeAsync(new BookmarkTarget { Id = bookmarkId }, payload, actor, alongside, cancellationToken);

    private async Task<ResumeOutcome> ResumeAsync(BookmarkTarget target, JsonNode? payload, string? actor, Func<IServiceProvider, Bookmark, Task>? alongside, CancellationToken cancellationToken)
    {
        var (outcome, follow) = await InTransactionAsync<(ResumeOutcome, FollowUps)>(async tx =>
        {
            var now = clock.GetUtcNow();
            var messageId = Guid.NewGuid();
            var closing = await tx.CloseBookmarkAsync(target, messageId, actor, now, options.MessagesPerBurst, cancellationToken);
            if (closing.Bookmark is not { } bookmark)
            {
                return (closing.ClosedAt is { } at ? new ResumeOutcome.AlreadyDone(closing.ClosedBy, at, closing.Removed) : new ResumeOutcome.NotFound(), FollowUps.None);
            }

            if (alongside is not null)
            {
                await alongside(tx.Services, bookmark);
            }

            var message = new InstanceMessage(messageId, bookmark.InstanceId, MessageKind.Resume, now) { BookmarkId = bookmark.Id, ActivityExecutionId = bookmark.ActivityExecutionId, Payload = payload?.DeepClone(), Actor = actor };
            if (closing.Locked is not { HasMore: false } locked)
            {
                // Another holder is at work (or the mailbox is long): the message waits its turn.
                await tx.PostAsync([message], cancellationToken);
                return (new ResumeOutcome.Resumed(bookmark.InstanceId, false), new FollowUps([bookmark.InstanceId], [], false));
            }

            var follow = await BurstAsync(tx, locked.Instance, [.. locked.Messages, message], [.. locked.Messages.Select(m => m.Id)], false, 5, cancellationToken);
            return (new ResumeOutcome.Resumed(bookmark.InstanceId, true), follow);
        }, cancellationToken);

        if (outcome is ResumeOutcome.Resumed { Drained: true } won && contended.TryRemove(won.InstanceId, out _))
        {
            follow = follow with { Instances = [.. follow.Instances, won.InstanceId] };
        }

        await FollowAsync(follow, cancellationToken);
        return outcome;
    }

    private async Task<WorkflowInstance> NewInstanceAsync(IWorkflowTransaction tx, string versionId, DateTimeOffset now, StartWorkflow command, Guid id, CancellationToken cancellationToken)
    {
        var definition = await definitions.FindAsync(versionId, () => tx.FindVersionAsync(versionId, cancellationToken)) ?? throw new DefinitionNotFoundException(command.DefinitionId);
        if (await RunningAsync(tx, definition, command.CorrelationId, cancellationToken) is { } running)
        {
            throw new ActivationRefusedException(definition.DefinitionId, running);
        }

        return new WorkflowInstance
        {
            Id = id,
            DefinitionId = definition.DefinitionId,
            DefinitionVersionId = definition.VersionId,
            Version = definition.Version,
            CorrelationId = command.CorrelationId,
            Name = command.Name ?? definition.Name,
            Input = (JsonObject)command.Input.DeepClone(),
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>The instance that forbids another one to start, by the definition's activation strategy.</summary>
    private static async Task<Guid?> RunningAsync(IWorkflowTransaction tx, CompiledDefinition definition, string? correlationId, CancellationToken cancellationToken) => definition.Activation switch
    {
        ActivationStrategy.Singleton => await tx.RunningInstanceAsync(definition.DefinitionId, null, cancellationToken),
        ActivationStrategy.CorrelatedSingleton => await tx.RunningInstanceAsync(definition.DefinitionId, correlationId, cancellationToken),
        ActivationStrategy.Correlation when correlationId is not null => await tx.RunningInstanceAsync(null, correlationId, cancellationToken),
        _ => null,
    };

    private static async Task FreezeAsync(IWorkflowTransaction tx, string versionId, CancellationToken cancellationToken)
    {
        if (await tx.FindVersionAsync(versionId, cancellationToken) is { IsFrozen: false } draft)
        {
            await tx.SaveVersionAsync(draft with { IsFrozen = true }, cancellationToken);
        }
    }
}
