using System.Globalization;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>Days as addresses write them: <c>2026</c>, <c>2026-11</c>, <c>2026-11-03</c>, <c>aujourdhui</c>, <c>hier</c>, <c>semaine</c>, <c>mois</c>, <c>annee</c> (with <c>-1</c>: the one before), <c>7j</c> (last seven days), <c>+7j</c> (next seven).</summary>
public static class Periods
{
    /// <summary>First day, and the day after the last one.</summary>
    public static bool TryParse(string text, DateOnly today, out DateOnly from, out DateOnly until)
    {
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var month = new DateOnly(today.Year, today.Month, 1);
        (DateOnly From, DateOnly Until)? found = text switch
        {
            "aujourdhui" => (today, today.AddDays(1)),
            "hier" => (today.AddDays(-1), today),
            "semaine" => (monday, monday.AddDays(7)),
            "semaine-1" => (monday.AddDays(-7), monday),
            "mois" => (month, month.AddMonths(1)),
            "mois-1" => (month.AddMonths(-1), month),
            "annee" => (new(today.Year, 1, 1), new(today.Year + 1, 1, 1)),
            "annee-1" => (new(today.Year - 1, 1, 1), new(today.Year, 1, 1)),
            _ => Written(text, today),
        };
        (from, until) = found ?? default;
        return found is not null;
    }

    /// <summary>« 7 derniers jours », « novembre 2026 ».</summary>
    public static string Label(string text)
    {
        if (Fixed.TryGetValue(text, out var label))
        {
            return label;
        }

        if (Days(text) is { } days)
        {
            return text[0] == '+' ? $"{days} prochains jours" : days == 1 ? "dernier jour" : $"{days} derniers jours";
        }

        return text.Length == 10 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Fr.Date(day)
            : text.Length == 7 && DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month.ToString("MMMM yyyy", CultureInfo.GetCultureInfo("fr-FR")) : text;
    }

    /// <summary>Those proposed by name.</summary>
    public static IReadOnlyDictionary<string, string> Fixed { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["aujourdhui"] = "aujourd’hui",
        ["hier"] = "hier",
        ["semaine"] = "cette semaine",
        ["semaine-1"] = "la semaine dernière",
        ["mois"] = "ce mois",
        ["mois-1"] = "le mois dernier",
        ["annee"] = "cette année",
        ["annee-1"] = "l’année dernière",
    };

    private static (DateOnly From, DateOnly Until)? Written(string text, DateOnly today)
    {
        if (Days(text) is { } days)
        {
            return text[0] == '+' ? (today, today.AddDays(days)) : (today.AddDays(1 - days), today.AddDays(1));
        }

        return text.Length switch
        {
            10 when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1900 and < 2200 => (day, day.AddDays(1)),
            7 when DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year is > 1900 and < 2200 => (month, month.AddMonths(1)),
            4 when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is > 1900 and < 2200 => (new(year, 1, 1), new(year + 1, 1, 1)),
            _ => null,
        };
    }

    private static int? Days(string text) =>
        text.Length is > 1 and < 7 && text[^1] == 'j' && int.TryParse(text.AsSpan(text[0] == '+' ? 1 : 0)[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 4000 ? days : null;
}
