using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows;

/// <summary>Goes on with migrations that took longer than the click that asked for them.</summary>
internal sealed class MigrationWorker(BulkMigrations migrations, TimeProvider clock, ILogger<MigrationWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await migrations.WorkAsync(null, Pause, stoppingToken))
                    {
                        // The next slice; a stop is heard in between.
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "A migration of instances stopped; it is taken up again from its last batch.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
