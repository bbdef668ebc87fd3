using MonOPCO.Domain.Operations;
using Quartz;

namespace MonOPCO.Host.Jobs;

/// <summary>Quartz's side of each system job: four lines that hand over to <see cref="SystemJobRunner"/>.</summary>
internal static class Jobs
{
    public static IReadOnlyDictionary<string, Func<string, IJobDetail>> Makers { get; } = new Dictionary<string, Func<string, IJobDetail>>
    {
        [SystemJobs.Backup] = Make<BackupJob>,
        [SystemJobs.Drill] = Make<DrillJob>,
        [SystemJobs.PurgeList] = Make<PurgeListJob>,
        [SystemJobs.Watch] = Make<WatchJob>,
        [SystemJobs.Retention] = Make<RetentionJob>,
        [SystemJobs.Sweep] = Make<SweepJob>,
    };

    private static IJobDetail Make<T>(string code)
        where T : IJob => JobBuilder.Create<T>().WithIdentity(code).StoreDurably().RequestRecovery().Build();
}

[DisallowConcurrentExecution]
internal sealed class BackupJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.Backup, context, cancellationToken);
}

[DisallowConcurrentExecution]
internal sealed class DrillJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.Drill, context, cancellationToken);
}

[DisallowConcurrentExecution]
internal sealed class PurgeListJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.PurgeList, context, cancellationToken);
}

[DisallowConcurrentExecution]
internal sealed class WatchJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.Watch, context, cancellationToken);
}

[DisallowConcurrentExecution]
internal sealed class RetentionJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.Retention, context, cancellationToken);
}

[DisallowConcurrentExecution]
internal sealed class SweepJob(SystemJobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runner.RunAsync(SystemJobs.Sweep, context, cancellationToken);
}
