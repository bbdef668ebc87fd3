using Microsoft.Extensions.Options;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Host.Keys;

/// <summary>In every Host: sees new versions of the master key without a restart. In a worker: puts them in service and takes the old keys over.</summary>
internal sealed class KeyRounds(MasterKeys keys, IOptions<MasterKeyOptions> options, HostRoles roles, TimeProvider clock, ILogger<KeyRounds> log) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await keys.LeaveAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // The others wait half a minute for this Host instead.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "The versions of the master key could not be looked at.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await keys.RefreshAsync(cancellationToken);
        if (!roles.Worker)
        {
            return;
        }

        if (await keys.ActivateAsync(cancellationToken))
        {
            log.LogInformation("A new version of the master key is in service.");
        }

        var total = 0;
        while (await keys.RewrapAsync(cancellationToken) is var done and > 0)
        {
            total += done;
        }

        if (total > 0)
        {
            log.LogInformation("{Count} key(s) are now wrapped by the current master key.", total);
        }
    }
}
