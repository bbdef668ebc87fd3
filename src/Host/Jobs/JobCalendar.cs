using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;
using Quartz;

namespace MonOPCO.Host.Jobs;

/// <summary>What the pages and the keeper want of Quartz; without a factory the calendar is switched off (<c>Jobs:Enabled</c>).</summary>
public sealed class JobCalendar(ISchedulerFactory? factory)
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    public bool IsEnabled => factory is not null;

    /// <summary>Brings Quartz into line with the rows: what is missing is made, what differs is changed, what is switched off goes.</summary>
    public async Task ReconcileAsync(IReadOnlyList<SystemJob> rows, CancellationToken cancellationToken)
    {
        var scheduler = await factory!.GetScheduler(cancellationToken);
        foreach (var (code, make) in Jobs.Makers)
        {
            if (!await scheduler.Exists(new JobKey(code), cancellationToken))
            {
                await scheduler.AddJob(make(code), new AddJobOptions { Replace = true }, cancellationToken);
            }

            var (key, row) = (new TriggerKey(code), rows.FirstOrDefault(x => x.Code == code));
            var current = await scheduler.GetTrigger(key, cancellationToken) as ICronTrigger;
            if (row is not { Enabled: true })
            {
                if (current is not null)
                {
                    await scheduler.UnscheduleJob(key, cancellationToken);
                }
            }
            else if (current?.CronExpressionString != row.Cron)
            {
                // One time missed while no Host ran is made up for.
                var trigger = TriggerBuilder.Create().WithIdentity(key).ForJob(code).WithCronSchedule(row.Cron, x => x.InTimeZone(Paris).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
                if (current is null)
                {
                    await scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
                }
                else
                {
                    await scheduler.RescheduleJob(key, trigger, cancellationToken);
                }
            }
        }
    }

    /// <summary>Asks for a run now; some worker takes it.</summary>
    public async Task RunNowAsync(string code, string asker, CancellationToken cancellationToken)
    {
        var scheduler = await factory!.GetScheduler(cancellationToken);
        await scheduler.TriggerJob(new JobKey(code), new JobDataMap { [SystemJobRunner.Asker] = asker }, cancellationToken);
    }

    /// <summary>Whether Quartz understands the expression; and its next times, to show what was typed.</summary>
    public static IReadOnlyList<DateTimeOffset>? Preview(string cron, DateTimeOffset from, int count = 3)
    {
        if (!CronExpression.TryParse(cron, out var expression) || expression is null)
        {
            return null;
        }

        expression = expression.WithTimeZone(Paris);
        var times = new List<DateTimeOffset>();
        for (var at = expression.GetNextValidTimeAfter(from); at is { } next && times.Count < count; at = expression.GetNextValidTimeAfter(next))
        {
            times.Add(next);
        }

        return times;
    }
}

/// <summary>Keeps Quartz in line with <c>system_jobs</c> while the Host runs.</summary>
internal sealed class CalendarKeeper(JobCalendar calendar, IServiceScopeFactory scopes, ILogger<CalendarKeeper> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30));
        try
        {
            do
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await calendar.ReconcileAsync(await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().SystemJobs.AsNoTracking().ToListAsync(stoppingToken), stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "The calendar of system jobs could not be brought into line; the next look makes up for it.");
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
        }
    }
}
