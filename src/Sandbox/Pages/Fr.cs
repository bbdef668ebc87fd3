using System.Globalization;

namespace MonOPCO.Sandbox.Pages;

/// <summary>French formats of the pages.</summary>
internal static class Fr
{
    private static readonly CultureInfo Culture = MakeCulture();
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    public static string Euros(decimal amount) => amount.ToString("#,##0.00", Culture) + "\u202f€";

    public static string Number(decimal value) => value.ToString("#,##0.##", Culture);

    public static string Date(DateOnly date) => date.ToString("dd/MM/yyyy", Culture);

    public static string DateTime(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Paris).ToString("dd/MM/yyyy 'à' HH'h'mm", Culture);

    public static int Year(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Paris).Year;

    public static string Size(long bytes) => bytes < 1024 ? $"{bytes} octets" : bytes < 1024 * 1024 ? $"{Number(Math.Round(bytes / 1024m))} Ko" : $"{Number(Math.Round(bytes / 1048576m, 1))} Mo";

    /// <summary>An amount as typed in France: comma for decimals, spaces allowed, nothing else.</summary>
    public static bool TryAmount(string text, out decimal amount)
    {
        var bare = new string([.. text.Where(c => c is not (' ' or '\u00a0' or '\u202f'))]);
        amount = 0;
        return bare.Length is > 0 and < 15 && bare.All(c => char.IsAsciiDigit(c) || c == ',')
            && decimal.TryParse(bare, NumberStyles.AllowDecimalPoint, Culture, out amount);
    }

    public static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text.Trim(), "dd/MM/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static CultureInfo MakeCulture()
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo("fr-FR").Clone();
        culture.NumberFormat.NumberGroupSeparator = "\u202f";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        return CultureInfo.ReadOnly(culture);
    }
}
