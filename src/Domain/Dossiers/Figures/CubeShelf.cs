using System.Diagnostics;

namespace MonOPCO.Domain.Dossiers.Figures;

/// <summary>
/// Keeps the last sums. They are read anew as often as reading is cheap: with few dossiers at nearly every look, with a million every half minute, and then in the
/// background while the last ones are shown with their time. So the dashboard costs at most a fiftieth of one core however many people look at it.
/// </summary>
public sealed class CubeShelf(CubeReader reader, TimeProvider clock) : IDisposable
{
    /// <summary>What may be waited for; longer readings happen behind the page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Kept? _kept;

    public async Task<DossierCube> GetAsync(CancellationToken cancellationToken)
    {
        var kept = _kept;
        var age = kept is null ? TimeSpan.MaxValue : clock.GetElapsedTime(kept.Stamp);
        if (kept is not null && age < kept.Fresh)
        {
            return kept.Cube;
        }

        if (kept is null || kept.Cost < Patience || age > MaxAge)
        {
            return await ReadAsync(kept, cancellationToken);
        }

        // Errors of the background reading show when the kept figures become too old and are read in the foreground.
        _ = ReadAsync(kept, CancellationToken.None).ContinueWith(x => _ = x.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return kept.Cube;
    }

    public void Dispose() => _gate.Dispose();

    private async Task<DossierCube> ReadAsync(Kept? seen, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_kept is { } other && other != seen)
            {
                return other.Cube;
            }

            var started = Stopwatch.GetTimestamp();
            var cube = await reader.ReadAsync(clock.GetUtcNow(), cancellationToken);
            var cost = Stopwatch.GetElapsedTime(started);
            _kept = new Kept(cube, clock.GetTimestamp(), cost);
            return cube;
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed record Kept(DossierCube Cube, long Stamp, TimeSpan Cost)
    {
        public TimeSpan Fresh => TimeSpan.FromTicks(Math.Min(Cost.Ticks * 50, TimeSpan.FromMinutes(1).Ticks));
    }
}
