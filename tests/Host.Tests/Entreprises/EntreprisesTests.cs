using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Entreprises;

public sealed class EntreprisesTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Theory]
    [InlineData("/entreprises")]
    [InlineData("/entreprises/12345678901234")]
    [InlineData("/entreprises/12345678901234/fusion?avec=12345678901235")]
    [InlineData("/entreprises/12345678901234/dossier")]
    public async Task Get_Company_Forbidden(string url) => Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(url)).Status);

    [Theory]
    [InlineData("/entreprises/12345678901234")]
    [InlineData("/entreprises/court")]
    [InlineData("/entreprises/12345678901234/fusion?avec=12345678901235")]
    [InlineData("/entreprises/12345678901234/dossier")]
    public async Task Get_Unknown_NotFound(string url) => Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync(url)).Status);

    [Fact]
    public async Task List_SearchesFiltersAndPagesByName()
    {
        var companies = new List<Company>();
        for (var i = 0; i < 27; i++)
        {
            companies.Add(await host.CreateCompanyAsync());
        }

        var mark = Guid.NewGuid().ToString("N")[..10];
        await host.WithAsync((MonOpcoDbContext x) => x.Companies.Where(c => companies.Select(k => k.Id).Contains(c.Id)).ExecuteUpdateAsync(c => c.SetProperty(p => p.Search, p => p.Search + " " + mark)));
        var browser = await host.OperatorAsync();
        var first = await browser.GetAsync($"/entreprises?recherche={mark}");
        var second = await browser.GetAsync(WebUtility.HtmlDecode(Regex.Match(first.Html, "rel=\"next\" href=\"([^\"]+)\"").Groups[1].Value));

        var shown = Regex.Matches(first.Html + second.Html, "<th scope=\"row\"><a href=\"/entreprises/(\\d{14})\"").Select(x => x.Groups[1].Value).ToList();
        Assert.Equal(companies.Select(x => x.Siret).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        Assert.Contains("27 entreprises", first.Text);
        Assert.Contains("Aucune ne correspond", (await browser.GetAsync($"/entreprises?recherche={mark}&opco=akto")).Text);
        Assert.Contains("Aucune ne correspond", (await browser.GetAsync($"/entreprises?recherche={mark}&vue=archivees")).Text);
    }

    [Fact]
    [Trait("Requirement", "S000-9.A.1")]
    [Trait("Requirement", "S000-9.A.2")]
    [Trait("Requirement", "S000-9.A.3")]
    [Trait("Requirement", "S000-9.A.4")]
    [Trait("Requirement", "S000-9.A.5")]
    [Trait("Requirement", "S000-9.A.6")]
    [Trait("Requirement", "S000-9.A.7")]
    [Trait("Requirement", "S000-9.C.1")]
    [Trait("Requirement", "S000-9.C.2")]
    [Trait("Requirement", "S000-9.C.3")]
    [Trait("Requirement", "S000-9.C.4")]
    [Trait("Requirement", "S000-9.C.5")]
    [Trait("Requirement", "S000-9.D.3")]
    [Trait("Requirement", "S000-9.E.3")]
    public async Task Sheet_ShowsIdentityHistoryAndStatistics()
    {
        var company = await host.CreateCompanyAsync();
        var granted = await host.CreateDossierAsync(company, 90, DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot, DossierState.Depose, DossierState.Accorde);
        var draft = await host.CreateDossierAsync(company);
        await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.Where(d => d.Id == granted.Id).ExecuteUpdateAsync(d => d.SetProperty(p => p.GrantedAmount, 1800m)));

        var page = await (await host.OperatorAsync()).GetAsync($"/entreprises/{company.Siret}");

        Assert.Equal($"{company.Name} · MonOPCO", page.Title);
        foreach (var text in new[] { "67500 Haguenau", "10 à 19 salariés", "62.02A", "Conseil en systèmes et logiciels informatiques", "IDCC 1486", "Atlas", Fr.Date(company.CreatedAt) })
        {
            Assert.Contains(text, page.Text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Matches("Dossiers 2 .*Validés 1 .*Montant obtenu 1.800,00.€ .*Salariés formés 1 ", page.Text);
        Assert.Contains($"/dossiers/{granted.Numero}\"", page.Html);
        Assert.Contains($"/dossiers/{draft.Numero}\"", page.Html);
        Assert.Contains($"href=\"/dossiers?f=entreprise:est:{company.Id}\"", page.Html);
        Assert.Matches("Dernier échange .*(à l’instant|minute|seconde)", page.Text);
    }

    [Fact]
    [Trait("Requirement", "S000-9.B.1")]
    [Trait("Requirement", "S000-9.B.2")]
    [Trait("Requirement", "S000-9.B.3")]
    [Trait("Requirement", "S000-9.B.4")]
    [Trait("Requirement", "S000-9.E.2")]
    public async Task Contact_AddedReplacedRemoved_KeepsOneMainContact()
    {
        var company = await host.CreateCompanyAsync();
        var (browser, url) = (await host.OperatorAsync(), $"/entreprises/{company.Siret}");
        var refused = await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Contact.FirstName"] = "Léa", ["Contact.Email"] = "pas-une-adresse" }, "Contact");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Indiquez le nom.", refused.Text);
        Assert.Contains("value=\"pas-une-adresse\"", refused.Html);

        await PostAsync(new() { ["Contact.FirstName"] = "Léa", ["Contact.LastName"] = "Petit", ["Contact.Job"] = "Responsable RH", ["Contact.Email"] = "lea@atelier.fr", ["Contact.Phone"] = "03 88 00 00 00" });
        await PostAsync(new() { ["Contact.FirstName"] = "Paul", ["Contact.LastName"] = "Roux", ["Contact.Email"] = "paul@atelier.fr", ["Contact.IsMain"] = "true" });
        var page = await browser.GetAsync(url);
        Assert.Contains("Léa Petit , Responsable RH", page.Text.Replace("Petit, ", "Petit , ", StringComparison.Ordinal));
        Assert.Contains("href=\"mailto:paul@atelier.fr\"", page.Html);
        Assert.Contains("Écrire à Paul Roux", page.Text);
        var contacts = await host.WithAsync((MonOpcoDbContext x) => x.Set<CompanyContact>().Where(c => c.CompanyId == company.Id).ToListAsync());
        Assert.Equal("Roux", Assert.Single(contacts, x => x.IsMain).LastName);

        await browser.PostAsync(page, $"{url}?contact={contacts.Single(x => x.LastName == "Petit").Id}", [], "Retirer");
        Assert.DoesNotContain("Léa Petit", (await browser.GetAsync(url)).Text);

        async Task PostAsync(Dictionary<string, string> fields) => Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(await browser.GetAsync(url), url, fields, "Contact")).Status);
    }

    [Fact]
    [Trait("Requirement", "S000-9.D.2")]
    public async Task Note_Added_IsShownWithItsAuthorAndAudited()
    {
        var company = await host.CreateCompanyAsync();
        var (browser, url) = (await host.OperatorAsync("Nadia Keller"), $"/entreprises/{company.Siret}");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Note"] = "  " }, "Note")).Status);
        await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Note"] = "Rappeler après l’inventaire." }, "Note");

        Assert.Matches("Nadia Keller .*Rappeler après l’inventaire\\.", (await browser.GetAsync(url)).Text);
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AnyAsync(a => a.Subject == "company-note" && a.Actor == "Nadia Keller")));
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(url)).Status);
    }

    [Fact]
    [Trait("Requirement", "S000-9.E.4")]
    public async Task Archive_WithOpenDossier_IsRefusedAndWithoutIsDoneAndUndone()
    {
        var company = await host.CreateCompanyAsync();
        var dossier = await host.CreateDossierAsync(company);
        var (browser, url) = (await host.OperatorAsync(), $"/entreprises/{company.Siret}");
        var refused = await browser.PostAsync(await browser.GetAsync(url), url + "?archive=true", [], "Archiver");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Un dossier de cette entreprise est encore en cours", refused.Text);

        await host.WithAsync((DossierService x) => x.ChangeStateAsync(dossier.Id, DossierState.Annule, host.Change(), CancellationToken.None));
        await browser.PostAsync(await browser.GetAsync(url), url + "?archive=true", [], "Archiver");
        Assert.DoesNotContain(url, (await browser.GetAsync($"/entreprises?recherche={company.Siret}")).Html.Split("<tbody>")[^1], StringComparison.Ordinal);
        Assert.Contains(url, (await browser.GetAsync($"/entreprises?recherche={company.Siret}&vue=archivees")).Html);
        await browser.PostAsync(await browser.GetAsync(url), url + "?archive=false", [], "Archiver");
        Assert.Contains(url, (await browser.GetAsync($"/entreprises?recherche={company.Siret}")).Html);
    }

    [Fact]
    public async Task Group_OfSeveralCompanies_ListsThem()
    {
        var (one, two, name) = (await host.CreateCompanyAsync(), await host.CreateCompanyAsync(), $"Groupe {Guid.NewGuid():N}");
        var browser = await host.OperatorAsync();
        foreach (var company in new[] { one, two })
        {
            await browser.PostAsync(await browser.GetAsync($"/entreprises/{company.Siret}"), $"/entreprises/{company.Siret}", new() { ["GroupName"] = name }, "Groupe");
        }

        var link = Regex.Match((await browser.GetAsync($"/entreprises/{one.Siret}")).Html, "href=\"(/entreprises\\?groupe=[^\"]+)\"").Groups[1].Value;
        var list = await browser.GetAsync(link);
        Assert.Contains("2 entreprises", list.Text);
        Assert.Contains(two.Siret, list.Html);
        await browser.PostAsync(await browser.GetAsync($"/entreprises/{two.Siret}"), $"/entreprises/{two.Siret}", new() { ["GroupName"] = "" }, "Groupe");
        Assert.Contains("1 entreprise ", (await browser.GetAsync(link)).Text);
    }

    [Fact]
    public async Task Merge_MovesEverythingAndTheEmptiedRecordLeadsThere()
    {
        var (kept, emptied) = (await host.CreateCompanyAsync(), await host.CreateCompanyAsync());
        var (there, moved) = (await host.CreateDossierAsync(kept), await host.CreateDossierAsync(emptied));
        await host.AddDocumentAsync(moved.Id, "DEVIS");
        foreach (var company in new[] { kept, emptied })
        {
            await host.WithAsync((CompanyFile x) => x.SaveContactAsync(company.Id, new SaveContact("Durand", "Marie"), host.Change(), CancellationToken.None));
        }

        var (browser, url) = (await host.OperatorAsync(), $"/entreprises/{kept.Siret}/fusion?avec={emptied.Siret}");
        var refused = await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Confirmation"] = emptied.Siret });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Confirmation"] = kept.Siret });

        await host.WithAsync(async (MonOpcoDbContext x) =>
        {
            Assert.Equal([there.Id, moved.Id], await x.Dossiers.Where(d => d.CompanyId == kept.Id).OrderBy(d => d.Sequence).Select(d => d.Id).ToListAsync());
            Assert.Equal(kept.Name, (await x.Dossiers.Include(d => d.Company).SingleAsync(d => d.Id == moved.Id)).Company!.Name);
            Assert.True(await x.Documents.AllAsync(d => d.DossierId != moved.Id || d.CompanyId == kept.Id));
            Assert.Equal(1, await x.Set<CompanyContact>().CountAsync(c => c.CompanyId == kept.Id && c.IsMain));
            Assert.Contains(moved.Numero, (await x.AuditEntries.SingleAsync(a => a.Action == "MergedInto" && a.SubjectId == emptied.Id.ToString())).Reason, StringComparison.Ordinal);
            foreach (var (table, column) in new CompanyFile(x).Owned())
            {
#pragma warning disable EF1002 // The names come from the model.
                Assert.Equal(0, await x.Database.SqlQueryRaw<int>($"select count(*)::int as \"Value\" from {table} where {column} = {{0}}", emptied.Id).SingleAsync());
#pragma warning restore EF1002
            }

            return 0;
        });
        Assert.Equal($"/entreprises/{kept.Siret}", (await browser.GetAsync($"/entreprises/{emptied.Siret}")).Location);
        Assert.Contains(moved.Numero, (await browser.GetAsync($"/dossiers?q={kept.Siret}")).Html);
        await Assert.ThrowsAsync<RuleBrokenException>(() => host.WithAsync((CompanyFile x) => x.MergeAsync(emptied.Id, kept.Id, host.Change(), CancellationToken.None)));
    }

    [Fact]
    public async Task Merge_BothWaysAtOnce_OneWinsAndNothingIsLost()
    {
        var (a, b) = (await host.CreateCompanyAsync(), await host.CreateCompanyAsync());
        await host.CreateDossierAsync(a);
        await host.CreateDossierAsync(b);

        var results = await Task.WhenAll(TryAsync(a.Id, b.Id), TryAsync(b.Id, a.Id));

        Assert.Single(results, x => x);
        Assert.Equal(2, await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.CountAsync(d => d.CompanyId == (results[0] ? b.Id : a.Id))));

        async Task<bool> TryAsync(Guid from, Guid into)
        {
            try
            {
                await host.WithAsync((CompanyFile x) => x.MergeAsync(from, into, host.Change(), CancellationToken.None));
                return true;
            }
            catch (RuleBrokenException)
            {
                return false;
            }
        }
    }

    [Fact]
    [Trait("Requirement", "S000-9.E.1")]
    public async Task NewDossier_TypedByAnOperator_StartsItsProcedure()
    {
        var company = await host.CreateCompanyAsync();
        var (browser, url) = (await host.OperatorAsync(), $"/entreprises/{company.Siret}/dossier?type=Bilan");
        var body = await host.WithAsync((MonOpcoDbContext x) => x.TrainingBodies.Where(t => t.Slug == "netz").Select(t => t.Id).SingleAsync());
        var start = Fr.InParis(host.Clock.GetUtcNow()).AddDays(60);
        var fields = new Dictionary<string, string>
        {
            ["Action.TrainingBody"] = body.ToString(),
            ["Action.Title"] = "Bilan de compétences",
            ["Action.Start"] = Fr.Date(start),
            ["Action.End"] = Fr.Date(start.AddDays(60)),
            ["Action.Hours"] = "24",
            ["Action.Cost"] = "2 400,00",
            ["Action.Modality"] = "Presentiel",
            ["Action.Objectives"] = "Définir un projet professionnel réaliste et daté.",
            ["People[0].FirstName"] = "Léa",
            ["People[0].LastName"] = "Petit",
            ["People[0].BirthDate"] = "12/06/1985",
            ["People[0].Email"] = "lea.petit@atelier.fr",
            ["People[0].Job"] = "Assistante",
            ["People[0].Category"] = "Employe",
            ["People[0].Contract"] = "Cdi",
            ["ContactName"] = "Marie Durand",
            ["ContactEmail"] = "rh@atelier.fr",
        };
        var refused = await browser.PostAsync(await browser.GetAsync(url), url, new(fields) { ["Action.End"] = "01/01/2020", ["ContactEmail"] = "" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("La fin précède le début.", refused.Text);
        Assert.Contains("value=\"Assistante\"", refused.Html);

        var opened = await browser.PostAsync(await browser.GetAsync(url), url, fields);
        Assert.Matches("^/dossiers/\\d{4}-\\d{5}$", opened.Location);
        var again = await browser.PostAsync(await browser.GetAsync(url), url, fields);
        Assert.Equal(opened.Location, again.Location);
        var dossier = await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.SingleAsync(d => d.CompanyId == company.Id));
        Assert.NotNull(dossier.WorkflowInstanceId);
        Assert.Equal((2400m, "rh@atelier.fr"), (dossier.CostHt, dossier.ContactEmail));
    }

    [Fact]
    [Trait("Requirement", "S000-9.E.5")]
    public async Task MostActive_IsOrderedByDossiers()
    {
        var (busy, quiet) = (await host.CreateCompanyAsync(), await host.CreateCompanyAsync());
        for (var i = 0; i < 5; i++)
        {
            await host.CreateDossierAsync(busy);
        }

        await host.CreateDossierAsync(quiet);
        var html = (await (await host.OperatorAsync()).GetAsync("/entreprises?vue=actives")).Html;
        Assert.InRange(html.IndexOf(busy.Siret, StringComparison.Ordinal), 0, html.IndexOf(quiet.Siret, StringComparison.Ordinal));
    }
}
