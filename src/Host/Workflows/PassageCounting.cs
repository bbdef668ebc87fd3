using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows;

/// <summary>Keeps the figures of the procedures' maps a minute behind what happens.</summary>
internal sealed class PassageCounting(PassageCounter counter, TimeProvider clock, ILogger<PassageCounting> log) : RepeatedWork(TimeSpan.FromMinutes(1), clock, log)
{
    protected override Task LookAsync(CancellationToken cancel) => counter.RunAsync(cancel);
}
