using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Execution;

// What wakes an instance. A message that comes too late (its bookmark is gone, its execution is over, the instance has ended) is journalled and ignored.
internal sealed partial class Run
{
    private const string StuckCode = "stuck";

    private static readonly JsonSerializerOptions EffectOptions = JsonReaders.Options;

    internal async Task<BurstResult> RunAsync(IReadOnlyList<InstanceMessage> messages)
    {
        foreach (var message in messages)
        {
            // What arrives is taken note of, but its consequences wait in the queue until the incident is dealt with.
            var isOperator = message.Kind is MessageKind.RetryIncident or MessageKind.SkipIncident;
            _isHeld = StandsStill && !isOperator && message.Kind is not (MessageKind.Start or MessageKind.Continue);
            _actor = message.Actor;
            await ApplyAsync(message);
            _isHeld |= isOperator && StandsStill;
            await DrainAsync();
        }

        _actor = null;
        await DrainAsync();
        Settle();
        SaveState();
        return Result;
    }

    private bool StandsStill => _definition.HaltsWhenFaulted && _incidents.Exists(i => i.Code != StuckCode);

    private Task ApplyAsync(InstanceMessage message)
    {
        if (Instance.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled)
        {
            Late(message, "l'instance est terminée");
            return Task.CompletedTask;
        }

        switch (message.Kind)
        {
            case MessageKind.Start:
                Start(message);
                return Task.CompletedTask;
            case MessageKind.Resume or MessageKind.Timeout:
                return ResumeAsync(message);
            case MessageKind.Effect:
                RecordEffect(message);
                return Task.CompletedTask;
            case MessageKind.Child:
                EndChild(message);
                return Task.CompletedTask;
            case MessageKind.Continue:
                return Task.CompletedTask;
            case MessageKind.RetryIncident:
                return RetryAsync(message);
            case MessageKind.SkipIncident:
                Skip(message);
                return Task.CompletedTask;
            case MessageKind.SetVariables:
                SetVariables(message);
                return Task.CompletedTask;
            case MessageKind.Cancel:
                CancelInstance(message);
                return Task.CompletedTask;
            default:
                throw new InvalidOperationException($"Unknown message kind {message.Kind}.");
        }
    }

    private void Start(InstanceMessage message)
    {
        if (_root is not null)
        {
            Late(message, "l'instance a déjà démarré");
            return;
        }

        TriggerActivityId = LenientJson.ToText((message.Payload as JsonObject)?["triggerActivityId"]);
        _triggerPayload = (message.Payload as JsonObject)?["payload"]?.DeepClone();
        _root = new Exec(_definition.Root, null, ++_numbers);
        _root.Id = InstanceIds.Derive(Instance.Id, _root.Number);
        DeclareVariables(_root);
        if (Instance.ParentInstanceId is { } parent)
        {
            // Elsa's properties of a child.
            Instance.Properties["ParentInstanceId"] = parent.ToString("D");
            if (Instance.ParentExecutionId is not null)
            {
                Instance.Properties["WaitForCompletion"] = true;
            }
        }

        _root.Node.Behavior.Execute(this, _root);
    }

    private async Task ResumeAsync(InstanceMessage message)
    {
        var exec = Find(e => e.Bookmarks?.Exists(b => b.Id == message.BookmarkId) == true);
        if (exec is null || exec.Status != ExecStatus.Running)
        {
            Late(message, "ce qui était attendu ne l'est plus");
            return;
        }

        var bookmark = exec.Bookmarks!.Find(b => b.Id == message.BookmarkId)!;
        exec.Bookmarks.Remove(bookmark);
        Result.RemovedBookmarks.Add(bookmark.Id);
        await SignalAsync(exec, new Signal(message.Payload?.DeepClone(), message.Kind == MessageKind.Timeout, message.Actor));
    }

    private async Task SignalAsync(Exec exec, Signal signal)
    {
        Log(JournalEvent.Resumed, exec, signal.IsTimeout ? "Timeout" : null);
        try
        {
            if (exec.Node.Behavior.IsAsync)
            {
                await exec.Node.Behavior.ResumeAsync(this, exec, signal);
            }
            else
            {
                exec.Node.Behavior.Resume(this, exec, signal);
            }
        }
        catch (Exception exception) when (IsIncident(exception))
        {
            Fault(exec, exception, signal);
        }
    }

    private void RecordEffect(InstanceMessage message)
    {
        var exec = FindExecution(message.ActivityExecutionId);
        if (exec is not { HasEffect: true, Status: ExecStatus.Running } || exec.Node.Behavior is not HostNode host)
        {
            Late(message, "le résultat de l'action n'est plus attendu");
            return;
        }

        exec.HasEffect = false;
        Log(JournalEvent.Resumed, exec);
        try
        {
            var result = message.Payload.Deserialize<EffectResult>(EffectOptions) ?? throw new FaultException("effect-failed", "Le résultat de l'action est vide.");
            host.Recorded(this, exec, result);
        }
        catch (Exception exception) when (IsIncident(exception))
        {
            Fault(exec, exception);
        }
    }

    private void EndChild(InstanceMessage message)
    {
        var exec = FindExecution(message.ActivityExecutionId);
        var result = message.Payload as JsonObject ?? [];
        var child = Guid.TryParse(LenientJson.ToText(result["childId"]), out var id) ? id : Guid.Empty;
        if (exec is not { Status: ExecStatus.Running } || exec.Instances?.Remove(child) != true)
        {
            Late(message, "la fin de ce workflow enfant n'est plus attendue");
            return;
        }

        Log(JournalEvent.Resumed, exec);
        if (exec.Instances.Count == 0)
        {
            ReleaseBookmarks(exec);
        }

        try
        {
            exec.Node.Behavior.InstanceEnded(this, exec, result);
        }
        catch (Exception exception) when (IsIncident(exception))
        {
            Fault(exec, exception);
        }
    }

    private async Task RetryAsync(InstanceMessage message)
    {
        var incident = _incidents.Find(i => i.Exec.Id == message.ActivityExecutionId);
        if (incident is null)
        {
            Late(message, "il n'y a plus d'incident à cet endroit");
            return;
        }

        var exec = incident.Exec;
        Recover(incident);
        Log(JournalEvent.Retried, exec);
        if (_isHalted && exec == _root)
        {
            _isHalted = false;
            _continuations = 0;
            return;
        }

        if (incident.Code == StuckCode)
        {
            // Nothing to run again; the instance is looked at anew when the burst ends.
            return;
        }

        var changed = (message.Payload as JsonObject)?["input"] as JsonObject;
        if (changed is not null)
        {
            exec.Generation++;
        }

        exec.Attempts = 0;
        if (incident.WasResuming && changed is null)
        {
            await SignalAsync(exec, new Signal(incident.Signal, incident.IsTimeout, incident.Actor));
            return;
        }

        try
        {
            exec.A = exec.B = 0;
            exec.HasA = exec.IsBreaking = false;

            // It begins anew: what the failed attempt still had under way must not run beside it.
            CancelChildren(exec);
            Unschedule(exec);
            Begin(exec);
            if (changed is not null)
            {
                OverrideInputs(exec, changed);
            }

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

    private void Skip(InstanceMessage message)
    {
        var incident = _incidents.Find(i => i.Exec.Id == message.ActivityExecutionId);
        if (incident is null || incident.Exec == _root && _isHalted)
        {
            Late(message, "il n'y a pas d'incident que l'on puisse passer à cet endroit");
            return;
        }

        Recover(incident);
        var payload = message.Payload as JsonObject;
        SetOutputs(incident.Exec, payload?["output"] as JsonObject);
        Complete(incident.Exec, LenientJson.ToText(payload?["outcome"]) is { Length: > 0 } outcome ? [outcome] : null);
    }

    private void SetVariables(InstanceMessage message)
    {
        foreach (var (name, value) in message.Payload as JsonObject ?? [])
        {
            var owner = _root is null ? null : Find(e => Array.Exists(e.Node.Variables, v => v.Name == name || v.Id == name));
            if (owner is null)
            {
                Late(message, $"la variable « {name} » n'existe pas");
                continue;
            }

            var slot = Array.FindIndex(owner.Node.Variables, v => v.Name == name || v.Id == name);
            owner.Variables![slot] = LenientJson.Coerce(value?.DeepClone(), owner.Node.Variables[slot].TypeName);
        }
    }

    private void CancelInstance(InstanceMessage message)
    {
        var reason = LenientJson.ToText((message.Payload as JsonObject)?["reason"]);
        if (_root is not null)
        {
            CancelChildren(_root);
        }

        Note(JournalEvent.Canceled, "Cancelled", reason, null);
        EndInstance(InstanceSubStatus.Cancelled);
    }

    private void Recover(Incident incident)
    {
        _incidents.Remove(incident);
        var exec = incident.Exec;
        exec.Status = ExecStatus.Running;
        if (exec.Parent is { } parent)
        {
            parent.FaultedChildren--;
            parent.RunningChildren++;
        }

        for (var ancestor = exec; ancestor is not null; ancestor = ancestor.Parent)
        {
            ancestor.AggregateFaults--;
        }
    }

    private void Late(InstanceMessage message, string why) =>
        Note(JournalEvent.Resumed, "Late", $"Message « {message.Kind} » reçu trop tard : {why}.", message.Payload?.DeepClone());

    /// <summary>A line about the instance itself.</summary>
    private void Note(JournalEvent what, string outcome, string? message, JsonNode? data) =>
        Result.Journal.Add(new JournalEntry(++_sequence, Now, what, InstanceIds.Derive(Instance.Id, 1), null, _definition.Root.Id, _definition.Root.Type, _definition.Root.Title)
        {
            Outcome = outcome,
            Message = message,
            Data = data,
            Actor = _actor,
        });

    /// <summary>The status after the burst.</summary>
    private void Settle()
    {
        Instance.UpdatedAt = Now;
        if (Instance.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled)
        {
            Instance.IncidentCount = 0;
            return;
        }

        if (_queue.Count > 0 && !_isHalted && !_isHeld)
        {
            if (++_continuations >= Options.MaxContinuations)
            {
                Halt();
            }
            else
            {
                Result.MustContinue = true;
            }
        }
        else if (!_isHalted)
        {
            _continuations = 0;
        }

        if (!Result.MustContinue && !_isHalted && _root is not null && _incidents.Count == 0 && !Awaits(_root))
        {
            Stuck();
        }

        var isFaulted = _incidents.Count > 0 && !_definition.ContinuesWithIncidents && !_incidents.TrueForAll(i => i.Code == StuckCode);
        Instance.IncidentCount = _incidents.Count;
        Instance.SubStatus = isFaulted ? InstanceSubStatus.Faulted : Result.MustContinue ? InstanceSubStatus.Executing : _root is null ? Instance.SubStatus : InstanceSubStatus.Suspended;
        Instance.Status = isFaulted && !Result.MustContinue ? InstanceStatus.Finished : InstanceStatus.Running;
        Instance.FinishedAt = Instance.Status == InstanceStatus.Finished ? Instance.FinishedAt ?? Now : null;
    }

    private void Halt()
    {
        _isHalted = true;
        Park(_root!, "runaway", $"L'instance a enchaîné {Options.MaxContinuations} salves sans jamais attendre : elle boucle sans doute. Reprendre l'incident la laisse continuer.");
    }

    /// <summary>Nothing is under way, awaited or due, yet the end has not been reached: a merge waits for a path that was not taken.</summary>
    private void Stuck()
    {
        var exec = _root!;
        while (exec.FirstChild is { } child)
        {
            exec = child;
        }

        Park(exec, StuckCode, $"« {exec.Node.Title} » attend un chemin qui n'a pas été pris : plus rien ne peut faire avancer l'instance.");
    }

    private void Park(Exec exec, string code, string message)
    {
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

        _incidents.Add(new Incident(exec, code, message, Now));
        Note(JournalEvent.Faulted, code, message, null);
    }

    private static bool Awaits(Exec exec)
    {
        if (exec.Bookmarks is { Count: > 0 } || exec.HasEffect || exec.Instances is { Count: > 0 } || exec.Status == ExecStatus.Faulted)
        {
            return true;
        }

        for (var child = exec.FirstChild; child is not null; child = child.Next)
        {
            if (Awaits(child))
            {
                return true;
            }
        }

        return false;
    }

    private Exec? FindExecution(Guid? id) => id is null ? null : Find(e => e.Id == id);

    private Exec? Find(Predicate<Exec> test) => _root is null ? null : Find(_root, test);

    private static Exec? Find(Exec exec, Predicate<Exec> test)
    {
        if (test(exec))
        {
            return exec;
        }

        for (var child = exec.FirstChild; child is not null; child = child.Next)
        {
            if (Find(child, test) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
