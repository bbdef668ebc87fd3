using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Tests;

public sealed class FrTests
{
    [Fact]
    public void Formats_AreFrench()
    {
        Assert.Equal("12\u202F345,67\u202F€", Fr.Euros(12345.67m));
        Assert.Equal("03/02/2026", Fr.Date(new DateOnly(2026, 2, 3)));
        Assert.Equal("1er février 2026", Fr.LongDate(new DateOnly(2026, 2, 1)));
        Assert.Equal("3,5\u00A0heures", Fr.Hours(3.5m));
        Assert.Equal("31/12/2026 à 23:30", Fr.DateTime(new DateTimeOffset(2026, 12, 31, 22, 30, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void InParis_NewYearsEve_TakesTheDayOfFrance() => Assert.Equal(2027, Fr.InParis(new DateTimeOffset(2026, 12, 31, 23, 30, 0, TimeSpan.Zero)).Year);

    [Fact]
    public void StartInParis_AnyDay_IsItsFirstInstant() => Prop.ForAll(
        Gen.Choose(0, 40_000).ToArbitrary(),
        offset =>
        {
            var day = new DateOnly(1990, 1, 1).AddDays(offset);
            var start = Fr.StartInParis(day);
            return start.Offset == TimeSpan.Zero && Fr.InParis(start) == day && Fr.InParis(start.AddTicks(-1)) == day.AddDays(-1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void DossierNumber_AnyNumber_ReadsItsOwnText() => Prop.ForAll(
        Gen.Choose(2000, 2200).Zip(Gen.Choose(1, 2_000_000)).ToArbitrary(),
        x => DossierNumber.TryParse(DossierNumber.Format(x.Item1, x.Item2), out var year, out var sequence) && (year, sequence) == (x.Item1, x.Item2)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Élodie  L'Hôpital-Œuvre", "elodie l hopital oeuvre")]
    [InlineData("", "")]
    public void SearchText_Accents_AreFolded(string text, string expected) => Assert.Equal(expected, SearchText.Of(text));

    [Fact]
    public void SearchText_TwiceNormalised_IsTheSame() => Prop.ForAll(
        Gen.Elements("Été", "l’Œil", "NOËL", "a  b", "ç", "2026-00001", "Straße").ListOf().ToArbitrary(),
        words => SearchText.Of(SearchText.Of(words)) == SearchText.Of(words)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("12", "20 à 49 salariés")]
    [InlineData("53", "10\u202F000 salariés et plus")]
    [InlineData("NN", "effectif inconnu")]
    public void HeadcountBand_Label_IsReadable(string code, string label) => Assert.Equal(label, HeadcountBand.Label(code));

    [Fact]
    public void FilingCalendar_LongAccentedText_FoldsBelow75Octets()
    {
        var text = FilingCalendar.Write("Dernier jour pour déposer, dossier 2026-00001", new string('é', 200) + "; fin", new DateOnly(2026, 12, 31), DomainFixture.Now, "a@monopco");
        Assert.All(text.Split("\r\n"), line => Assert.True(System.Text.Encoding.UTF8.GetByteCount(line) <= 75));
        Assert.Contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n", text, StringComparison.Ordinal);
        Assert.Contains("déposer\\, dossier", text, StringComparison.Ordinal);
    }
}
