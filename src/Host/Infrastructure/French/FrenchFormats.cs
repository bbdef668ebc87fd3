using System.Globalization;
using System.Text;

namespace MonOPCO.Host.Infrastructure.French;

/// <summary>What pages need beyond <see cref="Fr"/>: reading what people type, relative times, SIRET groups, plurals.</summary>
public static class FrenchFormats
{
    private static readonly string[] DateShapes = ["d/M/yyyy", "d-M-yyyy", "d.M.yyyy", "d/M/yy", "yyyy-MM-dd"];

    extension(Fr)
    {
        /// <summary>« 123 456 789 00012 » with narrow no-break spaces; anything that is not 14 digits comes back as it is.</summary>
        public static string Siret(string? siret) => siret is { Length: 14 } && siret.All(char.IsAsciiDigit)
            ? string.Join(Fr.NarrowSpace, siret[..3], siret[3..6], siret[6..9], siret[9..])
            : siret ?? "";

        /// <summary>« 0 dossier », « 1 dossier », « 2 dossiers », « 1 234 dossiers »: zero and one are singular in French.</summary>
        public static string Plural(long count, string one, string? many = null) =>
            Fr.Number(count) + '\u00A0' + (Math.Abs(count) < 2 ? one : many ?? one + "s");

        /// <summary>« 812 o », « 1,5 Mo », « 2,31 Go ».</summary>
        public static string Size(long bytes) => bytes switch
        {
            < 1000 => Fr.Number(bytes) + "\u00A0o",
            < 1_000_000 => Fr.Number(Math.Round(bytes / 1000m)) + "\u00A0ko",
            < 1_000_000_000 => Fr.Number(Math.Round(bytes / 1_000_000m, 1)) + "\u00A0Mo",
            _ => Fr.Number(Math.Round(bytes / 1_000_000_000m, 2)) + "\u00A0Go",
        };

        /// <summary>« 0,4 s », « 12 s », « 3 min 05 s », « 2 h 10 min », « 3 jours 4 h ».</summary>
        public static string Span(TimeSpan span) => span switch
        {
            { TotalSeconds: < 10 } => Fr.Number(Math.Round((decimal)span.TotalSeconds, 1)) + "\u00A0s",
            { TotalSeconds: < 60 } => Fr.Number((int)span.TotalSeconds) + "\u00A0s",
            { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes}\u00A0min\u00A0{span.Seconds:00}\u00A0s",
            { TotalHours: < 48 } => $"{(int)span.TotalHours}\u00A0h\u00A0{span.Minutes:00}\u00A0min",
            _ => $"{(int)span.TotalDays}\u00A0jours\u00A0{span.Hours}\u00A0h",
        };

        /// <summary>« à l'instant », « il y a 5 min », « il y a 2 jours », « dans 3 jours »; beyond a month the date itself.</summary>
        public static string Ago(DateTimeOffset instant, DateTimeOffset now)
        {
            var gap = now - instant;
            var size = gap.Duration();
            if (size < TimeSpan.FromMinutes(1))
            {
                return "à l’instant";
            }

            var days = Math.Abs(Fr.InParis(now).DayNumber - Fr.InParis(instant).DayNumber);
            var text = size < TimeSpan.FromHours(1) ? $"{(int)size.TotalMinutes}\u00A0min"
                : size < TimeSpan.FromHours(24) ? $"{(int)size.TotalHours}\u00A0h"
                : days <= 31 ? Fr.Plural(Math.Max(1, days), "jour")
                : null;
            return text is null ? "le " + Fr.Date(instant) : gap > TimeSpan.Zero ? "il y a " + text : "dans " + text;
        }

        /// <summary>Days to a deadline: « aujourd'hui », « demain », « dans 5 jours », « en retard de 2 jours ».</summary>
        public static string Due(DateOnly due, DateOnly today) => (due.DayNumber - today.DayNumber) switch
        {
            0 => "aujourd’hui",
            1 => "demain",
            > 1 and var days => "dans " + Fr.Plural(days, "jour"),
            var days => "en retard de " + Fr.Plural(-days, "jour"),
        };

        /// <summary>Reads « 1 234,56 € », « 1234.56 », « 1.234,56 », « 2400 ». At most two decimals; « 1.234 » alone is refused as ambiguous.</summary>
        public static bool TryAmount(string? text, out decimal amount)
        {
            amount = 0;
            var bare = new StringBuilder();
            foreach (var c in (text ?? "").Replace("€", "", StringComparison.Ordinal).Trim())
            {
                if (!char.IsWhiteSpace(c))
                {
                    bare.Append(c == '\u2212' ? '-' : c);
                }
            }

            var typed = bare.ToString();
            var comma = typed.LastIndexOf(',');
            if (comma >= 0)
            {
                // A French decimal comma: points before it separate thousands.
                var whole = typed[..comma];
                if (whole.Contains(',', StringComparison.Ordinal) || !Groups(whole) || typed[(comma + 1)..].Contains('.', StringComparison.Ordinal))
                {
                    return false;
                }

                typed = whole.Replace(".", "", StringComparison.Ordinal) + "." + typed[(comma + 1)..];
            }

            var point = typed.IndexOf('.', StringComparison.Ordinal);
            return (point < 0 || typed.Length - point - 1 is 1 or 2)
                && decimal.TryParse(typed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount);
        }

        /// <summary>Reads « 03/02/2026 », « 3/2/26 », « 3 février 2026 », « 1er mars 2026 » and ISO « 2026-02-03 ». The day always comes before the month.</summary>
        public static bool TryDate(string? text, out DateOnly date)
        {
            var typed = (text ?? "").Trim();
            if (DateOnly.TryParseExact(typed, DateShapes, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
            {
                return true;
            }

            typed = typed.Replace("1er ", "1 ", StringComparison.OrdinalIgnoreCase);
            return DateOnly.TryParseExact(typed, ["d MMMM yyyy", "d MMM yyyy"], CultureInfo.GetCultureInfo("fr-FR"), DateTimeStyles.AllowWhiteSpaces, out date);
        }
    }

    // « 1.234.567 »: groups of three after the first point; no point at all is fine.
    private static bool Groups(string whole)
    {
        var parts = whole.TrimStart('-').Split('.');
        return parts.Length == 1 || (parts[0].Length is >= 1 and <= 3 && parts.Skip(1).All(x => x.Length == 3));
    }
}
