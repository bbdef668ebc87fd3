using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>Delay, StartAt, Timer, Cron inside a running instance: waits for a moment. As the trigger that started the instance it is over at once.</summary>
internal sealed class MomentNode(Func<Run, JsonNode?, DateTimeOffset> moment) : NodeBehavior
{
    internal static DateTimeOffset After(Run run, JsonNode? span) =>
        run.Now + (LenientJson.ToTimeSpan(span) ?? (span is null ? TimeSpan.FromMinutes(1) : throw new FaultException("time-span", $"« {LenientJson.ToText(span)} » n'est pas une durée (exemples : 00:05:00, P3D).")));

    internal static DateTimeOffset At(Run run, JsonNode? moment) =>
        LenientJson.ToDateTimeOffset(moment) ?? throw new FaultException("date-time", $"« {LenientJson.ToText(moment)} » n'est pas une date et heure.");

    internal static DateTimeOffset Next(Run run, JsonNode? cron)
    {
        try
        {
            return CronSchedule.Parse(LenientJson.ToText(cron) ?? "").Next(run.Now, run.Options.TimeZone)
                ?? throw new FaultException("cron", $"L'expression cron « {LenientJson.ToText(cron)} » n'a plus d'échéance.");
        }
        catch (FormatException exception)
        {
            throw new FaultException("cron", exception.Message);
        }
    }

    internal override void Execute(Run run, Exec exec)
    {
        if (run.TakeTrigger(exec, out _))
        {
            run.Complete(exec);
            return;
        }

        var until = moment(run, exec.Input(0));
        if (until <= run.Now)
        {
            run.Complete(exec);
        }
        else
        {
            run.Wait(exec, "timer", exec.Id.ToString("D"), until, null);
        }
    }

    internal override void Resume(Run run, Exec exec, Signal signal) => run.Complete(exec);
}

/// <summary>Waits for a named event; its payload is the result.</summary>
internal sealed class EventNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        if (run.TakeTrigger(exec, out var payload))
        {
            Resume(run, exec, new Signal(payload));
            return;
        }

        var name = LenientJson.ToText(exec.Input(0)) is { Length: > 0 } given ? given : throw new FaultException("event-name", "Le nom de l'événement attendu n'est pas indiqué.");
        run.Wait(exec, "event", name, null, null);
    }

    internal override void Resume(Run run, Exec exec, Signal signal)
    {
        run.SetOutput(exec, "Result", signal.Payload);
        run.Complete(exec);
    }
}

internal sealed class PublishEventNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        var name = LenientJson.ToText(exec.Input(0)) is { Length: > 0 } given ? given : throw new FaultException("event-name", "Le nom de l'événement à publier n'est pas indiqué.");
        var correlation = LenientJson.ToText(exec.Input(1));
        var isLocal = LenientJson.ToBoolean(exec.Input(2));
        run.Result.Stimuli.Add(new PublishedStimulus(run.NewId(), "event", name, string.IsNullOrEmpty(correlation) ? null : correlation, isLocal ? run.Instance.Id : null, exec.Input(3)?.DeepClone()));
        run.Complete(exec);
    }
}

/// <summary>Asks for a task by name and waits until it is reported done.</summary>
internal sealed class RunTaskNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        var name = LenientJson.ToText(exec.Input(0)) is { Length: > 0 } given ? given : throw new FaultException("task-name", "Le nom de la tâche demandée n'est pas indiqué.");
        var taskId = run.NewId().ToString("D");
        run.SetOutput(exec, "TaskId", JsonValue.Create(taskId));
        run.Wait(exec, "task", taskId, null, new JsonObject { ["taskId"] = taskId, ["taskName"] = name, ["payload"] = exec.Input(1)?.DeepClone() });
    }

    internal override void Resume(Run run, Exec exec, Signal signal)
    {
        run.SetOutput(exec, "Result", signal.Payload);
        run.Complete(exec);
    }
}
