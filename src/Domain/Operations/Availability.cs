namespace MonOPCO.Domain.Operations;

/// <summary>A time during which no web Host said that it was there.</summary>
public sealed record Outage(DateTimeOffset From, DateTimeOffset To, bool Planned)
{
    public TimeSpan Length => To - From;
}

/// <summary>
/// Availability as the product can measure it itself: the share of the time in which at least one web Host reached the database. A stop on purpose counts as
/// planned maintenance and is shown apart. What lies between the visitor and the Host (network, proxy) is not measured.
/// </summary>
public sealed record Availability(TimeSpan Measured, TimeSpan Unplanned, TimeSpan Planned, IReadOnlyList<Outage> Outages)
{
    /// <summary>Percent, planned maintenance not counted; null before anything was measured.</summary>
    public decimal? Percent => Share(Unplanned);

    /// <summary>Percent with planned stops counted as outages too.</summary>
    public decimal? PercentWithPlanned => Share(Unplanned + Planned);

    private decimal? Share(TimeSpan down) => Measured <= TimeSpan.Zero ? null : Math.Round(100m * (1 - (decimal)(down.TotalSeconds / Measured.TotalSeconds)), 3, MidpointRounding.ToZero);

    /// <summary>From the signs of life of web Hosts; measuring begins with the first of them, and ends now (a Host that is silent now counts as one that is not there).</summary>
    /// <param name="presences">Of web Hosts, in any order.</param>
    /// <param name="from">Beginning of the period.</param>
    /// <param name="now">End of the period.</param>
    /// <param name="tolerance">A sign of life that is only so old is no gap.</param>
    public static Availability Of(IEnumerable<HostPresence> presences, DateTimeOffset from, DateTimeOffset now, TimeSpan tolerance)
    {
        var ordered = presences.OrderBy(x => x.From).ToList();
        if (ordered.Count == 0)
        {
            return new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, []);
        }

        var start = ordered[0].From > from ? ordered[0].From : from;
        var outages = new List<Outage>();
        var (covered, stopped) = (ordered[0].From, false);
        foreach (var presence in ordered)
        {
            Gap(presence.From);
            if (presence.Until >= covered)
            {
                (covered, stopped) = (presence.Until, presence.Stopped);
            }
        }

        Gap(now);
        return new(now - start, Sum(false), Sum(true), outages);

        void Gap(DateTimeOffset until)
        {
            var begin = covered > start ? covered : start;
            if (until - begin > tolerance)
            {
                outages.Add(new Outage(begin, until, stopped));
            }
        }

        TimeSpan Sum(bool planned) => TimeSpan.FromTicks(outages.Where(x => x.Planned == planned).Sum(x => x.Length.Ticks));
    }
}
