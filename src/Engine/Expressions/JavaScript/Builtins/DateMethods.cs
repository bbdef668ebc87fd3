using System.Globalization;
using MonOPCO.Engine.Expressions.JavaScript.Values;
using static MonOPCO.Engine.Expressions.JavaScript.Builtins.ObjectMethods;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class DateMethods
{
    private static readonly string[] PartNames = ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "Milliseconds"];

    public static readonly Dictionary<string, NativeCode> Table = Build();

    public static readonly NativeFunction Global = new("Date",
        (r, _, _) => new JsValue(new JsDate(Now(r)).ToText(r)),
        construct: Construct,
        isInstance: target => target is JsDate,
        members:
        [
            Member("now", (r, _, _) => new JsValue(Now(r))),
            Member("parse", (r, _, a) => new JsValue(JsDate.Parse(Operators.ToText(a.At(0), r), r))),
            Member("UTC", (r, _, a) => new JsValue(FromArguments(a, utc: true, r)))
        ]);

    private static Dictionary<string, NativeCode> Build()
    {
        var table = new Dictionary<string, NativeCode>(StringComparer.Ordinal)
        {
            ["getTime"] = (_, self, _) => new JsValue(Date(self).Time),
            ["valueOf"] = (_, self, _) => new JsValue(Date(self).Time),
            ["setTime"] = (r, self, a) => Set(Date(self), Operators.ToNumber(a.At(0), r)),
            ["toISOString"] = (r, self, _) => new JsValue(Date(self).ToIso(r)),
            ["toJSON"] = (r, self, _) => double.IsNaN(Date(self).Time) ? JsValue.Null : new JsValue(Date(self).ToIso(r)),
            ["toString"] = (r, self, _) => new JsValue(Date(self).ToText(r)),
            ["toLocaleDateString"] = (r, self, _) => Shown(self, "dd/MM/yyyy", r),
            ["toLocaleTimeString"] = (r, self, _) => Shown(self, "HH:mm:ss", r),
            ["toLocaleString"] = (r, self, _) => Shown(self, "dd/MM/yyyy HH:mm:ss", r),
            ["getTimezoneOffset"] = (r, self, _) => new JsValue(double.IsNaN(Date(self).Time) ? double.NaN : (Date(self).Utc - Date(self).Local(r)).TotalMinutes)
        };
        foreach (var utc in new[] { false, true })
        {
            var prefix = utc ? "UTC" : "";
            for (var i = 0; i < PartNames.Length; i++)
            {
                var part = i;
                table["get" + prefix + PartNames[i]] = (r, self, _) => new JsValue(double.IsNaN(Date(self).Time) ? double.NaN : Parts(Date(self), utc, r)[part]);
                table["set" + prefix + PartNames[i]] = (r, self, a) => SetParts(Date(self), part, a, utc, r);
            }

            table["get" + prefix + "Day"] = (r, self, _) =>
                new JsValue(double.IsNaN(Date(self).Time) ? double.NaN : (double)(utc ? Date(self).Utc : Date(self).Local(r)).DayOfWeek);
        }

        return table;
    }

    private static JsDate Date(JsValue self) => (JsDate)self.Object!;

    private static double Now(Runtime runtime) => runtime.Host.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static JsValue Shown(JsValue self, string format, Runtime runtime) =>
        new(double.IsNaN(Date(self).Time) ? "Invalid Date" : Date(self).Local(runtime).ToString(format, CultureInfo.InvariantCulture));

    private static JsValue Construct(Runtime runtime, JsValue self, JsValue[] args)
    {
        runtime.Allocate(8);
        var time = args.Length switch
        {
            0 => Now(runtime),
            1 => FromOne(args[0], runtime),
            _ => FromArguments(args, utc: false, runtime)
        };
        return new JsValue(new JsDate(time));
    }

    private static double FromOne(JsValue value, Runtime runtime)
    {
        if (value.Object is JsDate other)
        {
            return other.Time;
        }

        value = Operators.ToPrimitive(value, runtime, preferText: false);
        return value.IsString ? JsDate.Parse(value.Text(runtime), runtime) : Operators.ToNumber(value, runtime);
    }

    private static double FromArguments(JsValue[] args, bool utc, Runtime runtime)
    {
        double[] parts = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < parts.Length && i < args.Length; i++)
        {
            parts[i] = Math.Truncate(Operators.ToNumber(args[i], runtime));
        }

        parts[0] += parts[0] is >= 0 and <= 99 ? 1900 : 0;
        return JsDate.FromParts(parts, utc, runtime);
    }

    private static double[] Parts(JsDate date, bool utc, Runtime runtime)
    {
        var at = utc ? date.Utc : date.Local(runtime);
        return [at.Year, at.Month - 1, at.Day, at.Hour, at.Minute, at.Second, at.Millisecond];
    }

    /// <summary><c>setHours(h, m, s, ms)</c> and the like: the first part and those after it, within day or time.</summary>
    private static JsValue SetParts(JsDate date, int first, JsValue[] args, bool utc, Runtime runtime)
    {
        if (double.IsNaN(date.Time))
        {
            return JsValue.NaN;
        }

        var parts = Parts(date, utc, runtime);
        var last = first < 3 ? 3 : 7;
        parts[first] = Math.Truncate(Operators.ToNumber(args.At(0), runtime));
        for (var i = 1; i < args.Length && first + i < last; i++)
        {
            parts[first + i] = Math.Truncate(Operators.ToNumber(args[i], runtime));
        }

        return Set(date, JsDate.FromParts(parts, utc, runtime));
    }

    private static JsValue Set(JsDate date, double time)
    {
        date.SetTime(time);
        return new JsValue(date.Time);
    }
}
