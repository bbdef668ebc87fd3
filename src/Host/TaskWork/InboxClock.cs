using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.TaskWork;

/// <summary>Escalates tasks whose deadline has passed and makes the mails of notices due work. Rows say what is to be done: a stop of all Hosts only delays it.</summary>
internal sealed class InboxClock(IServiceScopeFactory scopes, WorkflowRuntime runtime, TimeProvider clock, ILogger<InboxClock> log) : BackgroundService
{
    private const int AtATime = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>One look; returns how many tasks were escalated.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var escalated = 0;
        while (escalated < AtATime)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (!await scope.ServiceProvider.GetRequiredService<EscalationService>().RunOneAsync(clock.GetUtcNow(), cancellationToken))
            {
                break;
            }

            escalated++;
        }

        await using var reading = scopes.CreateAsyncScope();
        foreach (var id in await reading.ServiceProvider.GetRequiredService<NoticeService>().ToMailAsync(AtATime, cancellationToken))
        {
            try
            {
                await PersonalMails.StartAsync(
                    runtime,
                    PersonalMailKind.Notice,
                    id,
                    async (services, _) =>
                    {
                        if (!await services.GetRequiredService<NoticeService>().TakeMailAsync(id, cancellationToken))
                        {
                            throw new AlreadyTakenException();
                        }
                    },
                    cancellationToken);
            }
            catch (AlreadyTakenException)
            {
                // Another Host was faster: nothing was started here.
            }
        }

        return escalated;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "A look at the deadlines failed; the next one makes up for it.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private sealed class AlreadyTakenException : Exception;
}
