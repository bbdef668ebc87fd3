using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.French;

namespace MonOPCO.Host.Tests.Dossiers;

public sealed class DossiersTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Theory]
    [InlineData("/dossiers")]
    [InlineData("/dossiers/2026-99999")]
    [InlineData("/dossiers/2026-99999/depot")]
    [InlineData("/dossiers/2026-99999/modifier")]
    [InlineData("/console")]
    public async Task Get_Company_Forbidden(string url) => Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(url)).Status);

    [Theory]
    [InlineData("/dossiers/2026-99999")]
    [InlineData("/dossiers/nimporte")]
    [InlineData("/dossiers/2026-99999/depot")]
    [InlineData("/dossiers/2026-99999/modifier")]
    [InlineData("/dossiers/2026-99999/documents/11111111-1111-1111-1111-111111111111")]
    public async Task Get_Unknown_NotFound(string url) => Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync(url)).Status);

    [Fact]
    public async Task List_FiltersInTheAddress()
    {
        var mine = await host.CreateDossierAsync(null, 4);
        var other = await host.CreateDossierAsync(null, 90, DossierState.AnalyseBesoin);
        var browser = await host.OperatorAsync();
        async Task<(bool Mine, bool Other)> Shows(string query)
        {
            var page = await browser.GetAsync("/dossiers?" + query);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            return (page.Html.Contains($"/dossiers/{mine.Numero}\"", StringComparison.Ordinal), page.Html.Contains($"/dossiers/{other.Numero}\"", StringComparison.Ordinal));
        }

        Assert.Equal((true, false), await Shows($"recherche={mine.Company!.Siret}"));
        Assert.Equal((false, true), await Shows($"recherche={Uri.EscapeDataString(other.Company!.Name)}"));
        Assert.Equal((false, true), await Shows("etat=AnalyseBesoin"));
        Assert.Equal((true, true), await Shows("groupe=Brouillon&opco=atlas&type=Bilan"));
        Assert.Equal((false, false), await Shows("type=Formation"));
        Assert.Equal((false, false), await Shows("depuis=3"));
        Assert.Equal((true, false), await Shows("depot=7"));
        Assert.Equal((true, true), await Shows("etat=0&groupe=tout&depuis=abc&apres=xx"));
        Assert.Contains("Aucun dossier ne correspond", (await browser.GetAsync("/dossiers?recherche=introuvable-xyz")).Text);
    }

    [Fact]
    public async Task List_ManyDossiers_PagesByKeyBothWays()
    {
        var company = await host.CreateCompanyAsync();
        var numbers = new List<string>();
        for (var i = 0; i < 27; i++)
        {
            numbers.Add((await host.CreateDossierAsync(company)).Numero);
        }

        var browser = await host.OperatorAsync();
        foreach (var order in (string[])["", "&ordre=anciens"])
        {
            var first = await browser.GetAsync($"/dossiers?recherche={company.Siret}{order}");
            var second = await browser.GetAsync(WebUtility.HtmlDecode(Regex.Match(first.Html, "rel=\"next\" href=\"([^\"]+)\"").Groups[1].Value));
            Assert.DoesNotContain("rel=\"next\"", second.Html);
            var shown = Regex.Matches(first.Html + second.Html, "<th scope=\"row\"><a href=\"/dossiers/([^\"]+)\"").Select(x => x.Groups[1].Value).ToList();
            Assert.Equal(order.Length == 0 ? numbers.AsEnumerable().Reverse() : numbers, shown);
        }
    }

    [Fact]
    public async Task Dossier_ShowsWhereItIsAndWhatIsMissing()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var page = await (await host.SignInAsync(Roles.Auditeur)).GetAsync($"/dossiers/{dossier.Numero}");
        Assert.Contains("À prendre par un opérateur", page.Text);
        Assert.Contains($"href=\"/taches/{task.Id}\"", page.Html);
        Assert.Contains("Pièce du dépôt : Devis", page.Text);
        Assert.Contains("Léa Petit", page.Text);
        Assert.Contains("Dépôt au plus tard", page.Text);
        Assert.Contains($"Dossier {dossier.Numero} créé", page.Text);
        Assert.Matches("/designer/instances/[0-9a-f-]{36}", page.Html);
        Assert.DoesNotContain("Ajouter la note", page.Text);
    }

    [Fact]
    public async Task Note_Empty_Message_Written_OnTheTimelineForTheStaffOnly()
    {
        var dossier = await host.CreateDossierAsync();
        var (browser, url) = (await host.OperatorAsync("Nadia Keller"), $"/dossiers/{dossier.Numero}");
        var page = await browser.GetAsync(url);
        var empty = await browser.PostAsync(page, url, new() { ["Note"] = " " }, "Note");
        Assert.Equal(HttpStatusCode.BadRequest, empty.Status);
        Assert.Contains("Écrivez la note", empty.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new() { ["Note"] = "Rappeler <lundi>" }, "Note")).Status);
        Assert.Contains("Rappeler <lundi>", (await browser.GetAsync(url)).Text);
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.DossierEvents.AnyAsync(e => e.DossierId == dossier.Id && e.Kind == DossierEventKinds.Note && e.StaffOnly && e.Actor == "Nadia Keller")));
        var auditor = await host.SignInAsync(Roles.Auditeur);
        Assert.Equal(HttpStatusCode.Forbidden, (await auditor.PostAsync(await auditor.GetAsync("/mon-compte"), url, new() { ["Note"] = "Non" }, "Note")).Status);
    }

    [Fact]
    public async Task Modifier_Contradictions_Messages_Corrected_Audited()
    {
        var dossier = await host.CreateDossierAsync();
        var (browser, url) = (await host.OperatorAsync(), $"/dossiers/{dossier.Numero}/modifier");
        var page = await browser.GetAsync(url);
        Dictionary<string, string> fields = new()
        {
            ["Edit.Title"] = "Bilan approfondi",
            ["Edit.StartDate"] = $"{dossier.StartDate:yyyy-MM-dd}",
            ["Edit.EndDate"] = $"{dossier.EndDate:yyyy-MM-dd}",
            ["Edit.Hours"] = "24",
            ["Edit.CostHt"] = "2 400,00",
            ["Edit.RequestedAmount"] = "2400",
            ["Edit.Modality"] = "Mixte",
            ["Edit.ContactName"] = "Marie Durand",
            ["Edit.Place"] = "",
        };
        var wrong = await browser.PostAsync(page, url, new(fields) { ["Edit.EndDate"] = "01/01/2020", ["Edit.RequestedAmount"] = "9999" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("La fin ne peut pas précéder le début", wrong.Text);
        Assert.Contains("ne peut pas dépasser le coût", wrong.Text);
        Assert.Equal($"/dossiers/{dossier.Numero}", (await browser.PostAsync(page, url, fields)).Location);
        Assert.Equal("Bilan approfondi", (await host.DossierAsync(dossier.Id)).Title);
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AnyAsync(a => a.DossierId == dossier.Id && a.Action == "Edited")));
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Auditeur)).GetAsync(url)).Status);
    }

    [Fact]
    public async Task Document_OfTheDossier_Shown_OthersAndBilanContent_NotFound()
    {
        var (dossier, other) = (await host.CreateDossierAsync(), await host.CreateDossierAsync());
        var paper = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Devis);
        var secret = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Synthese, personEmail: "lea.petit@atelier.fr");
        var browser = await host.OperatorAsync();
        var shown = await browser.Client.GetAsync($"/dossiers/{dossier.Numero}/documents/{paper.Id}");
        Assert.Equal(("application/pdf", "inline"), (shown.Content.Headers.ContentType!.MediaType, shown.Content.Headers.ContentDisposition!.DispositionType));
        Assert.Equal(ConsoleFixture.Pdf(), await shown.Content.ReadAsByteArrayAsync());
        var saved = await browser.Client.GetAsync($"/dossiers/{dossier.Numero}/documents/{paper.Id}?nom=01_Devis.pdf");
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/dossiers/{other.Numero}/documents/{paper.Id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/dossiers/{dossier.Numero}/documents/{secret.Id}")).Status);
        Assert.DoesNotContain($"{secret.Id}", (await browser.GetAsync($"/dossiers/{dossier.Numero}")).Html);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync($"/dossiers/{dossier.Numero}/documents/{paper.Id}")).Status);
    }

    [Fact]
    public async Task Copilote_ServesEveryOpco()
    {
        var browser = await host.OperatorAsync();
        var opcos = await host.WithAsync((MonOpcoDbContext x) => x.Opcos.AsNoTracking().ToListAsync());
        Assert.Equal(11, opcos.Count);
        foreach (var opco in opcos)
        {
            var dossier = await host.CreateDossierAsync();
            await host.WithAsync((DossierService x) => x.SetOpcoAsync(dossier.Id, opco.Slug, OpcoOrigin.Manual, OpcoConfidence.Certain, host.Change(), CancellationToken.None));
            var page = await browser.GetAsync($"/dossiers/{dossier.Numero}/depot");
            Assert.Contains(Typography.Curly(opco.PortalName), page.Text);
            Assert.Contains(Typography.Curly(opco.FilingRule), page.Text);
            Assert.Contains($"data-copy=\"{dossier.Company!.Siret}\"", page.Html);
            Assert.Contains("data-copy=\"Petit\"", page.Html);
            Assert.Contains(opco.Slug == "constructys" ? "data-copy=\"1985\"" : "data-copy=\"12/06/1985\"", page.Html);
            Assert.Matches("Le paquet est incomplet", page.Text);
            Assert.Contains(opco.Slug is "atlas" or "constructys" ? "dans l’ordre et le format du portail" : "ordre habituel des portails", page.Text);
        }
    }

    [Fact]
    public async Task Paquet_Incomplete_SentBackWithTheReason_Complete_Zip()
    {
        var dossier = await host.CreateDossierAsync();
        var (browser, url) = (await host.OperatorAsync(), $"/dossiers/{dossier.Numero}/depot?handler=Paquet");
        Assert.Equal($"/dossiers/{dossier.Numero}/depot", (await browser.GetAsync(url)).Location);
        foreach (var type in (string[])[DocumentTypes.Devis, DocumentTypes.Programme, DocumentTypes.Convention, DocumentTypes.Mandat, DocumentTypes.ListeStagiaires, DocumentTypes.Qualiopi])
        {
            await host.AddDocumentAsync(dossier.Id, type);
        }

        var answer = await browser.Client.GetAsync(url);
        Assert.Equal("application/zip", answer.Content.Headers.ContentType!.MediaType);
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).AsSpan().StartsWith("PK"u8));
    }

    [Fact]
    public async Task Relire_ProcedureWaiting_WakesIt_OtherwiseSaysSo()
    {
        var dossier = await host.CreateDossierAsync(null, 90, DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot, DossierState.Depose, DossierState.EnInstruction);
        await host.WithAsync((FilingService x) => x.PrepareAsync(dossier.Id, "atlas", FilingMode.Confirm, dossier.Numero, [], null, host.Change(), CancellationToken.None));
        var (browser, url) = (await host.OperatorAsync(), $"/dossiers/{dossier.Numero}");
        await browser.PostAsync(await browser.GetAsync(url), url, [], "Relire");
        Assert.Contains("La procédure n’attend pas l’OPCO en ce moment", (await browser.GetAsync(url)).Text);
        await host.StartWaitingAsync(dossier, "suivre");
        await browser.PostAsync(await browser.GetAsync(url), url, [], "Relire");
        var page = await browser.GetAsync(url);
        Assert.Contains("Le robot relit le portail", page.Text);
        Assert.Contains("L’OPCO", page.Text);
    }

    [Fact]
    public async Task Console_CountsOpenTheirLists()
    {
        var dossier = await host.CreateDossierAsync(null, 3);
        await host.StartAtAsync(dossier, "valider");
        var page = await (await host.OperatorAsync()).GetAsync("/console");
        Assert.Contains("href=\"/taches?liste=a-prendre\"", page.Html);
        Assert.Contains("href=\"/dossiers?f=etat%3Aest%3ABrouillon\"", page.Html);
        Assert.Contains("Votre prochaine action", page.Text);
        Assert.Contains($"href=\"/dossiers/{dossier.Numero}\"", page.Html);
    }
}
