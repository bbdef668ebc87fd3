using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Domain.Companies;

namespace MonOPCO.Domain.Tests.Companies;

public sealed class SiretTests
{
    [Theory]
    [InlineData("12345678200010")]
    [InlineData("404 833 048 00022")]
    [InlineData("404\u00A0833\u202F048-00022")]
    [InlineData("35600000000048")] // La Poste, head office: Luhn
    [InlineData("35600000049837")] // La Poste, an office: sum of digits a multiple of 5, not Luhn
    [Trait("Requirement", "S004-3.2")]
    public void TryParse_ValidNumber_IsAccepted(string text) => Assert.True(Siret.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12345678200011")]
    [InlineData("1234567820001")]
    [InlineData("1234567820001A")]
    [InlineData("35600000000044")]
    [InlineData("１２３４５６７８２０００１０")] // full-width digits
    public void TryParse_WrongNumber_IsRefused(string? text) => Assert.False(Siret.TryParse(text, out _));

    [Fact]
    public void Parts_KnownNumber_AreThoseOfTheRegister()
    {
        var siret = Siret.Parse("40483304800022");
        Assert.Equal(("404833048", "00022", "404 833 048 00022", "FR83404833048"), (siret.Siren, siret.Nic, siret.Formatted, siret.VatNumber));
        Assert.Equal("FR11123456782", Siret.VatNumberOf("123456782"));
    }

    [Fact]
    public void TryParse_AnyLuhnNumber_SurvivesItsOwnFormat() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 9_999)).ToArbitrary(),
        pair =>
        {
            var text = DomainFixture.Complete($"{pair.Item1 % 1_000_000_000:000000000}{pair.Item2:0000}");
            return Siret.TryParse(text, out var siret) && Siret.Parse(siret.Formatted) == siret && siret.Value == text;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_OneDigitChanged_IsRefused() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 13)).Zip(Gen.Choose(1, 9)).ToArbitrary(),
        x =>
        {
            var ((number, position), shift) = (x.Item1, x.Item2);
            var text = DomainFixture.Complete($"{(long)number + 400_000_000_0000:0000000000000}").ToCharArray();
            text[position] = (char)('0' + ((text[position] - '0' + shift) % 10));
            return new string(text).StartsWith("356000000", StringComparison.Ordinal) || !Siret.TryParse(new string(text), out _);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void VatNumber_AnySiren_HasAKeyBelow97() => Prop.ForAll(
        Gen.Choose(0, 999_999_999).ToArbitrary(),
        siren =>
        {
            var vat = Siret.VatNumberOf(siren.ToString("000000000", System.Globalization.CultureInfo.InvariantCulture));
            var key = int.Parse(vat[2..4], System.Globalization.CultureInfo.InvariantCulture);
            return vat.Length == 13 && key == (12 + (3 * (siren % 97))) % 97;
        }).QuickCheckThrowOnFailure();
}
