using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Operations;

/// <summary>How many pages of one day were served within a time. The last band has no end.</summary>
public sealed class PageTime
{
    /// <summary>Upper ends of the bands in milliseconds; what took longer counts in one more band.</summary>
    public static readonly IReadOnlyList<int> Bands = [50, 100, 250, 500, 1000, 2000, 5000];

    /// <summary>Day in Paris.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Index into <see cref="Bands"/>; one more than its last index for the slowest.</summary>
    public required int Band { get; init; }

    public long Count { get; set; }

    public static int BandOf(TimeSpan time)
    {
        var band = 0;
        while (band < Bands.Count && time.TotalMilliseconds > Bands[band])
        {
            band++;
        }

        return band;
    }

    /// <summary>Share of pages served within <paramref name="milliseconds"/> (one of <see cref="Bands"/>), in per cent; null without any page.</summary>
    public static decimal? Share(IEnumerable<PageTime> times, int milliseconds)
    {
        var (last, within, all) = (Bands.ToList().IndexOf(milliseconds), 0L, 0L);
        ArgumentOutOfRangeException.ThrowIfNegative(last, nameof(milliseconds));
        foreach (var time in times)
        {
            all += time.Count;
            within += time.Band <= last ? time.Count : 0;
        }

        return all == 0 ? null : Math.Round(within * 100m / all, 2);
    }
}

internal sealed class PageTimeMapping : IEntityTypeConfiguration<PageTime>
{
    public void Configure(EntityTypeBuilder<PageTime> builder)
    {
        builder.ToTable("page_times");
        builder.HasKey(x => new { x.Day, x.Band });
    }
}
