using System.Collections.Concurrent;
using System.Diagnostics;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>
/// Runs due work: effects of its queues, timers, messages that nobody drained, stimuli that a crash left. Any number of workers on one store.
/// <see cref="RunAsync"/> returns when its token is cancelled and the work is finished or given back.
/// </summary>
public sealed class WorkflowWorker(IWorkflowStore store, WorkflowRuntime runtime, EffectRunner effects, WorkflowRuntimeOptions options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, RunningEffect> running = new();
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private DateTimeOffset nextHousekeeping;
    private DateTimeOffset nextObservation;
    private long lastRound = Stopwatch.GetTimestamp();

    /// <summary>For how long no round has ended: a worker that does not come round any more is not healthy.</summary>
    public TimeSpan SinceLastRound => Stopwatch.GetElapsedTime(Volatile.Read(ref lastRound));

    /// <summary>For how long the oldest of the running effects has been running.</summary>
    public TimeSpan LongestEffect => running.Values.Select(r => Stopwatch.GetElapsedTime(r.Since)).DefaultIfEmpty().Max();

    private sealed record RunningEffect(ClaimedEffect Effect, CancellationTokenSource Stop)
    {
        internal long Since { get; } = Stopwatch.GetTimestamp();

        internal Task Task { get; set; } = Task.CompletedTask;

        /// <summary>The activity has answered: from here on the answer is recorded, a shutdown waits for it.</summary>
        internal volatile bool Answered;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using var beating = new CancellationTokenSource();
        var heart = BeatAsync(beating.Token);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await TickAsync(stopping))
                {
                    await store.WaitForHintAsync(options.Poll, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                // The database is away, or a bug: say so and go on; due work is still there.
                options.Log?.Invoke("A round of the worker failed.", exception);
                await Task.Delay(options.Poll, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        await LetGoAsync();
        await beating.CancelAsync();
        await heart;
    }

    /// <summary>One round: timers, mailboxes, stimuli, claims. True when there was something, so that the next round follows at once.</summary>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var busy = false;
        if (options.Queues.Count > 0)
        {
            var timed = await store.FireTimersAsync(now, 100, cancellationToken);
            var swept = await store.SweepMailboxAsync(options.PoisonAfter, 100, runtime.ForeignVersions, cancellationToken);
            foreach (var instance in timed.Concat(swept).Distinct())
            {
                await runtime.DrainAsync(instance, cancellationToken);
            }

            busy = timed.Count + swept.Count > 0;
            busy |= await runtime.DistributeUnsettledAsync(cancellationToken) > 0;
            if (now >= nextHousekeeping)
            {
                nextHousekeeping = now + TimeSpan.FromMinutes(10);
                await store.HousekeepAsync(now - options.KeepStimuli, now, cancellationToken);
            }
        }

        if (now >= nextObservation)
        {
            nextObservation = now + TimeSpan.FromSeconds(15);
            WorkflowMeters.Observe(await store.BacklogAsync(now, cancellationToken));
        }

        foreach (var (queue, cap) in options.Queues)
        {
            busy |= await ClaimAsync(queue, cap - running.Values.Count(r => r.Effect.Queue == queue), cancellationToken) > 0;
        }

        Volatile.Write(ref lastRound, Stopwatch.GetTimestamp());
        return busy;
    }

    /// <summary>Waits until nothing claimed is running any more.</summary>
    public async Task IdleAsync()
    {
        while (!running.IsEmpty)
        {
            await Task.WhenAll(running.Values.Select(r => r.Task));
        }
    }

    private async Task<int> ClaimAsync(string queue, int room, CancellationToken cancellationToken)
    {
        if (room <= 0)
        {
            return 0;
        }

        var request = new WorkRequest { Owner = owner, Queue = queue, Limit = room, Lease = options.Lease, KnownActivities = effects.Known };
        var claimed = await store.ClaimAsync(request, cancellationToken);
        WorkflowMeters.Expired(claimed.Count(c => c.Unanswered > 1));
        foreach (var effect in claimed)
        {
            var run = new RunningEffect(effect, new CancellationTokenSource());
            running[effect.Id] = run;
            run.Task = Task.Run(() => RunEffectAsync(run), CancellationToken.None);
        }

        return claimed.Count;
    }

    private async Task RunEffectAsync(RunningEffect run)
    {
        var effect = run.Effect;
        using var span = WorkflowMeters.Activities.StartActivity(effect.ActivityType)?.SetTag("workflow.instance", effect.InstanceId).SetTag("workflow.attempt", effect.Attempt);
        try
        {
            await ExecuteAsync(run, run.Stop.Token);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Given back at shutdown, or taken over after a lost lease: no outcome of ours.
        }
        catch (Exception exception)
        {
            // The result could not be recorded: the lease runs out and the effect is claimed again under the same key.
            options.Log?.Invoke($"The result of effect {effect.ActivityExecutionId} could not be recorded.", exception);
        }
        finally
        {
            running.TryRemove(effect.Id, out _);
            store.Hint();
        }
    }

    private async Task ExecuteAsync(RunningEffect run, CancellationToken cancellationToken)
    {
        var effect = run.Effect;
        if (effect.Unanswered > options.PoisonAfter)
        {
            await FailAsync(effect, "poison", $"L'étape « {effect.ActivityName} » a été prise {options.PoisonAfter} fois sans donner de résultat.");
            return;
        }

        if (effect.Failures >= MaxAttempts(effect))
        {
            await FailAsync(effect, "attempts-exhausted", Exhausted(effect, effect.LastError));
            return;
        }

        var context = EffectRunner.ContextOf(effect, clock.GetUtcNow(), cancellationToken);
        try
        {
            await using var services = store.OpenServices();
            var answer = await effects.ExecuteAsync(effect, services.Services, context);
            run.Answered = true;
            if (answer.RetryLater is { } retry)
            {
                await LaterAsync(effect, retry.After, retry.Reason);
                return;
            }

            await runtime.RecordAsync(effect, recording => answer.RecordAsync(recording, context), CancellationToken.None);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !store.MustRestart(exception))
        {
            options.Log?.Invoke($"Effect {effect.ActivityType} of instance {effect.InstanceId} threw (attempt {effect.Attempt}).", exception);
            await LaterAsync(effect, TimeSpan.Zero, exception.Message);
        }
    }

    private async Task LaterAsync(ClaimedEffect effect, TimeSpan asked, string reason)
    {
        if (effect.Failures + 1 >= MaxAttempts(effect))
        {
            await FailAsync(effect, "attempts-exhausted", Exhausted(effect, reason));
            return;
        }

        await runtime.PostponeAsync(effect, RetryPolicy.Delay(options, effect.ActivityType, effect.Failures, asked, Random.Shared.NextDouble()), reason, CancellationToken.None);
    }

    private Task FailAsync(ClaimedEffect effect, string code, string message) =>
        runtime.RecordAsync(effect, _ => Task.FromResult(new EffectResult { Form = "failed", Code = code, Message = message }), CancellationToken.None);

    private int MaxAttempts(ClaimedEffect effect) => options.Retries.GetValueOrDefault(effect.ActivityType)?.MaxAttempts ?? effect.MaxAttempts;

    private string Exhausted(ClaimedEffect effect, string? reason) =>
        $"L'étape « {effect.ActivityName} » a échoué {MaxAttempts(effect)} fois. Dernière raison : {reason ?? "le poste qui l'exécutait s'est arrêté"}";

    /// <summary>Extends leases at a third of their length; stops what another worker took over.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Lease / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await BeatOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task BeatOnceAsync(CancellationToken cancellationToken)
    {
        var mine = running.Values.ToList();
        if (mine.Count == 0)
        {
            return;
        }

        try
        {
            var held = await store.ExtendAsync([.. mine.Select(r => r.Effect)], options.Lease, cancellationToken);
            foreach (var lost in mine.Where(r => !held.Contains(r.Effect.Id)))
            {
                await lost.Stop.CancelAsync();
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            options.Log?.Invoke("The heartbeat failed; leases may run out.", exception);
        }
    }

    /// <summary>Shutdown: what ends in time is recorded, the rest is given back unspent.</summary>
    private async Task LetGoAsync()
    {
        await Task.WhenAny(IdleAsync(), Task.Delay(options.DrainFor));
        var left = running.Values.Where(r => !r.Answered).ToList();
        foreach (var run in left)
        {
            await run.Stop.CancelAsync();
        }

        if (left.Count > 0)
        {
            await store.ReleaseAsync([.. left.Select(r => r.Effect)], CancellationToken.None);
        }

        await Task.WhenAny(Task.WhenAll(running.Values.Where(r => r.Answered).Select(r => r.Task)), Task.Delay(options.DrainFor));
    }
}
