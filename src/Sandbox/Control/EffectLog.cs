using System.Collections.Concurrent;

namespace MonOPCO.Sandbox.Control;

/// <summary>Outside effects as the outside sees them: raw deliveries, and the idempotency keys they came under.</summary>
public sealed class EffectLog
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private long deliveries;

    public long Deliveries => Interlocked.Read(ref deliveries);

    public int Keys => counts.Count;

    /// <summary>Answers wait for it: how a test keeps effects under way.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public void Receive(string key)
    {
        Interlocked.Increment(ref deliveries);
        counts.AddOrUpdate(key, 1, (_, n) => n + 1);
    }
}
