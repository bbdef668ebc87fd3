using System.Globalization;

namespace MonOPCO.Domain;

/// <summary>French formats, for texts that people read.</summary>
public static class Fr
{
    /// <summary>U+202F, the narrow no-break space of French typography.</summary>
    public const char NarrowSpace = '\u202F';

    private static readonly CultureInfo French = Make();

    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    /// <summary>« 12 345,67 € ».</summary>
    public static string Euros(decimal amount) => amount.ToString("#,##0.00", French) + NarrowSpace + "€";

    /// <summary>« 03/02/2026 ».</summary>
    public static string Date(DateOnly date) => date.ToString("dd/MM/yyyy", French);

    public static string Date(DateTimeOffset instant) => Date(InParis(instant));

    public static string DateTime(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Paris).ToString("dd/MM/yyyy 'à' HH:mm", French);

    /// <summary>« 3 février 2026 ».</summary>
    public static string LongDate(DateOnly date) => date.Day == 1 ? date.ToString("1'er' MMMM yyyy", French) : date.ToString("d MMMM yyyy", French);

    /// <summary>« 24 », « 3,5 ».</summary>
    public static string Number(decimal number) => number.ToString("#,##0.##", French);

    public static string Hours(decimal hours) => Number(hours) + '\u00A0' + (hours < 2 ? "heure" : "heures");

    /// <summary>The calendar day in France.</summary>
    public static DateOnly InParis(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Paris).DateTime);

    /// <summary>The instant, in UTC, at which that day begins in France.</summary>
    public static DateTimeOffset StartInParis(DateOnly date)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Paris.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>
    /// The instant, in UTC, at which the clock shows that time in France. A time that the clocks skip in spring is the moment of the jump; of the two that they
    /// show twice in autumn it is the first.
    /// </summary>
    public static DateTimeOffset AtInParis(DateOnly date, TimeOnly time)
    {
        var clock = date.ToDateTime(time);
        if (Paris.IsInvalidTime(clock))
        {
            // Clocks jump by one hour, on the hour.
            clock = new DateTime(clock.Year, clock.Month, clock.Day, clock.Hour + 1, 0, 0, DateTimeKind.Unspecified);
        }

        var offset = Paris.IsAmbiguousTime(clock) ? Paris.GetAmbiguousTimeOffsets(clock).Max() : Paris.GetUtcOffset(clock);
        return new DateTimeOffset(clock, offset).ToUniversalTime();
    }

    private static CultureInfo Make()
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo("fr-FR").Clone();
        culture.NumberFormat.NumberGroupSeparator = NarrowSpace.ToString();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        return CultureInfo.ReadOnly(culture);
    }
}
