using Microsoft.Extensions.Options;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Forgets old tries, ended sessions and notices, a few times a day.</summary>
internal sealed class Forgetting(IServiceScopeFactory scopes, IOptions<SignInSettings> settings, TimeProvider clock, ILogger<Forgetting> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(6), clock);
        try
        {
            do
            {
                await OnceAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task OnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var gone = await scope.ServiceProvider.GetRequiredService<SignInGuard>().PurgeAsync(clock.GetUtcNow() - settings.Value.Memory, cancellationToken);
            if (gone > 0)
            {
                log.LogInformation("Forgot {Count} old rows about sign-ins.", gone);
            }
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // The database is away: the next round does it.
            log.LogWarning(failed, "Old rows about sign-ins could not be forgotten this time.");
        }
    }
}
