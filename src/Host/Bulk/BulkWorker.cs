using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Bulk;

/// <summary>Carries out acts on many dossiers, each dossier in a scope and a transaction of its own; any number of Hosts share the work.</summary>
public sealed class BulkRunner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<BulkRunner> log)
{
    /// <summary>Works until nothing is waiting (of this run, or at all). How many dossiers were treated.</summary>
    public async Task<int> WorkAsync(Guid? runId, CancellationToken cancellationToken)
    {
        var treated = 0;
        while (!cancellationToken.IsCancellationRequested && await OneAsync(runId, cancellationToken))
        {
            treated++;
        }

        return treated;
    }

    private async Task<bool> OneAsync(Guid? runId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var runs = scope.ServiceProvider.GetRequiredService<BulkRuns>();
        if (await runs.ClaimAsync(runId, clock.GetUtcNow(), cancellationToken) is not { } item)
        {
            return false;
        }

        var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        var run = await db.BulkRuns.AsNoTracking().SingleAsync(x => x.Id == item.RunId, cancellationToken);
        try
        {
            var roles = await db.UserRoles.Where(x => x.UserId == run.OwnerId).Join(db.Roles, x => x.RoleId, x => x.Id, (_, role) => role.Name!).ToListAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<BulkActs>().ExecuteAsync(run, item.DossierId, new InboxKeys(run.OwnerId, roles), clock.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogWarning(exception, "A bulk act on one dossier failed at attempt {Attempt}.", item.Attempts);
            await using var other = scopes.CreateAsyncScope();
            await other.ServiceProvider.GetRequiredService<BulkRuns>().FailAsync(item.RunId, item.DossierId, item.Attempts, "Une erreur est survenue ; nouvel essai automatique.", clock.GetUtcNow(), cancellationToken);
        }

        await runs.FinishAsync(item.RunId, clock.GetUtcNow(), cancellationToken);
        return true;
    }
}

/// <summary>Looks each second whether something is waiting.</summary>
internal sealed class BulkWorker(BulkRunner runner, TimeProvider clock, ILogger<BulkWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await runner.WorkAsync(null, stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "Bulk acts stopped; they are taken up again.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
