using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Bulk;

namespace MonOPCO.Host.Tests.Dossiers;

/// <summary>The list's page: chips, fragments, views, columns, shapes, exports, and acts on many dossiers.</summary>
public sealed class ListeTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Theory]
    [InlineData("/dossiers/lot")]
    [InlineData("/dossiers/export.xlsx")]
    [InlineData("/dossiers/export.csv")]
    [InlineData("/dossiers/lots/11111111-1111-1111-1111-111111111111")]
    [InlineData("/dossiers/2026-99999/valider")]
    public async Task Get_Company_Forbidden(string url) => Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(url)).Status);

    [Theory]
    [InlineData("/dossiers/lots/11111111-1111-1111-1111-111111111111")]
    [InlineData("/dossiers/2026-99999/valider")]
    [InlineData("/dossiers?handler=Colonne&colonne=nimporte")]
    public async Task Get_Unknown_NotFound(string url) => Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync(url)).Status);

    [Fact]
    [Trait("Requirement", "S000-2.C.1")]
    [Trait("Requirement", "S000-2.C.2")]
    [Trait("Requirement", "S000-2.C.3")]
    [Trait("Requirement", "S000-2.C.4")]
    [Trait("Requirement", "S000-2.C.5")]
    [Trait("Requirement", "S000-2.C.6")]
    [Trait("Requirement", "S000-2.C.7")]
    [Trait("Requirement", "S000-2.C.8")]
    [Trait("Requirement", "S000-2.C.9")]
    [Trait("Requirement", "S000-2.C.10")]
    [Trait("Requirement", "S000-2.C.11")]
    [Trait("Requirement", "S000-2.C.12")]
    [Trait("Requirement", "S000-2.C.13")]
    public async Task Table_ColumnsAndQuickActs_RightsDecide()
    {
        var dossier = await host.CreateDossierAsync();
        var url = $"/dossiers?q={dossier.Company!.Siret}";
        var page = await (await host.OperatorAsync()).GetAsync(url);
        foreach (var said in new[] { dossier.Numero, Fr.Date(dossier.CreatedAt), dossier.Company.Name, "Petit Léa", "Bilan", "Atlas", "2 400,00 €", "Brouillon", "1 dossier" })
        {
            Assert.Contains(said, page.Text, StringComparison.OrdinalIgnoreCase);
        }

        foreach (var act in new[] { $"/dossiers/{dossier.Numero}\"", $"/dossiers/{dossier.Numero}/modifier", $"/dossiers/{dossier.Numero}/valider", $"name=\"relancer\" value=\"{dossier.Id}\"" })
        {
            Assert.Contains(act, page.Html, StringComparison.Ordinal);
        }

        var reader = await (await host.SignInAsync(Roles.Auditeur)).GetAsync(url);
        Assert.Contains(dossier.Numero, reader.Text);
        Assert.DoesNotContain("name=\"relancer\"", reader.Html);
        Assert.DoesNotContain("name=\"ids\"", reader.Html);
    }

    [Fact]
    [Trait("Requirement", "S000-2.S.2")]
    public async Task Typing_FragmentWithTheSameAddress_PageForTheHistory()
    {
        var dossier = await host.CreateDossierAsync();
        var browser = await host.OperatorAsync();
        using var typed = new HttpRequestMessage(HttpMethod.Get, $"/dossiers?q={dossier.Company!.Siret}");
        typed.Headers.Add("HX-Request", "true");
        typed.Headers.Add("HX-Trigger-Name", "q");
        using var answer = await browser.Client.SendAsync(typed);
        var fragment = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith("<div id=\"liste\"", fragment.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(dossier.Numero, fragment, StringComparison.Ordinal);
        Assert.Equal($"/dossiers?q={dossier.Company.Siret}", Assert.Single(answer.Headers.GetValues("HX-Replace-Url")));

        using var back = new HttpRequestMessage(HttpMethod.Get, $"/dossiers?q={dossier.Company.Siret}");
        back.Headers.Add("HX-Request", "true");
        back.Headers.Add("HX-History-Restore-Request", "true");
        Assert.Contains("<!doctype html>", await (await browser.Client.SendAsync(back)).Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Chip_Form_BecomesTheAddress_AndIsSaidInFrench()
    {
        var browser = await host.OperatorAsync();
        var answer = await browser.GetAsync("/dossiers?q=zzz&champ=etat&op=est&valeur=Depose&valeur=EnInstruction");
        Assert.Equal("/dossiers?q=zzz&f=etat%3Aest%3ADepose,EnInstruction", answer.Location);
        var page = await browser.GetAsync(answer.Location!);
        Assert.Contains("État est Déposé ou En instruction", page.Text);
        Assert.Equal("/dossiers?q=zzz&f=demande%3Aentre%3A5000..15000.50", (await browser.GetAsync("/dossiers?q=zzz&f=etat:est:Depose&champ=demande&op=entre&de=5+000&a=15+000,50&remplace=etat:est:Depose")).Location);
        Assert.Contains("n’est pas comprise", (await browser.GetAsync("/dossiers?champ=demande&op=sup&valeur=beaucoup")).Text);
        Assert.Contains("n’est pas appliqué", (await browser.GetAsync("/dossiers?f=nimporte:est:quoi")).Text);
        foreach (var field in Domain.Dossiers.Listing.DossierFields.All)
        {
            Assert.Contains($"value=\"{field.Key}\"", (await browser.GetAsync($"/dossiers?ajout={field.Key}")).Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Columns_Chosen_KeptForThePerson()
    {
        var dossier = await host.CreateDossierAsync();
        var browser = await host.OperatorAsync();
        var page = await browser.GetAsync("/dossiers");
        using var form = new FormUrlEncodedContent([.. page.HiddenFields.Where(x => x.Key == "__RequestVerificationToken"), new("retour", "/dossiers"), new("colonnes", "intitule"), new("colonnes", "numero"), new("colonnes", "nimporte")]);
        Assert.Equal("/dossiers", (await browser.Client.PostAsync("/dossiers?handler=Colonnes", form)).Headers.Location?.ToString());
        var html = (await browser.GetAsync($"/dossiers?q={dossier.Company!.Siret}")).Html;
        Assert.Equal(["tri-intitule", "tri-numero"], Regex.Matches(html, "id=\"(tri-[a-z]+)\"").Select(x => x.Groups[1].Value));
        Assert.Equal(["tri-opco"], Regex.Matches((await browser.GetAsync("/dossiers?cols=opco&q=" + dossier.Company.Siret)).Html, "id=\"(tri-[a-z]+)\"").Select(x => x.Groups[1].Value));
    }

    [Fact]
    public async Task Views_SavedSharedDefaultCounted()
    {
        var company = await host.CreateCompanyAsync();
        await host.CreateDossierAsync(company);
        await host.CreateDossierAsync(company, 90, DossierState.AnalyseBesoin);
        var (mine, colleague) = (await host.OperatorAsync(), await host.OperatorAsync());
        var stranger = await host.SignInAsync(Roles.Comptable);
        var name = $"Vue {Guid.NewGuid():N}";
        var url = $"/dossiers?f=entreprise:est:{company.Id}&apres=zzz";
        var page = await mine.GetAsync(url);
        var saved = await mine.PostAsync(page, "/dossiers", new() { ["nom"] = name, ["role"] = Roles.Operateur, ["defaut"] = "true", ["retour"] = url }, "Vue");
        Assert.Contains("&v=", saved.Location);
        Assert.DoesNotContain("apres", saved.Location);
        Assert.Equal(saved.Location, (await mine.GetAsync("/dossiers")).Location);
        Assert.Matches($"{name}\\s+2 ", (await mine.GetAsync("/dossiers?handler=Vues")).Text);
        Assert.Contains(name, (await colleague.GetAsync("/dossiers")).Text);
        Assert.DoesNotContain(name, (await stranger.GetAsync("/dossiers")).Text);

        // A colleague's view may be opened, not deleted.
        var id = Regex.Match(saved.Location!, "v=([0-9a-f-]+)").Groups[1].Value;
        Assert.Equal(HttpStatusCode.NotFound, (await colleague.PostAsync(await colleague.GetAsync("/dossiers"), "/dossiers", new() { ["vue"] = id }, "RetirerVue")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync(await stranger.GetAsync("/dossiers"), "/dossiers", new() { ["vue"] = id }, "Defaut")).Status);
        await mine.PostAsync(page, "/dossiers", new() { ["vue"] = id }, "RetirerVue");
        Assert.DoesNotContain(name, (await colleague.GetAsync("/dossiers")).Text);
        Assert.Contains("60 caractères", (await mine.GetAsync((await mine.PostAsync(page, "/dossiers", new() { ["nom"] = " ", ["retour"] = "/dossiers?vue=table" }, "Vue")).Location!)).Text);
    }

    [Fact]
    [Trait("Requirement", "S004-5.1.1")]
    public async Task Kanban_ColumnsOfTheSameQuery_MovesOnlyWhereTheProcedureLeads()
    {
        var company = await host.CreateCompanyAsync();
        var open = await host.CreateDossierAsync(company);
        var task = await host.StartAtAsync(open, "valider");
        var still = await host.CreateDossierAsync(company, 90, DossierState.AnalyseBesoin);
        var page = await (await host.OperatorAsync()).GetAsync($"/dossiers?f=entreprise:est:{company.Id}&vue=kanban");
        var lanes = Regex.Matches(page.Html, "data-lane=\"([A-Za-z]+)\"").Select(x => x.Groups[1].Value);
        Assert.Equal(["Demande", "PiecesAttendues", "ChezOpco", "EnFormation", "Facture", "Paye", "Arrete"], lanes);
        var card = Regex.Match(page.Html, $"<li class=\"mo-kcard\"(?:(?!</li>\\s*<li class=\"mo-kcard\").)*?{open.Numero}.*?</details>", RegexOptions.Singleline).Value;
        Assert.Contains("draggable=\"true\"", card);
        Assert.Contains($"/taches/{task.Id}?issue=Refuser", card);
        Assert.Contains("Arrêté", card);
        Assert.DoesNotContain("→ Facturé", page.Text);
        Assert.DoesNotContain("draggable=\"true\"", page.Html[page.Html.IndexOf(still.Numero, StringComparison.Ordinal)..].Split("</li>")[0]);

        var matrix = await (await host.OperatorAsync()).GetAsync($"/dossiers?f=entreprise:est:{company.Id}&vue=matrice");
        Assert.Contains("Petit Léa", matrix.Text);
        Assert.Contains("Analyse du besoin", matrix.Text);
    }

    [Fact]
    [Trait("Requirement", "S000-2.B.2")]
    [Trait("Requirement", "S000-2.B.5")]
    public async Task Export_ExactlyTheView_OpensElsewhere()
    {
        var company = await host.CreateCompanyAsync();
        company = await host.WithAsync((CompanyService x) => x.SaveAsync(new CompanyFacts(company.Siret, "=Fonderie; \"Œuvre\" & Fils", CompanyOrigin.Sandbox) { City = "Haguenau", Department = "67", Idcc = ["1486"] }, host.Change(), CancellationToken.None));
        var (first, second) = (await host.CreateDossierAsync(company), await host.CreateDossierAsync(company));
        await host.WithAsync((DossierService x) => x.EditAsync(second.Id, new EditDossier { RequestedAmount = 1234.5m }, host.Change(), CancellationToken.None));
        var browser = await host.SignInAsync(Roles.Auditeur);
        var url = $"?f=entreprise:est:{company.Id}&tri=demande&cols=numero,cree,entreprise,demande,accorde,duree";
        using var file = await browser.Client.GetAsync("/dossiers/export.xlsx" + url);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Content.Headers.ContentType?.MediaType);
        var bytes = await file.Content.ReadAsByteArrayAsync();
        using (var zip = new ZipArchive(new MemoryStream(bytes)))
        {
            var sheet = XDocument.Load(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
            XNamespace n = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
            Assert.Equal("A1:F3", sheet.Root!.Element(n + "autoFilter")!.Attribute("ref")!.Value);
            Assert.Equal("frozen", sheet.Descendants(n + "pane").Single().Attribute("state")!.Value);
        }

        var read = await ReadElsewhereAsync(bytes);
        Assert.Equal(["Numéro", "Création", "Entreprise", "Demandé HT", "Accordé HT", "Jours dans l’état"], read["head"]!.AsArray().Select(x => x!.ToString()));
        Assert.Equal([second.Numero, first.Numero], read["rows"]!.AsArray().Select(x => x![0]!.ToString()));
        var row = read["rows"]![0]!.AsArray();
        Assert.Equal([Fr.InParis(second.CreatedAt).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), company.Name, "1234.5", "", "0"], row.Skip(1).Select(x => x?.ToString() ?? ""));
        Assert.Equal(["str", "datetime", "str", "float", "NoneType", "int"], read["types"]!.AsArray().Select(x => x!.ToString()));
        Assert.Equal("A2", read["frozen"]!.ToString());
        Assert.Equal("A1:F3", read["filter"]!.ToString());

        var csv = await browser.Client.GetByteArrayAsync("/dossiers/export.csv" + url);
        Assert.Equal([0xEF, 0xBB, 0xBF], csv[..3]);
        var lines = System.Text.Encoding.UTF8.GetString(csv[3..]).Split("\r\n");
        Assert.Equal("Numéro;Création;Entreprise;Demandé HT;Accordé HT;Jours dans l’état", lines[0]);
        Assert.Equal($"{second.Numero};{Fr.Date(second.CreatedAt)};\"'=Fonderie; \"\"Œuvre\"\" & Fils\";1234,50;;0", lines[1]);
        Assert.Equal(4, lines.Length);

        // Only what is ticked.
        Assert.Equal(3, (await browser.Client.GetStringAsync($"/dossiers/export.csv{url}&ids={first.Id}")).Split("\r\n").Length);
    }

    [Fact]
    [Trait("Requirement", "S000-2.B.1")]
    public async Task Responsable_DryRunThenDoneThenUndone()
    {
        var company = await host.CreateCompanyAsync();
        var (one, two) = (await host.CreateDossierAsync(company), await host.CreateDossierAsync(company));
        var browser = await host.OperatorAsync("Nadia Keller");
        var nadia = await host.WithAsync((MonOpcoDbContext x) => x.Users.Where(u => u.DisplayName == "Nadia Keller").OrderByDescending(u => u.Id).FirstAsync());
        await host.WithAsync((DossierService x) => x.AssignAsync(two.Id, nadia.Id, host.Change(), CancellationToken.None));
        var list = await browser.GetAsync($"/dossiers?f=entreprise:est:{company.Id}");
        var fields = new Dictionary<string, string> { ["action"] = "Responsable", ["tout"] = "true", ["retour"] = $"/dossiers?f=entreprise:est:{company.Id}" };
        Assert.Contains("Donner un responsable : 2 dossiers", (await browser.PostAsync(list, "/dossiers/lot", fields)).Text);
        fields["Responsable"] = nadia.Id.ToString();
        var dry = await browser.PostAsync(list, "/dossiers/lot", fields);
        Assert.Contains("1 dossier concerné", dry.Text);
        Assert.Contains("C’est déjà le cas.", dry.Text);
        Assert.Null((await host.DossierAsync(one.Id)).ResponsableId);

        var started = await browser.PostAsync(list, "/dossiers/lot", fields, "Lancer");
        Assert.Equal(2, await host.Services.GetRequiredService<BulkRunner>().WorkAsync(null, CancellationToken.None));
        var done = await host.DossierAsync(one.Id);
        Assert.Equal((nadia.Id, "Nadia Keller"), (done.ResponsableId, done.ResponsableName));
        var followed = await browser.GetAsync(started.Location!);
        Assert.Contains("Terminé : 2 dossiers", followed.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync(started.Location!)).Status);
        await browser.PostAsync(followed, started.Location!, [], "Annuler");
        Assert.Null((await host.DossierAsync(one.Id)).ResponsableId);
        Assert.Equal(nadia.Id, (await host.DossierAsync(two.Id)).ResponsableId);
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.CountAsync(a => a.DossierId == two.Id && a.Action == "Assigned")));
    }

    [Fact]
    public async Task Relancer_OneClick_OnceADay()
    {
        var dossier = await host.CreateDossierAsync();
        var browser = await host.OperatorAsync();
        var list = await browser.GetAsync($"/dossiers?q={dossier.Company!.Siret}");
        var fields = new Dictionary<string, string> { ["relancer"] = dossier.Id.ToString(), ["retour"] = $"/dossiers?q={dossier.Company.Siret}" };
        async Task<string> Press() => (await browser.GetAsync((await browser.PostAsync(list, "/dossiers/lot", fields)).Location!)).Text;
        Assert.Contains("Rien n’est attendu de l’entreprise", await Press());

        await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement(null, "", "Fiche de poste")], host.Change(), CancellationToken.None));
        Assert.Contains("Relance : l’entreprise (1 complément).", await Press());
        Assert.Contains("Déjà relancé aujourd’hui", await Press());
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.DossierEvents.CountAsync(e => e.DossierId == dossier.Id && e.Kind == DossierEventKinds.Reminded)));
    }

    [Fact]
    [Trait("Requirement", "S000-2.B.3")]
    [Trait("Requirement", "S000-2.B.4")]
    public async Task Answer_OnlyWhereTheProcedureWaits_MailOnlyWhereItSaysSomething()
    {
        var company = await host.CreateCompanyAsync();
        var (waiting, idle) = (await host.CreateDossierAsync(company), await host.CreateDossierAsync(company));
        await host.StartAtAsync(waiting, "incident-portail");
        var browser = await host.OperatorAsync();
        var list = await browser.GetAsync($"/dossiers?f=entreprise:est:{company.Id}");
        var fields = new Dictionary<string, string> { ["action"] = "Reponse", ["tout"] = "true", ["retour"] = $"/dossiers?f=entreprise:est:{company.Id}" };
        Assert.Contains("Déposer à la main", (await browser.PostAsync(list, "/dossiers/lot", fields)).Text);
        fields["Issue"] = "Déposer à la main";
        var dry = await browser.PostAsync(list, "/dossiers/lot", fields);
        Assert.Contains("1 dossier concerné", dry.Text);
        Assert.Contains("n’attend pas de réponse", dry.Text);
        var started = await browser.PostAsync(list, "/dossiers/lot", fields, "Lancer");
        await host.Services.GetRequiredService<BulkRunner>().WorkAsync(null, CancellationToken.None);
        var statuses = await host.WithAsync((MonOpcoDbContext x) => x.BulkItems.Where(i => i.DossierId == waiting.Id || i.DossierId == idle.Id).ToDictionaryAsync(i => i.DossierId, i => i.Status));
        Assert.Equal((BulkItemStatus.Done, BulkItemStatus.Refused), (statuses[waiting.Id], statuses[idle.Id]));
        Assert.Contains("Non concerné", (await browser.GetAsync(started.Location!)).Text);

        fields = new() { ["action"] = "Courriel", ["tout"] = "true", ["Modele"] = "dossier-depose", ["retour"] = $"/dossiers?f=entreprise:est:{company.Id}" };
        Assert.Contains("2 dossiers : Ce dossier n’est pas déposé.", (await browser.PostAsync(list, "/dossiers/lot", fields)).Text);
        fields["Modele"] = "rappel";
        await browser.PostAsync(list, "/dossiers/lot", fields, "Lancer");
        await host.Services.GetRequiredService<BulkRunner>().WorkAsync(null, CancellationToken.None);
        Assert.Equal(2, await host.WithAsync((MonOpcoDbContext x) => x.BulkItems.CountAsync(i => (i.DossierId == waiting.Id || i.DossierId == idle.Id) && i.Message == "Courriel confié à l’envoi.")));
    }

    [Fact]
    public async Task Lot_NothingTicked_MessageOnTheList()
    {
        var browser = await host.OperatorAsync();
        var list = await browser.GetAsync("/dossiers");
        var answer = await browser.PostAsync(list, "/dossiers/lot", new() { ["action"] = "Relance", ["retour"] = "https://ailleurs.test/" });
        Assert.Equal("/dossiers", answer.Location);
        Assert.Contains("Cochez au moins un dossier", (await browser.GetAsync("/dossiers")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(list, "/dossiers/lot", new() { ["action"] = "Nimporte" })).Status);
    }

    /// <summary>Opened by a reader that has nothing to do with ours: Debian's python3-openpyxl.</summary>
    private static async Task<JsonNode> ReadElsewhereAsync(byte[] workbook)
    {
        const string program = """
            import sys, io, json, openpyxl
            sheet = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read())).active
            rows = list(sheet.iter_rows(values_only=True))
            say = lambda v: v.date().isoformat() if hasattr(v, "date") else v
            print(json.dumps({"head": rows[0], "rows": [[say(v) for v in r] for r in rows[1:]], "types": [type(v).__name__ for v in rows[1]], "frozen": sheet.freeze_panes, "filter": sheet.auto_filter.ref}))
            """;
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start)!;
        await python.StandardInput.BaseStream.WriteAsync(workbook);
        python.StandardInput.Close();
        var (said, wrong) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, "python3-openpyxl could not read the file (./monopco test installs it): " + await wrong);
        return JsonNode.Parse(await said)!;
    }
}
