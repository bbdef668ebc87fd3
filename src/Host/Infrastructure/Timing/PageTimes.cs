using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;

namespace MonOPCO.Host.Infrastructure.Timing;

/// <summary>
/// Times every page that is served (S000-M.10) and adds the counts to the day's row once a minute; what a killed Host had not added yet, a minute at most, is not counted.
/// Only counts are kept: no address, no person.
/// </summary>
internal sealed class PageTimes(DataSources sources, TimeProvider clock, ILogger<PageTimes> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long[] _counts = new long[PageTime.Bands.Count + 1];

    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var started = clock.GetTimestamp();
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null && context.Response.StatusCode < 500)
        {
            Interlocked.Increment(ref _counts[PageTime.BandOf(clock.GetElapsedTime(started))]);
        }
    }

    /// <summary>Adds what was counted since the last time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counts = _counts.Select((_, i) => Interlocked.Exchange(ref _counts[i], 0)).ToArray();
        if (counts.All(x => x == 0))
        {
            return;
        }

        try
        {
            await using var command = sources.Staff.CreateCommand(
                "insert into page_times (day, band, count) select $1, b.band - 1, b.count from unnest($2::bigint[]) with ordinality b(count, band) where b.count > 0 on conflict (day, band) do update set count = page_times.count + excluded.count");
            command.Parameters.AddWithValue(Fr.InParis(clock.GetUtcNow()));
            command.Parameters.AddWithValue(counts);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Npgsql.NpgsqlException away)
        {
            // Kept for the next minute.
            for (var i = 0; i < counts.Length; i++)
            {
                Interlocked.Add(ref _counts[i], counts[i]);
            }

            logger.LogWarning(away, "The times of the pages could not be added; they are kept for the next time.");
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await WriteAsync(stoppingToken);
        }
    }
}
