using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Host.Audit;

/// <summary>Seals what is final every few seconds, and walks along the whole chain once a day.</summary>
internal sealed class AuditSealing(AuditSealer sealer, AuditCheck check, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditSealing> log) : BackgroundService
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromDays(1);

    private DateTimeOffset _lookedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SealEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await sealer.SealAsync(stoppingToken) > 0)
                    {
                        // The next batch.
                    }

                    await CheckAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "The audit could not be sealed.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _lookedAt < TimeSpan.FromHours(1))
        {
            return;
        }

        _lookedAt = now;
        if (await check.LastAsync(cancellationToken) is not { } last || now - last > CheckEvery)
        {
            await check.RunAsync(ChangeContext.System("Vérification quotidienne", now), cancellationToken);
        }
    }
}
