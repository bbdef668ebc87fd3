using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Demande;

public sealed class DemandeTests(FrontFixture host) : IClassFixture<FrontFixture>
{
    [Fact]
    [Trait("Requirement", "S004-3.5")]
    public async Task Request_FromPublicPageToDossier_OpensAccountDossierAndProcedure()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@moder.exemple.fr");
        var page = await browser.GetAsync($"/espace/dossiers/{numero}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Votre demande est envoyée", page.Text);

        var dossier = await host.DatabaseAsync(db => db.Dossiers.Include(x => x.Beneficiaires).Include(x => x.Company).SingleAsync(x => x.Numero == numero));
        Assert.Equal((FrontFixture.Atlas, DossierKind.Bilan, 2400m, 24m), (dossier.Company!.Siret, dossier.Kind, dossier.CostHt, dossier.Hours));
        Assert.Equal("Martin", Assert.Single(dossier.Beneficiaires).LastName);
        Assert.NotNull(dossier.WorkflowInstanceId);
        Assert.Contains(await host.DatabaseAsync(db => db.AuditEntries.Where(x => x.DossierId == dossier.Id).ToListAsync()), x => x is { Action: "Created", Actor: "Entreprise", UserId: not null });
        var user = await host.DatabaseAsync(db => db.Users.SingleAsync(x => x.Email == "rh@moder.exemple.fr"));
        Assert.True(user.EmailConfirmed);
        Assert.Equal(dossier.CompanyId, user.CompanyId);
    }

    [Fact]
    public async Task Request_TypedTwice_LeadsToTheFirstDossier()
    {
        var (_, first) = await host.SendRequestAsync("rh@houblon.exemple.fr", "99900411200010");
        var (browser, second) = await host.SendRequestAsync("rh@houblon.exemple.fr", "99900411200010");
        Assert.Equal(first, second);
        Assert.Contains("déjà fait cette demande", (await browser.GetAsync($"/espace/dossiers/{second}")).Text);
    }

    [Fact]
    public async Task Draft_SentThenOpenedAgain_LeadsToItsDossier()
    {
        var (browser, draft) = await host.BeginAsync("rh@maconnerie.exemple.fr", "99900685100011");
        await host.FillAsync(browser, draft, "Bilan");
        var sent = await browser.PostAsync(await browser.GetAsync(draft + "/recapitulatif"), draft + "/recapitulatif", new() { ["ContactName"] = "Paul Oster" });
        Assert.Equal(sent.Location, (await browser.GetAsync(draft + "/action")).Location);
    }

    [Fact]
    public async Task People_AddAndRemove_KeepWhatWasTypedEvenWrong()
    {
        var (browser, draft) = await host.BeginAsync("rh@ried.exemple.fr", "99900822000017");
        var url = draft + "/beneficiaires";
        var typed = FrontFixture.Person(0, "Martin");
        typed["People[0].BirthDate"] = "31/02/1990";
        Assert.Equal(url + "#personne-2", (await browser.PostAsync(await browser.GetAsync(url), url, typed, "Ajouter")).Location);

        var two = await browser.GetAsync(url);
        Assert.Equal("31/02/1990", HtmlPage.Attribute(two.TagById("People_0__BirthDate")!, "value"));
        foreach (var (name, value) in FrontFixture.Person(1, "Schmitt", "anne@exemple.fr"))
        {
            typed[name] = value;
        }

        Assert.Equal(url + "#personnes", (await browser.PostAsync(two, url, typed, "Retirer&index=0")).Location);
        var one = await browser.GetAsync(url);
        Assert.Equal("Schmitt", HtmlPage.Attribute(one.TagById("People_0__LastName")!, "value"));
        Assert.Null(one.TagById("People_1__LastName"));
    }

    [Fact]
    public async Task Steps_Invalid_SayWhatIsMissingAndKeepIt()
    {
        var (browser, draft) = await host.BeginAsync("rh@coiffure.exemple.fr", "99901096000014");
        var people = await browser.PostAsync(await browser.GetAsync(draft + "/beneficiaires"), draft + "/beneficiaires", new() { ["People[0].LastName"] = "Fischer", ["People[0].BirthDate"] = "hier", ["People[0].Email"] = "nadia" });
        Assert.Equal(HttpStatusCode.BadRequest, people.Status);
        Assert.Contains("Indiquez une date qui existe", people.Text);
        Assert.Contains("Indiquez une adresse complète", people.Text);
        Assert.Equal("Fischer", HtmlPage.Attribute((await browser.GetAsync(draft + "/beneficiaires")).TagById("People_0__LastName")!, "value"));

        // Nothing can be skipped.
        Assert.Equal(draft + "/beneficiaires", (await browser.GetAsync(draft + "/recapitulatif")).Location);
        var fields = await host.ActionAsync("Bilan");
        (fields["Action.End"], fields["Action.Cost"]) = (host.Day(10), "beaucoup");
        var action = await browser.PostAsync(await browser.GetAsync(draft + "/action"), draft + "/action", fields);
        Assert.Equal(HttpStatusCode.BadRequest, action.Status);
        Assert.Contains("La fin précède le début", action.Text);
        Assert.Contains("Indiquez un montant", action.Text);
    }

    [Fact]
    public async Task Draft_OfSomebodyElse_NotFound()
    {
        var (_, draft) = await host.BeginAsync("rh@vents.exemple.fr", "99901233900019");
        var (other, _) = await host.BeginAsync("rh@viticole.exemple.fr", "99901370900012");
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(draft + "/beneficiaires")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Visitor().GetAsync(draft + "/beneficiaires")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Operateur)).GetAsync(draft + "/beneficiaires")).Status);
    }

    [Fact]
    public async Task Link_UsedOrExpired_OffersANewOneThatGoesOn()
    {
        const string email = "rh@meca.exemple.fr";
        var (browser, _) = await host.BeginAsync(email, "99901507600014");
        var used = await browser.GetAsync(await host.LinkToAsync(email));
        Assert.Equal(HttpStatusCode.Gone, used.Status);
        Assert.Contains("déjà servi", used.Text);

        Assert.StartsWith("/demande/verifiez", (await browser.PostAsync(used, "/demande/confirmer", [], "Nouveau")).Location);
        var fresh = await browser.GetAsync(await host.LinkToAsync(email));
        Assert.Equal(HttpStatusCode.OK, fresh.Status);
        host.Clock.Advance(TimeSpan.FromMinutes(31));
        var late = await browser.PostAsync(fresh, "/demande/confirmer", []);
        Assert.Equal(HttpStatusCode.Gone, late.Status);
        Assert.Contains("expiré", late.Text);
        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync("/demande/confirmer?jeton=faux")).Status);
    }

    [Fact]
    public async Task Account_OfAnotherCompanyOrStranger_IsRefusedPolitely()
    {
        const string email = "rh@garage.exemple.fr";
        await host.BeginAsync(email, "99901644700016");

        // The same person for another company.
        var other = await ConfirmAsync(email, "99901781700019");
        Assert.Equal(HttpStatusCode.Forbidden, other.Status);
        Assert.Contains("l’espace d’une autre entreprise", other.Text);

        // A stranger for a company that has its space; a colleague is let in.
        var stranger = await ConfirmAsync("curieux@gmail.com", "99901644700016");
        Assert.Equal(HttpStatusCode.Forbidden, stranger.Status);
        Assert.Contains("a déjà un espace", stranger.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await ConfirmAsync("direction@garage.exemple.fr", "99901644700016")).Status);
    }

    [Fact]
    public async Task Email_MissingOrWrong_SaysSo()
    {
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = FrontFixture.Atlas, ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
        var page = await browser.PostAsync(await browser.GetAsync($"/demande?siret={FrontFixture.Atlas}&type=Bilan"), "/demande", new() { ["Name"] = "", ["Email"] = "claire" });
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("Indiquez votre nom", page.Text);
        Assert.Contains("Indiquez une adresse", page.Text);
        Assert.Equal("/", (await browser.GetAsync("/demande?siret=12")).Location);

        // A closed establishment leads back to the page that says so.
        await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = "99902329400021", ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
        var closed = await browser.GetAsync($"/demande?siret=99902329400021&type=Bilan&debut={host.Today.AddDays(90):yyyy-MM-dd}");
        Assert.Contains("fermé depuis le 31/03/2026", (await browser.GetAsync(closed.Location!.Split('#')[0])).Text);
    }

    private async Task<HtmlPage> ConfirmAsync(string email, string siret)
    {
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = siret, ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
        await browser.PostAsync(await browser.GetAsync($"/demande?siret={siret}&type=Bilan"), "/demande", new() { ["Name"] = "Claire", ["Email"] = email });
        return await browser.PostAsync(await browser.GetAsync(await host.LinkToAsync(email)), "/demande/confirmer", []);
    }
}
