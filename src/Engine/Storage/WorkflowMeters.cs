using System.Diagnostics;
using System.Diagnostics.Metrics;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>What an operator watches, as .NET meters and activities; the Host sends them by OpenTelemetry when it is told where.</summary>
public static class WorkflowMeters
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "MonOPCO.Workflows";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> StartedCount = Meter.CreateCounter<long>("monopco.workflow.instances.started", "{instance}");
    private static readonly Counter<long> FinishedCount = Meter.CreateCounter<long>("monopco.workflow.instances.finished", "{instance}");
    private static readonly Counter<long> FaultedCount = Meter.CreateCounter<long>("monopco.workflow.instances.faulted", "{instance}", "Instances that met an incident in a burst.");
    private static readonly Histogram<double> BurstTime = Meter.CreateHistogram<double>("monopco.workflow.burst.duration", "s", "One burst with its transaction.");
    private static readonly Counter<long> ExpiredCount = Meter.CreateCounter<long>("monopco.workflow.leases.expired", "{lease}", "Effects taken over because their worker gave no sign of life.");
    private static Backlog backlog = new(0, TimeSpan.Zero, 0, TimeSpan.Zero);

    static WorkflowMeters()
    {
        Meter.CreateObservableGauge("monopco.workflow.work.due", () => Volatile.Read(ref backlog).DueWork, "{row}", "Effects and timers that are due and not under way.");
        Meter.CreateObservableGauge("monopco.workflow.work.age", () => Volatile.Read(ref backlog).OldestWork.TotalSeconds, "s", "For how long the oldest has been due.");
        Meter.CreateObservableGauge("monopco.workflow.mailbox.depth", () => Volatile.Read(ref backlog).Messages, "{message}", "Messages that nobody has drained.");
        Meter.CreateObservableGauge("monopco.workflow.mailbox.age", () => Volatile.Read(ref backlog).OldestMessage.TotalSeconds, "s", "Age of the oldest.");
    }

    internal static ActivitySource Activities { get; } = new(Name);

    internal static void Observe(Backlog seen) => Volatile.Write(ref backlog, seen);

    internal static void Expired(long count) => ExpiredCount.Add(count);

    /// <summary>After the commit of a burst.</summary>
    internal static void Burst(WorkflowInstance instance, bool isNew, int incidentsBefore, TimeSpan time)
    {
        var definition = new KeyValuePair<string, object?>("workflow.definition", instance.DefinitionId);
        BurstTime.Record(time.TotalSeconds, definition);
        if (isNew)
        {
            StartedCount.Add(1, definition);
        }

        if (instance.Status == InstanceStatus.Finished)
        {
            FinishedCount.Add(1, definition, new("workflow.sub_status", instance.SubStatus.ToString()));
        }

        if (instance.IncidentCount > incidentsBefore)
        {
            FaultedCount.Add(1, definition);
        }
    }
}

/// <summary>What waits to be done, and for how long.</summary>
public sealed record Backlog(long DueWork, TimeSpan OldestWork, long Messages, TimeSpan OldestMessage);
