using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace MonOPCO.Engine.Execution;

/// <summary>
/// One burst of one instance. Work is a queue, first in first out, as in Elsa: the order of parallel branches is part of what definitions rely on.
/// Other parts: Run.Messages.cs (what wakes it), Run.State.cs (what is kept between bursts), Run.Values.cs (inputs, variables, outputs).
/// </summary>
internal sealed partial class Run
{
    private const int TimeCheckMask = 63;

    private readonly CompiledDefinition _definition;
    private readonly Queue<WorkItem> _queue = new();
    private readonly List<Incident> _incidents = [];
    private readonly RunContext _context;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly JournalLevel _journal;
    private Exec? _root;
    private int _steps;
    private long _numbers;
    private long _sequence;
    private int _continuations;
    private bool _isHalted;
    private bool _mayHaveTakenLong;
    private bool _isHeld;
    private string? _actor;
    private JsonNode? _triggerPayload;
    private JsonNode? _lastResult;

    internal Run(CompiledDefinition definition, WorkflowInstance instance, IBurstScope scope, DateTimeOffset now, InterpreterOptions options, CancellationToken cancellationToken)
    {
        _definition = definition;
        _context = new RunContext(this);
        _journal = options.Journal;
        Instance = instance;
        Scope = scope;
        Now = now;
        Options = options;
        CancellationToken = cancellationToken;
        Result = new BurstResult { Instance = instance };
        LoadState();
    }

    internal WorkflowInstance Instance { get; }

    internal IBurstScope Scope { get; }

    internal DateTimeOffset Now { get; }

    internal InterpreterOptions Options { get; }

    internal CancellationToken CancellationToken { get; }

    internal BurstResult Result { get; }

    internal CompiledDefinition Definition => _definition;

    internal JsonNode? LastResult => _lastResult;

    internal Exec? Root => _root;

    /// <summary>The node that started the instance, until it has run.</summary>
    internal string? TriggerActivityId { get; private set; }

    /// <summary>A script or an activity of the Host has run: the clock is looked at before the next step. What is built in is too quick for that.</summary>
    internal void MayHaveTakenLong() => _mayHaveTakenLong = true;

    internal Guid NewId() => InstanceIds.Derive(Instance.Id, ++_numbers);

    /// <summary>An exception that belongs to the node; the others (cancellation, failures of the transaction) pass through.</summary>
    internal bool IsIncident(Exception exception) =>
        !(exception is OperationCanceledException && CancellationToken.IsCancellationRequested) && !Scope.MustRestartBurst(exception);

    internal void Schedule(Node node, Exec owner, LoopVariables? loop = null, bool isBackward = false)
    {
        owner.Scheduled++;
        _queue.Enqueue(new WorkItem(node, owner, loop, isBackward, null));
    }

    private void Unschedule(Exec owner)
    {
        if (owner.Scheduled > 0)
        {
            var kept = _queue.Where(item => item.Owner != owner).ToList();
            _queue.Clear();
            kept.ForEach(_queue.Enqueue);
            owner.Scheduled = 0;
        }
    }

    internal void ScheduleOrComplete(Node? node, Exec exec)
    {
        if (node is null)
        {
            Complete(exec);
        }
        else
        {
            Schedule(node, exec);
        }
    }

    internal bool IsScheduled(Exec owner, Node node)
    {
        foreach (var item in _queue)
        {
            if (item.Owner == owner && item.Node == node)
            {
                return true;
            }
        }

        return false;
    }

    internal bool TakeTrigger(Exec exec, out JsonNode? payload)
    {
        payload = null;
        if (TriggerActivityId is null || exec.Node.Id != TriggerActivityId)
        {
            return false;
        }

        TriggerActivityId = null;
        payload = _triggerPayload;
        _triggerPayload = null;
        return true;
    }

    internal void Complete(Exec exec, string[]? outcomes = null)
    {
        if (exec.Status != ExecStatus.Running || exec.IsEnding)
        {
            return;
        }

        outcomes ??= NodeBehavior.DoneOutcome;
        CancelChildren(exec);
        if (exec.Results is not null && exec.Parent is not null)
        {
            SetOutputs(exec, exec.Results);
        }

        exec.Status = ExecStatus.Completed;
        if (_journal >= JournalLevel.Events && exec.Parent is not null)
        {
            Log(JournalEvent.Completed, exec, outcomes.Length == 1 ? outcomes[0] : string.Join(", ", outcomes), null, CompletedData(exec));
        }

        Release(exec);
        var parent = exec.Parent;
        if (parent is null)
        {
            EndInstance(InstanceSubStatus.Finished);
            Result.Outcomes = outcomes;
            return;
        }

        PublishOutputs(exec);
        parent.Remove(exec);
        parent.RunningChildren--;
        if (parent.Status == ExecStatus.Running && !parent.IsEnding)
        {
            try
            {
                parent.Node.Behavior.ChildCompleted(this, parent, exec, outcomes);
            }
            catch (Exception exception) when (IsIncident(exception))
            {
                Fault(parent, exception);
            }
        }
    }

    /// <summary>Ends the definition that contains the execution, with outcomes.</summary>
    internal void CompleteComposite(Exec exec, string[] outcomes)
    {
        var composite = exec.Parent;
        while (composite is not null && !composite.Node.Behavior.IsComposite)
        {
            composite = composite.Parent;
        }

        // The composite must see the end of what it contains, not act upon it.
        composite!.IsEnding = true;
        Complete(exec);
        composite.IsEnding = false;
        Complete(composite, outcomes);
    }

    /// <summary>The workflow is over here and now: whatever else is under way is given up.</summary>
    internal void FinishNow(Exec exec)
    {
        for (var ancestor = exec.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            ancestor.IsEnding = true;
        }

        Complete(exec);
        CancelChildren(_root!);
        _root!.IsEnding = false;
        Complete(_root);
    }

    /// <summary>Gives an execution up with everything below; its container is told.</summary>
    internal void Cancel(Exec exec)
    {
        if (exec.Status is ExecStatus.Completed or ExecStatus.Canceled)
        {
            return;
        }

        var wasFaulted = exec.Status == ExecStatus.Faulted;
        CancelChildren(exec);
        exec.Status = ExecStatus.Canceled;
        Log(JournalEvent.Canceled, exec);
        Release(exec);
        if (wasFaulted)
        {
            _incidents.RemoveAll(i => i.Exec == exec);
        }

        var parent = exec.Parent;
        if (parent is null)
        {
            return;
        }

        parent.Remove(exec);
        if (wasFaulted)
        {
            parent.FaultedChildren--;
        }
        else
        {
            parent.RunningChildren--;
        }

        if (parent.Status == ExecStatus.Running && !parent.IsEnding)
        {
            parent.Node.Behavior.ChildCanceled(this, parent, exec);
        }
    }

    internal void Wait(Exec exec, string kind, string key, DateTimeOffset? until, JsonNode? payload)
    {
        var number = ++_numbers;
        var bookmark = new PendingBookmark(number, InstanceIds.Derive(Instance.Id, number), kind, key, until);
        (exec.Bookmarks ??= []).Add(bookmark);
        Result.NewBookmarks.Add(new Bookmark(bookmark.Id, Instance.Id, exec.Id, exec.Node.Id, exec.Node.Type, kind, key, Now) { Until = until, Payload = payload?.DeepClone() });
        Log(JournalEvent.Suspended, exec);
    }

    internal async ValueTask<string> RequireDefinitionAsync(string? definitionId)
    {
        if (string.IsNullOrEmpty(definitionId))
        {
            throw new FaultException("definition-id", "Le workflow à démarrer n'est pas indiqué.");
        }

        if (Options.ChildExists is { } exists && !await exists(Scope, definitionId))
        {
            throw new FaultException("child-not-started", $"Aucune version publiée du workflow « {definitionId} » n'existe.");
        }

        return definitionId;
    }

    internal Guid StartInstance(Exec exec, string definitionId, JsonObject input, string? correlationId, bool waits)
    {
        var id = NewId();
        if (waits)
        {
            (exec.Instances ??= []).Add(id);
        }

        Result.Children.Add(new ChildStart(id, definitionId, null, input, string.IsNullOrEmpty(correlationId) ? null : correlationId, Instance.Id, waits ? exec.Id : null));
        return id;
    }

    internal ActivityContext Context(Exec exec) => new()
    {
        InstanceId = Instance.Id,
        DefinitionId = Instance.DefinitionId,
        CorrelationId = Instance.CorrelationId,
        ActivityExecutionId = exec.Id,
        ActivityId = exec.Node.Id,
        ActivityName = exec.Node.Title,
        Now = Now,
        IdempotencyKey = exec.Generation == 1 ? $"{Instance.Id:N}-{exec.Id:N}" : $"{Instance.Id:N}-{exec.Id:N}-{exec.Generation}",
        Attempt = exec.Attempts + 1,
        CancellationToken = CancellationToken,
    };

    internal void Log(JournalEvent what, Exec exec, string? outcome = null, string? message = null, JsonNode? data = null)
    {
        if (_journal == JournalLevel.Exceptions && (what is JournalEvent.Started or JournalEvent.Completed or JournalEvent.Suspended or JournalEvent.Resumed))
        {
            return;
        }

        if (exec.Parent is null)
        {
            // The workflow itself has no line of its own.
            return;
        }

        var parent = exec.Parent.Parent is null ? (Guid?)null : exec.Parent.Id;
        Result.Journal.Add(new JournalEntry(++_sequence, Now, what, exec.Id, parent, exec.Node.Id, exec.Node.Type, exec.Node.Title)
        {
            Outcome = outcome,
            Message = message,
            Data = data,
            Actor = what is JournalEvent.Resumed or JournalEvent.Canceled or JournalEvent.Retried ? _actor : null,
        });
    }

    private async Task DrainAsync()
    {
        while (_queue.Count > 0 && !_isHalted && !_isHeld)
        {
            var looks = _mayHaveTakenLong || (_steps & TimeCheckMask) == TimeCheckMask;
            if (_steps >= Options.MaxSteps || (looks && Stopwatch.GetElapsedTime(_started) >= Options.MaxDuration))
            {
                return;
            }

            CancellationToken.ThrowIfCancellationRequested();
            var item = _queue.Dequeue();
            item.Owner.Scheduled--;
            if (item.Owner.Status != ExecStatus.Running)
            {
                continue;
            }

            _steps++;
            _mayHaveTakenLong = item.Node.Behavior.IsAsync;
            var exec = item.Existing ?? NewExec(item);
            try
            {
                Begin(exec);
                if (exec.Node.Behavior.IsAsync)
                {
                    await exec.Node.Behavior.ExecuteAsync(this, exec);
                }
                else
                {
                    exec.Node.Behavior.Execute(this, exec);
                }
            }
            catch (Exception exception) when (IsIncident(exception))
            {
                Fault(exec, exception);
            }
        }
    }

    private Exec NewExec(in WorkItem item)
    {
        var exec = new Exec(item.Node, item.Owner, ++_numbers) { Loop = item.Loop, IsBackward = item.IsBackward };
        exec.Id = InstanceIds.Derive(Instance.Id, exec.Number);
        item.Owner.Add(exec);
        item.Owner.RunningChildren++;
        return exec;
    }

    private void Begin(Exec exec)
    {
        var node = exec.Node;
        if (node.Variables.Length > 0)
        {
            DeclareVariables(exec);
        }

        if (node.HasInputs)
        {
            try
            {
                EvaluateInputs(exec);
            }
            finally
            {
                if (_journal >= JournalLevel.Events)
                {
                    Log(JournalEvent.Started, exec, null, null, StartedData(exec));
                }
            }
        }
        else if (_journal >= JournalLevel.Events)
        {
            Log(JournalEvent.Started, exec);
        }
    }

    private void Fault(Exec exec, Exception exception, Signal? signal = null)
    {
        if (exec.Status is ExecStatus.Completed or ExecStatus.Canceled or ExecStatus.Faulted)
        {
            return;
        }

        var code = exception switch
        {
            FaultException fault => fault.Code,
            InputBindingException => "input",
            _ => exception.GetType().Name,
        };
        exec.Status = ExecStatus.Faulted;
        if (exec.Parent is { } parent)
        {
            parent.RunningChildren--;
            parent.FaultedChildren++;
        }

        for (var ancestor = exec; ancestor is not null; ancestor = ancestor.Parent)
        {
            ancestor.AggregateFaults++;
        }

        // What was half written by the failed attempt must not stay behind.
        ReleaseBookmarks(exec);
        _incidents.Add(new Incident(exec, code, exception.Message, Now)
        {
            WasResuming = signal is not null,
            Signal = signal?.Payload?.DeepClone(),
            IsTimeout = signal?.IsTimeout ?? false,
            Actor = signal?.Actor,
        });
        Log(JournalEvent.Faulted, exec, code, exception.Message);
    }

    private void CancelChildren(Exec exec)
    {
        if (exec.FirstChild is null)
        {
            return;
        }

        var wasEnding = exec.IsEnding;
        exec.IsEnding = true;
        while (exec.FirstChild is { } child)
        {
            Cancel(child);
        }

        exec.IsEnding = wasEnding;
    }

    /// <summary>Nothing outside may come back to it any more.</summary>
    private void Release(Exec exec)
    {
        ReleaseBookmarks(exec);
        if (exec.HasEffect)
        {
            exec.HasEffect = false;
            if (Result.NewEffects.RemoveAll(e => e.ActivityExecutionId == exec.Id) == 0)
            {
                Result.CancelledEffects.Add(exec.Id);
            }
        }

        if (exec.Instances is { Count: > 0 } instances)
        {
            foreach (var instance in instances)
            {
                if (Result.Children.RemoveAll(c => c.InstanceId == instance) == 0)
                {
                    Result.CancelledChildren.Add(instance);
                }
            }

            exec.Instances = null;
        }
    }

    private void ReleaseBookmarks(Exec exec)
    {
        if (exec.Bookmarks is null)
        {
            return;
        }

        foreach (var bookmark in exec.Bookmarks)
        {
            if (Result.NewBookmarks.RemoveAll(b => b.Id == bookmark.Id) == 0)
            {
                Result.RemovedBookmarks.Add(bookmark.Id);
            }
        }

        exec.Bookmarks = null;
    }

    private void EndInstance(InstanceSubStatus subStatus)
    {
        _queue.Clear();
        _incidents.Clear();
        Instance.Status = InstanceStatus.Finished;
        Instance.SubStatus = subStatus;
        Instance.FinishedAt = Now;
    }
}
