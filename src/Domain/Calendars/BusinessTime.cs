namespace MonOPCO.Domain.Calendars;

/// <summary>How pressing a deadline is; each has a colour and an icon at the edge.</summary>
public enum Pressure
{
    /// <summary>No deadline.</summary>
    None,
    Calm,

    /// <summary>Less than half a working day is left.</summary>
    Soon,
    Late,
}

/// <summary>Time left in working hours, in words: « Reste 3 h ouvrées », « En retard de 2 jours ouvrés ».</summary>
public sealed record BusinessTime(Pressure Pressure, TimeSpan Left, string Words)
{
    public static BusinessTime None { get; } = new(Pressure.None, TimeSpan.MaxValue, "Sans échéance");

    public static BusinessTime Of(DateTimeOffset due, DateTimeOffset now, BusinessCalendar calendar)
    {
        var left = calendar.Between(now, due);
        if (due <= now)
        {
            // Passed while nobody works: late, by nothing that counts yet.
            return new BusinessTime(Pressure.Late, left, -left < TimeSpan.FromMinutes(1) ? "Échéance passée" : "En retard de " + Span(-left, calendar));
        }

        return left < TimeSpan.FromMinutes(1)
            ? new BusinessTime(Pressure.Soon, left, calendar.IsOpen(now) ? "Échéance imminente" : "À traiter dès l’ouverture")
            : new BusinessTime(left < calendar.Day / 2 ? Pressure.Soon : Pressure.Calm, left, "Reste " + Span(left, calendar));
    }

    private static string Span(TimeSpan time, BusinessCalendar calendar)
    {
        if (time < TimeSpan.FromHours(1))
        {
            return $"{(int)time.TotalMinutes}\u00A0min ouvrée{((int)time.TotalMinutes < 2 ? "" : "s")}";
        }

        if (time < calendar.Day)
        {
            return $"{(int)time.TotalHours}\u00A0h ouvrée{((int)time.TotalHours < 2 ? "" : "s")}";
        }

        var days = (int)(time / calendar.Day);
        return $"{Fr.Number(days)}\u00A0jour{(days < 2 ? "" : "s")} ouvré{(days < 2 ? "" : "s")}";
    }
}
