using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows;

/// <summary>Keeps the figures of the procedures' maps a minute behind what happens.</summary>
internal sealed class PassageCounting(PassageCounter counter, TimeProvider clock, ILogger<PassageCounting> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await counter.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning(exception, "The passages of procedures could not be counted.");
            }
        }
    }
}
