using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows;

/// <summary>Goes on with migrations that took longer than the click that asked for them.</summary>
internal sealed class MigrationWorker(BulkMigrations migrations, TimeProvider clock, ILogger<MigrationWorker> log) : RepeatedWork(Pause, clock, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task LookAsync(CancellationToken cancel)
    {
        while (await migrations.WorkAsync(null, Pause, cancel))
        {
            // The next slice; a stop is heard in between.
        }
    }
}
