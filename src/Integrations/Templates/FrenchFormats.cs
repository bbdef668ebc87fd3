using System.Globalization;

namespace MonOPCO.Integrations.Templates;

/// <summary>French formats of documents and mails. U+202F keeps a number and its unit on one line.</summary>
public static class FrenchFormats
{
    private const string Narrow = "\u202F";

    // The digits of an identifier are read aloud in groups: they deserve a full space.
    private const string NoBreak = "\u00A0";
    private static readonly string[] Months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    // Written here and not taken from fr-FR: ICU versions disagree on the separators.
    private static readonly NumberFormatInfo Numbers = new() { NumberGroupSeparator = Narrow, NumberDecimalSeparator = ",", NegativeSign = "-" };

    /// <summary>12 345,67 €</summary>
    public static string Euros(decimal amount) => Math.Round(amount, 2, MidpointRounding.AwayFromZero).ToString("#,##0.00", Numbers) + Narrow + "€";

    /// <summary>12 345,6 (four decimals at most)</summary>
    public static string Number(decimal value) => value.ToString("#,##0.####", Numbers);

    /// <summary>24 h, 3 h 30</summary>
    public static string Hours(decimal hours)
    {
        var minutes = (long)Math.Round(Math.Abs(hours) * 60, MidpointRounding.AwayFromZero);
        var sign = hours < 0 && minutes > 0 ? "-" : "";
        var rest = minutes % 60;
        return sign + (minutes / 60).ToString("#,##0", Numbers) + Narrow + "h" + (rest == 0 ? "" : Narrow + rest.ToString("00", CultureInfo.InvariantCulture));
    }

    /// <summary>03/02/2026</summary>
    public static string Date(DateOnly date) => date.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture);

    /// <summary>3 février 2026, 1er mars 2026</summary>
    public static string LongDate(DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"{date.Day}{(date.Day == 1 ? "er" : "")}\u00A0{Months[date.Month - 1]} {date.Year:D4}");

    /// <summary>03/02/2026 à 09:30:05 (heure de Paris)</summary>
    public static string Timestamp(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Paris).ToString("dd'/'MM'/'yyyy 'à' HH':'mm':'ss '(heure de Paris)'", CultureInfo.InvariantCulture);

    /// <summary>123 456 789 00012; anything that is not 14 digits comes back unchanged.</summary>
    public static string Siret(string siret) =>
        siret.Length == 14 && siret.All(char.IsAsciiDigit) ? string.Join(NoBreak, siret[..3], siret[3..6], siret[6..9], siret[9..]) : siret;

    /// <summary>44 67 01234 67</summary>
    public static string Nda(string nda) =>
        nda.Length == 11 && nda.All(char.IsAsciiDigit) ? string.Join(NoBreak, nda[..2], nda[2..4], nda[4..9], nda[9..]) : nda;

    /// <summary>a, b et c</summary>
    public static string Enumeration(IReadOnlyList<string> items) => items switch
    {
        [] => "",
        [var only] => only,
        _ => string.Join(", ", items.Take(items.Count - 1)) + " et " + items[^1],
    };
}
