namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>Looks every few seconds for publications whose time has come.</summary>
internal sealed class PublicationClock(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PublicationClock> log) : RepeatedWork(TimeSpan.FromSeconds(5), clock, log)
{
    private readonly TimeProvider _clock = clock;

    protected override async Task LookAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Publications>().PublishDueAsync(_clock.GetUtcNow(), cancel);
    }
}
