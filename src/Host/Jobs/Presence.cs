using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;

namespace MonOPCO.Host.Jobs;

/// <summary>Says every fifteen seconds that this Host is there and reaches the database; from these signs availability is measured.</summary>
internal sealed class Presence(IServiceScopeFactory scopes, HostRoles roles, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<Presence> log) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>A sign of life older than this is a gap, and the next one begins a new presence.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    private HostPresence? _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Only once requests are served.
        var started = new TaskCompletionSource();
        await using var started1 = lifetime.ApplicationStarted.Register(started.SetResult);
        using var timer = new PeriodicTimer(Every);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            do
            {
                await TrySignAsync(false, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_current is not null)
        {
            await TrySignAsync(true, cancellationToken);
        }
    }

    private async Task TrySignAsync(bool goodbye, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
            var now = clock.GetUtcNow();
            var known = _current is { } current && now - current.Until <= Tolerance
                && await db.HostPresences.Where(x => x.Id == current.Id).ExecuteUpdateAsync(x => x.SetProperty(p => p.Until, now).SetProperty(p => p.Stopped, goodbye), cancellationToken) == 1;
            if (known)
            {
                _current!.Until = now;
            }
            else if (!goodbye)
            {
                var fresh = new HostPresence { Id = Guid.CreateVersion7(now), Host = $"{Environment.MachineName}:{Environment.ProcessId}", Roles = roles.ToText(), From = now, Until = now };
                db.Add(fresh);
                await db.SaveChangesAsync(cancellationToken);
                _current = fresh;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The gap that this leaves is the measure.
            log.LogWarning("This Host could not say that it is there: {Reason}", exception.GetType().Name);
        }
        catch (OperationCanceledException) when (goodbye)
        {
        }
    }
}
