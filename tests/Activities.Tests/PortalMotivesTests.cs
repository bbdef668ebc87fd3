using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.OpcoPortals;
using MonOPCO.Domain.Data;
using MonOPCO.TestCommon;

namespace MonOPCO.Activities.Tests;

public sealed class PortalMotivesTests
{
    [Theory]
    [InlineData("Demande déposée hors délai", "depot-tardif")]
    [InlineData("Action commencée avant le dépôt", "deja-commencee")]
    [InlineData("Dossier incomplet", "incomplet")]
    [InlineData("Heures, dates ou montants contradictoires", "incoherent")]
    [InlineData("Entreprise ne relevant pas de cet OPCO", "mauvais-opco")]
    [InlineData("Contributions non acquittées", "contributions")]
    [InlineData("Entreprise de 50 salariés et plus", "effectif")]
    [InlineData("Action hors des priorités ou non éligible", "action-ineligible")]
    [InlineData("Bénéficiaire non éligible", "personne-ineligible")]
    [InlineData("Certification Qualiopi ou NDA absente ou inadaptée", "qualiopi-nda")]
    [InlineData("Coût au-dessus du plafond ou non détaillé", "cout")]
    [InlineData("Enveloppe annuelle épuisée", "enveloppe")]
    [InlineData("Raison inconnue du script", "autre")]
    [InlineData(null, "autre")]
    public void CodeOf_WordsOfAPortal_OurCode(string? motive, string code) => Assert.Equal(code, PortalMotives.CodeOf(motive));

    [Fact]
    public async Task Codes_EveryOne_IsARefusalReason()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(database.ConnectionString).Options);
        var known = await db.RefusalReasons.Select(x => x.Code).ToListAsync();
        Assert.All(PortalMotives.Codes, code => Assert.Contains(code, known));
    }
}
