namespace MonOPCO.Host.Workflows;

/// <summary>
/// Work that looks every so often at what there is to do, as long as the Host lives. A look that fails, for whatever reason, is logged; the next one makes up for
/// it. Two looks of one Host never overlap; those of two Hosts may, so that what they do must bear it.
/// </summary>
internal abstract class RepeatedWork(TimeSpan pause, TimeProvider clock, ILogger log) : BackgroundService
{
    protected abstract Task LookAsync(CancellationToken cancel);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // A cancellation that is not ours (a command that ran out of time) is a failure like another.
                    log.LogWarning(exception, "A look failed; the next one makes up for it.");
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
