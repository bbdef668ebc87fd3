using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Integrations.Templates;

namespace MonOPCO.Integrations.Tests.Templates;

public class FrenchFormatsTests
{
    [Theory]
    [InlineData("12345.67", "12\u202F345,67\u202F€")]
    [InlineData("0", "0,00\u202F€")]
    [InlineData("-0.005", "-0,01\u202F€")]
    [InlineData("1234567.891", "1\u202F234\u202F567,89\u202F€")]
    public void Euros_Amount_IsFrench(string amount, string expected) => Assert.Equal(expected, FrenchFormats.Euros(decimal.Parse(amount, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("24", "24\u202Fh")]
    [InlineData("3.5", "3\u202Fh\u202F30")]
    [InlineData("0.0833", "0\u202Fh\u202F05")]
    [InlineData("1.9999", "2\u202Fh")]
    public void Hours_Decimal_IsInHoursAndMinutes(string hours, string expected) => Assert.Equal(expected, FrenchFormats.Hours(decimal.Parse(hours, CultureInfo.InvariantCulture)));

    [Fact]
    public void Dates_ShortAndLong_AreFrench()
    {
        Assert.Equal("03/02/2026", FrenchFormats.Date(new DateOnly(2026, 2, 3)));
        Assert.Equal("3\u00A0février 2026", FrenchFormats.LongDate(new DateOnly(2026, 2, 3)));
        Assert.Equal("1er\u00A0août 2026", FrenchFormats.LongDate(new DateOnly(2026, 8, 1)));
        Assert.Equal("29/03/2026 à 03:00:00 (heure de Paris)", FrenchFormats.Timestamp(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void SiretNdaList_Plain_AreGrouped()
    {
        Assert.Equal("123\u00A0456\u00A0789\u00A000012", FrenchFormats.Siret("12345678900012"));
        Assert.Equal("inconnu", FrenchFormats.Siret("inconnu"));
        Assert.Equal("44\u00A067\u00A001234\u00A067", FrenchFormats.Nda("44670123467"));
        Assert.Equal("a, b et c", FrenchFormats.Enumeration(["a", "b", "c"]));
        Assert.Equal("", FrenchFormats.Enumeration([]));
    }

    [Fact]
    public void Euros_AnyCents_ReadsBackAndNeverBreaks() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), raw =>
        {
            var amount = raw % 1_000_000_000_000 / 100m;
            var text = FrenchFormats.Euros(amount);
            var back = decimal.Parse(text.Replace("\u202F", "", StringComparison.Ordinal).Replace("€", "", StringComparison.Ordinal).Replace(',', '.'), CultureInfo.InvariantCulture);
            return back == amount && !text.Contains(' ', StringComparison.Ordinal) && text.EndsWith("\u202F€", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dates_AnyDay_ReadBack() =>
        Prop.ForAll(Gen.Choose(0, DateOnly.MaxValue.DayNumber).ToArbitrary(), day =>
        {
            var date = DateOnly.FromDayNumber(day);
            return DateOnly.ParseExact(FrenchFormats.Date(date), "dd/MM/yyyy", CultureInfo.InvariantCulture) == date
                && DateOnly.Parse(FrenchFormats.LongDate(date).Replace("1er\u00A0", "1\u00A0", StringComparison.Ordinal).Replace('\u00A0', ' '), CultureInfo.GetCultureInfo("fr-FR")) == date;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hours_AnyMinutes_ReadBack() =>
        Prop.ForAll(Gen.Choose(0, 100_000).ToArbitrary(), minutes =>
        {
            var parts = FrenchFormats.Hours(minutes / 60m).Replace("\u202F", "", StringComparison.Ordinal).Split('h');
            return (int.Parse(parts[0], CultureInfo.InvariantCulture) * 60) + (parts[1].Length == 0 ? 0 : int.Parse(parts[1], CultureInfo.InvariantCulture)) == minutes;
        }).QuickCheckThrowOnFailure();
}
