using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Operations;
using Quartz;

namespace MonOPCO.Host.Jobs;

/// <summary>What one system job does; it may run twice for the same time, after a crash.</summary>
internal interface ISystemWork
{
    string Job { get; }

    /// <summary>What an administrator should do when it fails.</summary>
    string Advice { get; }

    Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken);
}

/// <summary>Runs a system job once per scheduled time, writes down what came of it, and tells the administrators of a failure.</summary>
internal sealed class SystemJobRunner(IEnumerable<ISystemWork> works, OperationsService operations, OperationNotices notices, TimeProvider clock, ILogger<SystemJobRunner> log)
{
    /// <summary>In a job's data: who asked for it.</summary>
    public const string Asker = "demandeur";

    public Task<OperationRun?> RunAsync(string job, IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var asker = context.MergedJobDataMap.TryGetValue(Asker, out var name) ? name?.ToString() : null;
        return RunAsync(job, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, asker ?? "calendrier", context.Recovering, cancellationToken);
    }

    /// <summary>Null: this time has had its run.</summary>
    public async Task<OperationRun?> RunAsync(string job, DateTimeOffset scheduledAt, string asker, bool recovering, CancellationToken cancellationToken)
    {
        if (await operations.BeginAsync(job, scheduledAt, asker, recovering, clock.GetUtcNow(), cancellationToken) is not { } run)
        {
            return null;
        }

        var work = works.Single(x => x.Job == job);
        try
        {
            await operations.SucceedAsync(run, await work.RunAsync(run, cancellationToken), clock.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "The system job {Job} failed.", job);
            var message = exception is BackupException ? exception.Message : $"Erreur inattendue ({exception.GetType().Name}) ; le détail est dans le journal du Host {run.Host}.";
            await operations.FailAsync(run, message, work.Advice, clock.GetUtcNow(), CancellationToken.None);
            await notices.TellAsync($"echec:{run.Id}", $"{SystemJobs.Label(job)} : échec", message, work.Advice, CancellationToken.None);
        }

        return run;
    }
}
