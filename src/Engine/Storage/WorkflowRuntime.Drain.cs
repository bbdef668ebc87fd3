using System.Diagnostics;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>Drains the mailbox of an instance unless somebody else holds it. For workers; calls of this class do it by themselves.</summary>
    public async Task DrainAsync(Guid instanceId, CancellationToken cancellationToken = default)
    {
        await FollowAsync(new FollowUps([instanceId], [], false), cancellationToken);
    }

    /// <summary>Does what a committed burst left for other transactions. True when something was run.</summary>
    private async Task<bool> FollowAsync(FollowUps first, CancellationToken cancellationToken)
    {
        var instances = new Queue<Guid>(first.Touched);
        var stimuli = new Queue<StoredStimulus>(first.Stimuli);
        var hint = first.HasDueWork;
        Count(first);
        var ran = 0;
        while (ran < options.FollowUps && (instances.Count > 0 || stimuli.Count > 0) && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (stimuli.TryDequeue(out var stimulus))
                {
                    await DistributeAsync(stimulus, cancellationToken);
                    ran++;
                    continue;
                }

                if (await DrainOnceAsync(instances.Dequeue(), cancellationToken) is not { } follow)
                {
                    continue;
                }

                ran++;
                Count(follow);
                hint |= follow.HasDueWork;
                foreach (var next in follow.Touched)
                {
                    instances.Enqueue(next);
                }

                foreach (var next in follow.Stimuli)
                {
                    stimuli.Enqueue(next);
                }
            }
            catch (Exception exception)
            {
                // What the caller asked for is committed; what follows from it is stored, and a worker tries again.
                options.Log?.Invoke("A burst that followed another failed.", exception);
                hint = true;
            }
        }

        if (hint || instances.Count > 0 || stimuli.Count > 0)
        {
            store.Hint();
        }

        return ran > 0;
    }

    /// <summary>A burst that is committed.</summary>
    private static void Count(FollowUps committed)
    {
        if (committed.Burst is { } burst)
        {
            WorkflowMeters.Burst(burst.Instance, burst.IsNew, burst.IncidentsBefore, Stopwatch.GetElapsedTime(burst.Began));
        }
    }

    /// <summary>One burst over the waiting messages. Null when there was nothing to do, or nothing that this call may do.</summary>
    private async Task<FollowUps?> DrainOnceAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        // Set before trying: a holder that lets go after our attempt then sees it; one that let go before it left the lock free for us.
        contended[instanceId] = true;
        var limit = options.MessagesPerBurst;
        while (true)
        {
            try
            {
                var (found, follow) = await InTransactionAsync<(bool, FollowUps?)>(async tx =>
                {
                    if (await tx.LockAsync(instanceId, limit, cancellationToken) is not { } locked)
                    {
                        return (false, null);
                    }

                    contended.TryRemove(instanceId, out _);
                    if (locked.Messages.Count == 0)
                    {
                        return (true, null);
                    }

                    var follow = await BurstAsync(tx, locked.Instance, locked.Messages, [.. locked.Messages.Select(m => m.Id)], false, 5, cancellationToken);
                    return (true, locked.HasMore ? follow with { Instances = [.. follow.Instances, instanceId] } : follow);
                }, cancellationToken);
                return found ? Again(instanceId, follow) : null;
            }
            catch (Exception exception) when (limit > 1 && exception is not OperationCanceledException)
            {
                // One bad message must not take the others with it: one by one, the bad one stays in front until the sweep parks it.
                limit = 1;
            }
        }
    }

    /// <summary>Somebody posted while we held the lock and could not get it.</summary>
    private FollowUps? Again(Guid instanceId, FollowUps? follow) =>
        contended.TryRemove(instanceId, out _) ? (follow ?? FollowUps.None) with { Instances = [.. follow?.Instances ?? [], instanceId] } : follow;

    /// <summary>
    /// Runs and commits; again when the transaction itself failed (serialization, deadlock, lost connection). After a commit whose outcome is unknown the
    /// instance's burst number is read first: what was committed is not repeated.
    /// </summary>
    private async Task<T> InTransactionAsync<T>(Func<IWorkflowTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var tx = await store.BeginAsync(cancellationToken);
                var result = await work(tx);
                try
                {
                    await tx.CommitAsync(CancellationToken.None);
                }
                catch (Exception)
                {
                    if (!await tx.WasCommittedAsync(CancellationToken.None))
                    {
                        throw;
                    }
                }

                return result;
            }
            catch (Exception exception) when (attempt < Restarts && store.MustRestart(exception))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 25 << attempt)), CancellationToken.None);
            }
        }
    }
}
