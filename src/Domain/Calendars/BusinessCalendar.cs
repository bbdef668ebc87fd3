namespace MonOPCO.Domain.Calendars;

/// <summary>Open from <paramref name="Opens"/> to <paramref name="Closes"/> on that day of the week, as long as it is in force. Times of the clock in France.</summary>
public sealed record OpeningSpan(DayOfWeek Day, TimeOnly Opens, TimeOnly Closes, DateOnly ValidFrom, DateOnly? ValidTo = null);

/// <summary>
/// When somebody works: opening hours less public holidays and closures. Counts real elapsed time inside the opening hours, so that a day on which the clocks
/// change is as long as it is. Stateless and safe to share.
/// </summary>
public sealed class BusinessCalendar
{
    private const int FarthestDays = 366 * 30;

    private readonly ILookup<DayOfWeek, OpeningSpan> _hours;
    private readonly Func<DateOnly, string?> _closed;

    /// <param name="hours">Spans of a week; those of one day must not overlap.</param>
    /// <param name="closed">Why a day is closed (« Lundi de Pâques »), or null.</param>
    public BusinessCalendar(IEnumerable<OpeningSpan> hours, Func<DateOnly, string?> closed)
    {
        var list = hours.OrderBy(x => x.Opens).ToList();
        if (list.Exists(x => x.Closes <= x.Opens))
        {
            throw new ArgumentException("An opening span ends before it begins.", nameof(hours));
        }

        (_hours, _closed) = (list.ToLookup(x => x.Day), closed);
        var days = list.Where(x => x.ValidTo is null).GroupBy(x => x.Day).Select(x => x.Sum(span => (span.Closes - span.Opens).Ticks)).ToList();
        Day = days.Count == 0 ? TimeSpan.FromHours(7) : TimeSpan.FromTicks((long)days.Average());
    }

    /// <summary>An ordinary day's worth of work: what « un jour ouvré » means in words.</summary>
    public TimeSpan Day { get; }

    /// <summary>Why nobody works on this day; null on a day that opens.</summary>
    public string? ClosedBecause(DateOnly day) => _closed(day) ?? (Spans(day).Any() ? null : "Fermé");

    public bool IsOpen(DateTimeOffset instant) => Spans(Fr.InParis(instant)).Any(x => x.Start <= instant && instant < x.End);

    /// <summary>The instant at which so much working time has passed since <paramref name="from"/>. What ends at closing time ends then, not the next morning.</summary>
    public DateTimeOffset Add(DateTimeOffset from, TimeSpan work)
    {
        if (work < TimeSpan.Zero)
        {
            return Subtract(from, -work);
        }

        if (work == TimeSpan.Zero)
        {
            return from;
        }

        var day = Fr.InParis(from);
        for (var i = 0; i < FarthestDays; i++, day = day.AddDays(1))
        {
            foreach (var (opens, closes) in Spans(day))
            {
                var start = opens > from ? opens : from;
                if (closes <= start)
                {
                    continue;
                }

                if (closes - start >= work)
                {
                    return (start + work).ToUniversalTime();
                }

                work -= closes - start;
            }
        }

        throw new InvalidOperationException("The calendar never opens long enough.");
    }

    /// <summary>The instant from which so much working time leads to <paramref name="to"/>.</summary>
    public DateTimeOffset Subtract(DateTimeOffset to, TimeSpan work)
    {
        if (work < TimeSpan.Zero)
        {
            return Add(to, -work);
        }

        if (work == TimeSpan.Zero)
        {
            return to;
        }

        var day = Fr.InParis(to);
        for (var i = 0; i < FarthestDays; i++, day = day.AddDays(-1))
        {
            foreach (var (opens, closes) in Spans(day).Reverse())
            {
                var end = closes < to ? closes : to;
                if (end <= opens)
                {
                    continue;
                }

                if (end - opens >= work)
                {
                    return (end - work).ToUniversalTime();
                }

                work -= end - opens;
            }
        }

        throw new InvalidOperationException("The calendar never opens long enough.");
    }

    /// <summary>Working time from one instant to the other; negative when <paramref name="to"/> comes first.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (to < from)
        {
            return -Between(to, from);
        }

        var total = TimeSpan.Zero;
        var last = Fr.InParis(to);
        for (var day = Fr.InParis(from); day <= last; day = day.AddDays(1))
        {
            foreach (var (opens, closes) in Spans(day))
            {
                var (start, end) = (opens > from ? opens : from, closes < to ? closes : to);
                total += end > start ? end - start : TimeSpan.Zero;
            }
        }

        return total;
    }

    private IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Spans(DateOnly day) => _closed(day) is not null
        ? []
        : _hours[day.DayOfWeek].Where(x => x.ValidFrom <= day && (x.ValidTo is null || x.ValidTo >= day)).Select(x => (Fr.AtInParis(day, x.Opens), Fr.AtInParis(day, x.Closes))).Where(x => x.Item1 < x.Item2);
}
