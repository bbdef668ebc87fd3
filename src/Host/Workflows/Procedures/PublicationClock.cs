namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>Looks every few seconds for publications whose time has come.</summary>
internal sealed class PublicationClock(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PublicationClock> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<Publications>().PublishDueAsync(clock.GetUtcNow(), stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "A look for due publications failed; the next one makes up for it.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
