using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>An activity of the Host: in-database ones run here behind a savepoint, effects are scheduled with their inputs frozen.</summary>
internal class HostNode(ActivityDescriptor descriptor) : NodeBehavior
{
    private readonly string[] _outcomes = descriptor.Ports.Count == 0 ? DoneOutcome : [.. descriptor.Ports.Select(p => p.Name)];

    // An input whose editor is dynamic-outcomes names further outcomes of this node, as for Fork (a human task's buttons).
    private readonly int _named = descriptor.Inputs.ToList().FindIndex(input => input.UiHint == "dynamic-outcomes");

    internal override bool IsAsync => true;

    internal override bool KeepsInputs => true;

    internal override IEnumerable<string>? PossibleOutcomes(Definitions.Node node) => _named < 0 ? _outcomes : node.Inputs[_named] switch
    {
        null => _outcomes,
        { IsConstant: true } names => Names(names.Constant),
        _ => null,
    };

    internal override Task ExecuteAsync(Run run, Exec exec)
    {
        if (descriptor.IsTrigger && run.TakeTrigger(exec, out var started))
        {
            return CallAsync(run, exec, new Signal(started));
        }

        if (descriptor.Kind == ActivityKind.Effect)
        {
            Schedule(run, exec);
            return Task.CompletedTask;
        }

        return CallAsync(run, exec, null);
    }

    internal override Task ResumeAsync(Run run, Exec exec, Signal signal) =>
        CallAsync(run, exec, signal.IsTimeout && exec.Attempts > 0 ? (Signal?)exec.State : signal);

    // While it waits to be tried again: the signal it could not yet act upon.
    internal override JsonNode? Save(Exec exec) => exec.State is Signal signal ? new JsonObject { ["p"] = signal.Payload?.DeepClone(), ["t"] = signal.IsTimeout, ["a"] = signal.Actor } : null;

    internal override void Load(Exec exec, JsonNode saved) => exec.State = new Signal(saved["p"]?.DeepClone(), (bool)saved["t"]!, (string?)saved["a"]);

    /// <summary>The recorded result of the effect has arrived.</summary>
    internal virtual void Recorded(Run run, Exec exec, EffectResult result)
    {
        switch (result.Form)
        {
            case "done":
                run.SetOutputs(exec, result.Output as JsonObject);
                run.Complete(exec, Outcome(exec, result.Outcome ?? "Done"));
                break;
            case "wait":
                run.Wait(exec, result.WaitKind ?? "", result.WaitKey ?? "", result.WaitUntil, result.WaitPayload);
                break;
            default:
                throw new FaultException(result.Code ?? "effect-failed", result.Message ?? "L'action a échoué sans donner de raison.");
        }
    }

    private static void Schedule(Run run, Exec exec)
    {
        var descriptor = exec.Node.Descriptor!;
        var input = Run.InputsAsJson(exec);

        // Refuse now what the worker could only refuse later.
        descriptor.Code!.Binder.Bind(exec.Inputs ?? new JsonNode?[descriptor.Inputs.Count]);
        exec.HasEffect = true;
        run.Result.NewEffects.Add(new ScheduledEffect(exec.Id, run.Instance.Id, exec.Node.Id, exec.Node.Title, descriptor.Type, descriptor.Version, input, descriptor.Queue, descriptor.MaxAttempts) { Generation = exec.Generation });
        run.Log(JournalEvent.Suspended, exec);
    }

    private async Task CallAsync(Run run, Exec exec, Signal? signal)
    {
        var code = descriptor.Code!;
        var input = code.Binder.Bind(exec.Inputs ?? new JsonNode?[descriptor.Inputs.Count]);
        await run.Scope.SaveAsync(run.CancellationToken);
        UntypedResult result;
        try
        {
            var activity = code.Create(run.Scope.Services);
            var context = run.Context(exec);
            result = signal is null ? await activity.ExecuteUntypedAsync(input, context) : await activity.ResumeUntypedAsync(input, signal, context);
        }
        catch (Exception exception) when (run.IsIncident(exception))
        {
            await run.Scope.RollBackAsync(run.CancellationToken);
            throw;
        }

        exec.State = result is UntypedResult.RetryLater ? signal : null;
        switch (result)
        {
            case UntypedResult.Done done:
                exec.Attempts = 0;
                if (descriptor.Outputs.Count > 0)
                {
                    run.SetOutputs(exec, ActivityCode.WriteOutput(done.Output));
                }

                run.Complete(exec, Outcome(exec, done.Outcome));
                break;
            case UntypedResult.Wait wait:
                exec.Attempts = 0;
                run.Wait(exec, wait.Kind, wait.Key, wait.Until, wait.Payload);
                break;
            case UntypedResult.RetryLater retry:
                await run.Scope.RollBackAsync(run.CancellationToken);
                if (++exec.Attempts >= descriptor.MaxAttempts)
                {
                    throw new FaultException("retries", $"{exec.Attempts} tentatives sans succès. Dernière raison : {retry.Reason}");
                }

                run.Wait(exec, "retry", exec.Id.ToString("D"), run.Now + retry.After, JsonValue.Create(retry.Reason));
                break;
            case UntypedResult.Failed failed:
                await run.Scope.RollBackAsync(run.CancellationToken);
                throw new FaultException(failed.Code, failed.Message);
        }
    }

    private IEnumerable<string> Names(JsonNode? named) => LenientJson.ToItems(named).Select(item => LenientJson.ToText(item) ?? "").Concat(descriptor.Ports.Select(port => port.Name));

    private string[] Outcome(Exec exec, string name)
    {
        foreach (var known in _named < 0 || exec.Input(_named) is not { } named ? _outcomes : Names(named))
        {
            if (known == name)
            {
                return name == "Done" ? DoneOutcome : [known];
            }
        }

        throw new FaultException("outcome", $"L'activité a répondu par l'issue « {name} », qu'elle ne déclare pas.");
    }
}
