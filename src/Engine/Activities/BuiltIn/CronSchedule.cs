using System.Globalization;
using System.Numerics;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>A cron expression of five fields (minute hour day month weekday) or six (seconds first), as Elsa reads them.</summary>
public sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;
    private readonly bool _lastDay;

    private CronSchedule(string text, string[] fields)
    {
        _seconds = Field(text, fields[0], 0, 59, null);
        _minutes = Field(text, fields[1], 0, 59, null);
        _hours = Field(text, fields[2], 0, 23, null);
        _lastDay = fields[3].Equals("L", StringComparison.OrdinalIgnoreCase);
        _anyDay = fields[3] is "*" or "?";
        _days = _lastDay ? 0 : Field(text, fields[3], 1, 31, null);
        _months = Field(text, fields[4], 1, 12, Months);
        _anyWeekday = fields[5] is "*" or "?";
        _weekdays = Field(text, fields[5], 0, 7, Days);

        // Sunday is 0 and 7.
        if ((_weekdays & (1UL << 7)) != 0)
        {
            _weekdays |= 1;
        }
    }

    /// <summary>Throws <see cref="FormatException"/> with a French sentence.</summary>
    public static CronSchedule Parse(string text)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length switch
        {
            5 => new CronSchedule(text, ["0", .. fields]),
            6 => new CronSchedule(text, fields),
            _ => throw Wrong(text),
        };
    }

    /// <summary>The first moment after <paramref name="after"/>; null when there is none within eight years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var moment = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, DateTimeKind.Unspecified).AddSeconds(1);
        var limit = moment.AddYears(8);
        while (moment < limit)
        {
            if (!Has(_months, moment.Month))
            {
                moment = new DateTime(moment.Year, moment.Month, 1).AddMonths(1);
            }
            else if (!DayMatches(moment))
            {
                moment = moment.Date.AddDays(1);
            }
            else if (!Has(_hours, moment.Hour))
            {
                moment = moment.Date.AddHours(moment.Hour + 1);
            }
            else if (!Has(_minutes, moment.Minute))
            {
                moment = moment.Date.AddHours(moment.Hour).AddMinutes(moment.Minute + 1);
            }
            else if (!Has(_seconds, moment.Second))
            {
                moment = moment.AddSeconds(1);
            }
            else if (zone.IsInvalidTime(moment))
            {
                // Skipped by the change to summer time: fires when the clock is valid again.
                moment = moment.AddMinutes(1);
            }
            else
            {
                var due = new DateTimeOffset(moment, zone.GetUtcOffset(moment)).ToUniversalTime();
                if (due > after)
                {
                    return due;
                }

                moment = moment.AddSeconds(1);
            }
        }

        return null;
    }

    private bool DayMatches(DateTime moment)
    {
        var day = _lastDay ? moment.Day == DateTime.DaysInMonth(moment.Year, moment.Month) : Has(_days, moment.Day);
        var weekday = Has(_weekdays, (int)moment.DayOfWeek);

        // Both restricted: either is enough, as cron does.
        return _anyDay || _anyWeekday ? (_anyDay || day) && (_anyWeekday || weekday) : day || weekday;
    }

    private static bool Has(ulong set, int value) => (set & (1UL << value)) != 0;

    private static ulong Field(string text, string field, int min, int max, string[]? names)
    {
        var set = 0UL;
        foreach (var part in field.Split(','))
        {
            var stepped = part.Split('/');
            var step = stepped.Length == 2 ? Number(text, stepped[1], null, 0) : 1;
            if (stepped.Length > 2 || step < 1)
            {
                throw Wrong(text);
            }

            int from, to;
            if (stepped[0] is "*" or "?")
            {
                (from, to) = (min, max);
            }
            else
            {
                var range = stepped[0].Split('-');
                from = Number(text, range[0], names, min);
                to = range.Length == 2 ? Number(text, range[1], names, min) : stepped.Length == 2 ? max : from;
                if (range.Length > 2)
                {
                    throw Wrong(text);
                }
            }

            if (from < min || to > max || from > to)
            {
                throw Wrong(text);
            }

            for (var value = from; value <= to; value += step)
            {
                set |= 1UL << value;
            }
        }

        return BitOperations.PopCount(set) > 0 ? set : throw Wrong(text);
    }

    private static int Number(string text, string part, string[]? names, int first)
    {
        if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        var index = names is null ? -1 : Array.FindIndex(names, n => n.Equals(part, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index + first : throw Wrong(text);
    }

    private static FormatException Wrong(string text) => new($"« {text} » n'est pas une expression cron (minute heure jour mois jour-de-semaine, par exemple « 0 8 * * MON-FRI »).");
}
