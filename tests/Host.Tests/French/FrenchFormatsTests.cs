using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Domain;
using MonOPCO.Host.Infrastructure.French;

namespace MonOPCO.Host.Tests.French;

public sealed class FrenchFormatsTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TryAmount_WhatEurosWrote_ComesBack() => Prop.ForAll(
        Gen.Choose(-2_000_000_000, 2_000_000_000).Select(cents => cents / 100m).ToArbitrary(),
        amount => Fr.TryAmount(Fr.Euros(amount), out var read) && read == amount).QuickCheckThrowOnFailure();

    [Fact]
    public void TryDate_WhatDateWrote_ComesBack() => Prop.ForAll(
        Gen.Choose(0, 73_000).Select(days => new DateOnly(1950, 1, 1).AddDays(days)).ToArbitrary(),
        date => Fr.TryDate(Fr.Date(date), out var read) && read == date
            && Fr.TryDate(date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), out read) && read == date
            && Fr.TryDate(Fr.LongDate(date), out read) && read == date).QuickCheckThrowOnFailure();

    [Fact]
    public void Siret_Grouped_LosesNoDigit() => Prop.ForAll(
        Gen.Choose(0, 9).ArrayOf(14).Select(string.Concat).ToArbitrary(),
        siret => Fr.Siret(siret).Replace(Fr.NarrowSpace.ToString(), "", StringComparison.Ordinal) == siret && Fr.Siret(siret).Length == 17).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1 234,56", 1234.56)]
    [InlineData("1\u202F234,56 €", 1234.56)]
    [InlineData("1\u00A0234,5", 1234.5)]
    [InlineData("1234.56", 1234.56)]
    [InlineData("1.234,56", 1234.56)]
    [InlineData("12.345.678,90", 12345678.90)]
    [InlineData("2400", 2400)]
    [InlineData("-12,50", -12.5)]
    public void TryAmount_AsPeopleType(string text, double expected)
    {
        Assert.True(Fr.TryAmount(text, out var amount));
        Assert.Equal((decimal)expected, amount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1.234")]
    [InlineData("1,2,3")]
    [InlineData("12,345")]
    [InlineData("1,234.56")]
    [InlineData("12e3")]
    [InlineData("1.23,4")]
    public void TryAmount_Ambiguous_Refused(string text) => Assert.False(Fr.TryAmount(text, out _));

    [Theory]
    [InlineData("3/2/26")]
    [InlineData("03/02/2026")]
    [InlineData("03-02-2026")]
    [InlineData("3.2.2026")]
    [InlineData(" 2026-02-03 ")]
    [InlineData("3 février 2026")]
    public void TryDate_AsPeopleType(string text)
    {
        Assert.True(Fr.TryDate(text, out var date));
        Assert.Equal(new DateOnly(2026, 2, 3), date);
    }

    [Theory]
    [InlineData("31/02/2026")]
    [InlineData("02/13/2026")]
    [InlineData("demain")]
    [InlineData(null)]
    public void TryDate_Impossible_Refused(string? text) => Assert.False(Fr.TryDate(text, out _));

    [Theory]
    [InlineData(0, "0\u00A0dossier")]
    [InlineData(1, "1\u00A0dossier")]
    [InlineData(2, "2\u00A0dossiers")]
    [InlineData(1234, "1\u202F234\u00A0dossiers")]
    public void Plural_CountsInFrench(long count, string expected) => Assert.Equal(expected, Fr.Plural(count, "dossier"));

    [Theory]
    [InlineData(-10, "à l’instant")]
    [InlineData(-300, "il y a 5\u00A0min")]
    [InlineData(-7200, "il y a 2\u00A0h")]
    [InlineData(-86400, "il y a 1\u00A0jour")]
    [InlineData(-172800, "il y a 2\u00A0jours")]
    [InlineData(259200, "dans 3\u00A0jours")]
    [InlineData(-8640000, "le 26/10/2025")]
    public void Ago_ReadsNaturally(int seconds, string expected) => Assert.Equal(expected, Fr.Ago(Now.AddSeconds(seconds), Now));

    [Fact]
    public void Euros_UseNarrowSpaces() => Assert.Equal("12\u202F345,67\u202F€", Fr.Euros(12345.67m));
}
