using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Pages.Public;
using MonOPCO.Host.Tests.Demande;

namespace MonOPCO.Host.Tests.Financable;

public sealed class FinancableTests(FrontFixture host) : IClassFixture<FrontFixture>
{
    [Fact]
    [Trait("Requirement", "S004-3.2")]
    public async Task Ask_OpenCompanyWithSpaces_AnswersWithOpcoDeadlineAndCalendar()
    {
        var page = await AskAsync("999 001 373 00011");
        Assert.Contains("ATELIER NUMERIQUE DE LA MODER", page.Text);
        Assert.Contains("Atlas", page.Text);
        Assert.Contains("Quasi certain", page.Text);
        Assert.Contains("d’après la convention collective", page.Text);
        Assert.Contains("Registre de démonstration", page.Text);
        Assert.Contains("Dernier jour pour déposer", page.Text);
        Assert.Contains("Faire une demande", page.Text);

        var calendar = await host.Visitor().Client.GetAsync($"/?handler=Calendrier&siret={FrontFixture.Atlas}&type=Bilan&debut={host.Today.AddDays(90):yyyy-MM-dd}");
        Assert.Equal("text/calendar", calendar.Content.Headers.ContentType!.MediaType);
        Assert.Contains("BEGIN:VEVENT", await calendar.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Ask_OpcoWithACeiling_ShowsItWithItsDateAndSource()
    {
        var page = await AskAsync("99900411200010");
        Assert.Contains("Plafond indicatif : 1 500,00 € HT au plus.", page.Text);
        Assert.Contains("Barème en vigueur depuis le 01/01/2026", page.Text);
        Assert.Contains("D’où viennent ces réponses", page.Text);
        Assert.Contains("L’accord dira qui est payé", page.Text);
    }

    [Theory]
    [InlineData("99902192600012", "Aucune demande possible avec ce SIRET", false)]
    [InlineData("99902329400021", "fermé depuis le 31/03/2026", false)]
    [InlineData("99902466400016", "pas sur les fonds mutualisés", true)]
    [InlineData("99902740200018", "Possibles : AKTO, Ocapiat.", true)]
    [InlineData("99903151100010", "suggestion d’après l’activité (code NAF)", true)]
    [InlineData("99903288100016", "OPCO à déterminer", true)]
    [InlineData("99903425900013", "Employeur public", false)]
    [InlineData("35600000002004", "LA POSTE", true)]
    [InlineData("99903562900016", "Outre-mer", true)]
    [InlineData("99903699900012", "opposée à la diffusion", true)]
    public async Task Ask_EachCase_SaysWhatItIs(string siret, string expected, bool canAsk)
    {
        var page = await AskAsync(siret);
        Assert.Contains(expected, page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(canAsk, page.Text.Contains("Faire une demande", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "Indiquez le SIRET")]
    [InlineData("123", "pas un SIRET")]
    [InlineData("99900137300012", "pas un SIRET")]
    [InlineData("99909999900008", "ne connaît pas ce SIRET")]
    public async Task Ask_WrongOrUnknownSiret_SaysSoInPlaceAndKeepsWhatWasTyped(string siret, string expected)
    {
        var page = await PostAsync(siret);
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(expected, page.Text);
        Assert.Equal(siret, HtmlPage.Attribute(page.TagById("Siret")!, "value"));
        Assert.Contains(host.Day(90), Domain.Fr.Date(DateOnly.Parse(HtmlPage.Attribute(page.TagById("Debut")!, "value")!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("99904521400015")]
    [InlineData("99904795400014")]
    public async Task Ask_RegisterOverloadedOrDown_KeepsTheSiretAndOneProcedureCompletesIt(string siret)
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var page = await AskAsync(siret);
            Assert.Contains("la fiche se complétera toute seule", page.Text);
            Assert.Contains("Faire une demande", page.Text);
        }

        // The client respects the pause that the register asked for, for everybody.
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var company = await host.DatabaseAsync(db => db.Companies.SingleAsync(x => x.Siret == siret));
        Assert.True(company.IsDegraded);
        var reads = host.Services.GetRequiredService<IWorkflowReads>();
        var instance = await reads.FindInstanceAsync(StableId.Of(company.Id, CompanyFinder.CompletionDefinition), CancellationToken.None);
        Assert.Equal(CompanyFinder.CompletionDefinition, instance!.DefinitionId);
        Assert.Equal(siret, instance.Input["Siret"]!.GetValue<string>());
    }

    [Fact]
    public async Task Calendar_UnknownCompany_NotFound() =>
        Assert.Equal(HttpStatusCode.NotFound, (await host.Visitor().GetAsync("/?handler=Calendrier&siret=99901781700019&type=Bilan&debut=2027-01-04")).Status);

    [Fact]
    public async Task Alias_Financable_IsTheSamePageAndInTheMenu()
    {
        var page = await host.Visitor().GetAsync("/financable");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("SIRET de l’établissement", page.Text);

        // Production: nobody is shown fictitious companies.
        Assert.DoesNotContain("démonstration)", page.Text);
    }

    private async Task<HtmlPage> PostAsync(string siret)
    {
        var browser = host.Visitor();
        return await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = siret, ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
    }

    private async Task<HtmlPage> AskAsync(string siret)
    {
        var browser = host.Visitor();
        var sent = await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = siret, ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
        Assert.Equal(HttpStatusCode.Redirect, sent.Status);
        return await browser.GetAsync(sent.Location!.Split('#')[0]);
    }
}
