using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Calendars;

/// <summary>The calendars in force, as this process last read them: a few dozen rows that change a few times a year.</summary>
public sealed class CalendarCache
{
    private const long FreshMilliseconds = 60_000;
    private volatile Entry? _entry;

    internal CalendarSet? Fresh => _entry is { } entry && Environment.TickCount64 - entry.ReadAt < FreshMilliseconds ? entry.Set : null;

    /// <summary>After a change of the tables: the next question reads them anew.</summary>
    public void Forget() => _entry = null;

    internal CalendarSet Keep(CalendarSet set)
    {
        _entry = new Entry(set, Environment.TickCount64);
        return set;
    }

    private sealed record Entry(CalendarSet Set, long ReadAt);
}

/// <summary>Gives the calendar of a training body, or everybody's.</summary>
public sealed class CalendarBook(MonOpcoDbContext db, CalendarCache cache)
{
    public async Task<BusinessCalendar> ForAsync(Guid? trainingBodyId, CancellationToken cancellationToken) => (await SetAsync(cancellationToken)).For(trainingBodyId);

    /// <summary>For lists: one question, then each row's own calendar.</summary>
    public async Task<CalendarSet> SetAsync(CancellationToken cancellationToken) => cache.Fresh ?? cache.Keep(new CalendarSet(
        await db.Set<WorkCalendar>().AsNoTracking().ToListAsync(cancellationToken),
        await db.Set<OpeningHours>().AsNoTracking().ToListAsync(cancellationToken),
        await db.Set<Closure>().AsNoTracking().ToListAsync(cancellationToken),
        await db.Set<Holiday>().AsNoTracking().ToListAsync(cancellationToken)));
}

/// <summary>All calendars at one moment.</summary>
public sealed class CalendarSet
{
    private readonly BusinessCalendar _common;
    private readonly Dictionary<Guid, BusinessCalendar> _own = [];

    internal CalendarSet(IReadOnlyList<WorkCalendar> calendars, IReadOnlyList<OpeningHours> hours, IReadOnlyList<Closure> closures, IReadOnlyList<Holiday> holidays)
    {
        // An own calendar without hours of its own keeps everybody's: one may differ by its holidays alone.
        var common = calendars.FirstOrDefault(x => x.Code == WorkCalendar.Common) ?? new WorkCalendar { Code = WorkCalendar.Common, Name = "" };
        _common = Make(common);
        foreach (var calendar in calendars.Where(x => x.TrainingBodyId is not null))
        {
            _own[calendar.TrainingBodyId!.Value] = Make(calendar);
        }

        BusinessCalendar Make(WorkCalendar calendar)
        {
            var own = hours.Where(x => x.CalendarCode == calendar.Code).ToList();
            var kept = holidays.Where(x => x.Zone == "*" || calendar.Zones.Contains(x.Zone)).ToList();
            var closed = closures.Where(x => x.CalendarCode == calendar.Code || x.CalendarCode == WorkCalendar.Common).ToList();
            var years = new ConcurrentDictionary<int, Dictionary<DateOnly, string>>();
            return new BusinessCalendar(
                (own.Count > 0 ? own : hours.Where(x => x.CalendarCode == WorkCalendar.Common)).Select(x => new OpeningSpan(x.Day, x.Opens, x.Closes, x.ValidFrom, x.ValidTo)),
                day => years.GetOrAdd(day.Year, OfYear).GetValueOrDefault(day) ?? closed.FirstOrDefault(x => x.From <= day && day <= x.To)?.Label);

            Dictionary<DateOnly, string> OfYear(int year) =>
                kept.Select(x => (Date: x.In(year), x.Label)).Where(x => x.Date is not null).GroupBy(x => x.Date!.Value).ToDictionary(x => x.Key, x => string.Join(", ", x.Select(y => y.Label)));
        }
    }

    public BusinessCalendar For(Guid? trainingBodyId) => trainingBodyId is { } id && _own.TryGetValue(id, out var own) ? own : _common;
}
