using System.Globalization;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

/// <summary>Milliseconds since 1970 UTC, NaN when invalid. Only the years 1 to 9999 exist.</summary>
internal sealed class JsDate(double time) : JsObject
{
    private const double Least = -62135596800000;
    private const double Most = 253402300799999;

    public double Time { get; private set; } = time is >= Least and <= Most ? Math.Truncate(time) : double.NaN;

    public override NativeCode? Method(MethodSet methods) => methods.OfDate ?? methods.OfObject;

    public void SetTime(double time) => Time = time is >= Least and <= Most ? Math.Truncate(time) : double.NaN;

    public DateTime Utc => DateTime.UnixEpoch.AddMilliseconds(Time);

    public DateTime Local(Runtime runtime) => TimeZoneInfo.ConvertTimeFromUtc(Utc, runtime.Host.TimeZone);

    public string ToIso(Runtime runtime)
    {
        if (double.IsNaN(Time))
        {
            throw runtime.RangeError("cette date n'est pas valable.");
        }

        return Utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    public string ToText(Runtime runtime)
    {
        if (double.IsNaN(Time))
        {
            return "Invalid Date";
        }

        var local = Local(runtime);
        var offset = local - Utc;
        var zone = (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hhmm", CultureInfo.InvariantCulture);
        return local.ToString("ddd MMM dd yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " GMT" + zone;
    }

    /// <summary>Parts may overflow, as when adding 30 to the day: they carry over.</summary>
    public static double FromParts(ReadOnlySpan<double> parts, bool utc, Runtime runtime)
    {
        double year = parts[0], month = parts[1];
        foreach (var part in parts)
        {
            if (!double.IsFinite(part) || Math.Abs(part) > 1e15)
            {
                return double.NaN;
            }
        }

        year += Math.Floor(month / 12);
        month -= Math.Floor(month / 12) * 12;
        if (year is < 1 or > 9999)
        {
            return double.NaN;
        }

        var days = (new DateTime((int)year, (int)month + 1, 1, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalDays + parts[2] - 1;
        var time = days * 86400000 + parts[3] * 3600000 + parts[4] * 60000 + parts[5] * 1000 + parts[6];
        return utc || time is < Least + 86400000 or > Most - 86400000 ? time : FromLocal(time, runtime);
    }

    public static double FromLocal(double time, Runtime runtime)
    {
        var local = DateTime.SpecifyKind(DateTime.UnixEpoch.AddMilliseconds(time), DateTimeKind.Unspecified);
        var zone = runtime.Host.TimeZone;

        // An hour that the change to summer time skips counts as winter time; of a doubled hour the first is meant.
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddHours(-3))
            : zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.GetUtcOffset(local);
        return time - offset.TotalMilliseconds;
    }

    /// <summary>ISO only: date alone is UTC, date and time without zone is local, as ECMAScript says.</summary>
    public static double Parse(string text, Runtime runtime)
    {
        text = text.Trim();
        if (text.Length > 40)
        {
            return double.NaN;
        }

        string[] days = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];
        if (DateTime.TryParseExact(text, days, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day))
        {
            return (day - DateTime.UnixEpoch).TotalMilliseconds;
        }

        string[] times = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];
        var normal = text.Length > 10 && text[10] == ' ' ? text[..10] + "T" + text[11..] : text;
        if (DateTime.TryParseExact(normal, times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return FromLocal(Math.Floor((local - DateTime.UnixEpoch).TotalMilliseconds), runtime);
        }

        return DateTimeOffset.TryParseExact(normal, Array.ConvertAll(times, format => format + "K"), CultureInfo.InvariantCulture, DateTimeStyles.None, out var zoned)
            ? Math.Floor((zoned.UtcDateTime - DateTime.UnixEpoch).TotalMilliseconds)
            : double.NaN;
    }
}
