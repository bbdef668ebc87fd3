using System.Globalization;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Workflows;

/// <summary>
/// Starts published definitions at their times: Cron, Timer, StartAt as first activity. Every Host looks each second at what has become due since it last
/// looked; the id of an instance follows from activity and scheduled time, and that time is taken in the transaction of the start, so that of all Hosts one
/// starts it, once, even if the instance is deleted later. After a stop of all Hosts the latest missed time of each trigger is made up for, not all of them.
/// </summary>
internal sealed class Calendar(IWorkflowReads reads, WorkflowRuntime runtime, Interpreter interpreter, IServiceScopeFactory scopes, TimeProvider clock, ILogger<Calendar> log)
    : RepeatedWork(TimeSpan.FromSeconds(1), clock, log)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _log = log;
    private static readonly string[] Kinds = ["cron", "timer", "start-at"];
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);
    private DateTimeOffset _seen = DateTimeOffset.MinValue;

    /// <summary>Starts what has become due; returns how many instances are new.</summary>
    public async Task<int> TickAsync(CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        var from = _seen < now - LookBack ? now - LookBack : _seen;
        var (started, failed) = (0, false);
        foreach (var (trigger, since) in await reads.TriggersAsync(Kinds, cancel))
        {
            try
            {
                // One started by the very tick that published it is not missed.
                if (Due(trigger, since, from, now, interpreter.Options.TimeZone) is { } due && await StartAsync(trigger, due, cancel))
                {
                    started++;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failed = true;
                _log.LogWarning(exception, "The trigger {Activity} of {Definition} could not start.", trigger.ActivityId, trigger.DefinitionId);
            }
        }

        // What could not start is looked at again; what did start has its id already.
        _seen = failed ? from : now;
        return started;
    }

    /// <summary>The latest scheduled time in (from, now], none before the publication; null when there is none.</summary>
    internal static DateTimeOffset? Due(WorkflowTrigger trigger, DateTimeOffset since, DateTimeOffset from, DateTimeOffset now, TimeZoneInfo zone)
    {
        switch (trigger.Kind)
        {
            case "start-at":
                // A date already past at publication starts at once, as in Elsa.
                var at = LenientJson.ToDateTimeOffset(trigger.Key);
                return at <= now && (at > from || since > from) ? at : null;
            case "timer":
                var interval = LenientJson.ToTimeSpan(trigger.Key) ?? TimeSpan.Zero;
                if (interval < TimeSpan.FromSeconds(1) || now < since + interval)
                {
                    return null;
                }

                var last = since + (Math.Floor((now - since) / interval) * interval);
                return last > from ? last : null;
            default:
                var schedule = CronSchedule.Parse(trigger.Key);
                var after = since > from ? since : from;
                DateTimeOffset? latest = null;
                for (var next = schedule.Next(after, zone); next is { } due && due <= now; next = schedule.Next(due, zone))
                {
                    latest = due;
                }

                return latest;
        }
    }

    protected override Task LookAsync(CancellationToken cancel) => TickAsync(cancel);

    private async Task<bool> StartAsync(WorkflowTrigger trigger, DateTimeOffset due, CancellationToken cancel)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"calendar\n{trigger.DefinitionId}\n{trigger.ActivityId}\n{due.UtcTicks}");
        try
        {
            var start = new StartWorkflow(trigger.DefinitionId) { InstanceId = StableId.Of(Guid.Empty, name), TriggerActivityId = trigger.ActivityId, Actor = "calendrier" };
            return !(await runtime.StartAsync(start, async (services, _) => await TakeAsync(services, trigger, due, cancel), cancel)).Existed;
        }
        catch (ActivationRefusedException)
        {
            // Its time has come and gone: a Host that looks back later must not start it then.
            await using var scope = scopes.CreateAsyncScope();
            await ScheduledStarts.TakeAsync(scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>(), trigger, due, _clock.GetUtcNow(), cancel);
            return false;
        }
        catch (TimeTakenException)
        {
            return false;
        }
    }

    /// <summary>In the transaction of the start: instance and taken time come to be together.</summary>
    private async Task TakeAsync(IServiceProvider services, WorkflowTrigger trigger, DateTimeOffset due, CancellationToken cancel)
    {
        if (!await ScheduledStarts.TakeAsync(services.GetRequiredService<MonOpcoDbContext>(), trigger, due, _clock.GetUtcNow(), cancel))
        {
            throw new TimeTakenException();
        }
    }

    /// <summary>Undoes a start whose time was taken before; its instance has been deleted since.</summary>
    private sealed class TimeTakenException : Exception;
}
