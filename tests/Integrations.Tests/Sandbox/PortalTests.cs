using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Integrations.Tests.Sandbox;

public sealed class PortalTests : IAsyncLifetime, IDisposable
{
    private SandboxServer sandbox = null!;
    private PortalVisitor visitor = null!;
    private HttpClient control = null!;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        visitor = new PortalVisitor(sandbox);
        control = new HttpClient { BaseAddress = new Uri(sandbox.BaseUrl) };
    }

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    public void Dispose()
    {
        visitor.Dispose();
        control.Dispose();
    }

    [Fact]
    public async Task SignIn_WrongPasswordOrNoSession_StaysOutside()
    {
        Assert.Equal("/portails/atlas/connexion", (await visitor.GetAsync("/portails/atlas/demandes")).Path);
        var refused = await visitor.SignInAsync("faux");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.NotNull(refused.ById("erreurs"));
        Assert.Equal("/portails/atlas/tableau-de-bord", (await visitor.SignInAsync()).Path);
        // One portal's session opens no other.
        Assert.Equal("/portails/constructys/adherent/identification", (await visitor.GetAsync("/portails/constructys/dpc")).Path);
    }

    [Fact]
    public async Task Submit_WholeRequest_GivesNumberReceiptAndSearch()
    {
        var receipt = await visitor.TransmitAsync(await visitor.FillAtlasAsync("2026-00001"));
        var number = receipt.ById("numero-dossier");
        Assert.Matches(@"^ATL-\d{4}-000123$", number);
        Assert.Equal("2026-00001", receipt.ById("accuse-reference"));
        var pdf = await visitor.BytesAsync($"/portails/atlas/demandes/{number}/accuse.pdf");
        Assert.Equal("%PDF-1.4"u8.ToArray(), pdf[..8]);

        Assert.Contains(number!, (await visitor.GetAsync("/portails/atlas/demandes?reference=2026-00001")).Html, StringComparison.Ordinal);
        Assert.NotNull((await visitor.GetAsync("/portails/atlas/demandes?reference=2026-00002")).ById("aucune-demande"));
        var detail = await visitor.GetAsync("/portails/atlas/demandes/" + number);
        Assert.Equal("Transmise, en cours d'examen", detail.ById("statut"));
        Assert.Contains("Bilan de compétences &lt;b&gt;", detail.Html, StringComparison.Ordinal);
        Assert.Equal(PortalVisitor.Pdf, await visitor.BytesAsync($"/portails/atlas/demandes/{number}/pieces/0"));

        var dossier = sandbox.Portals.Find("atlas", number!)!;
        Assert.Equal(("99900137300011", "44670123467", 17.5m, 2400m), (dossier.Entreprise.Siret, dossier.Action.Nda, dossier.Action.Heures, dossier.Action.CoutHt));
        Assert.Equal(["devis", "programme", "convention", "mandat", "liste", "qualiopi"], dossier.Pieces.Select(p => p.Code));
    }

    [Theory]
    [InlineData("dateDebut", "2027-01-04", "date-debut")]
    [InlineData("dateFin", "03/01/2027", "date-fin")]
    [InlineData("dateFin", "31/02/2027", "date-fin")]
    [InlineData("coutHt", "2400.00", "cout-ht")]
    [InlineData("coutHt", "-5", "cout-ht")]
    [InlineData("coutHt", "1,234", "cout-ht")]
    [InlineData("dureeHeures", "24,5", "duree-heures")]
    [InlineData("organismeNda", "4467012346", "organisme-nda")]
    [InlineData("modalite", "AUTRE", "modalite")]
    [InlineData("intitule", "   ", "intitule")]
    public async Task Action_WrongValue_IsRefusedBesideItsField(string field, string value, string id)
    {
        await visitor.SignInAsync();
        var page = (await visitor.PostAsync("/portails/atlas/demandes/nouvelle", [])).Path;
        page = (await visitor.PostAsync(page, PortalVisitor.Company)).Path;
        page = (await visitor.PostAsync(page, PortalVisitor.Employee(0, "Martin"))).Path;
        var answer = await visitor.PostAsync(page, new(PortalVisitor.Action) { [field] = value });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, page), (answer.Status, answer.Path));
        Assert.NotNull(answer.ById(id + "-erreur"));
        Assert.Contains($"href=\"#{id}\"", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_MissingFieldsSkippedPagesAndWrongFiles_AreRefused()
    {
        await visitor.SignInAsync();
        var first = (await visitor.PostAsync("/portails/atlas/demandes/nouvelle", [])).Path;
        var empty = await visitor.PostAsync(first, []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.Status);
        Assert.NotNull(empty.ById("siret-erreur"));
        Assert.Equal(first, (await visitor.GetAsync(first.Replace("/entreprise", "/recapitulatif", StringComparison.Ordinal))).Path);

        var page = (await visitor.PostAsync(first, PortalVisitor.Company)).Path;
        page = (await visitor.PostAsync(page, PortalVisitor.Employee(0, "Martin"))).Path;
        page = (await visitor.PostAsync(page, PortalVisitor.Action)).Path;
        var answer = await visitor.PostAsync(page, new() { ["votreReference"] = "R" }, new() { ["devis"] = "pas un pdf"u8.ToArray(), ["programme"] = PortalVisitor.Pdf });
        Assert.NotNull(answer.ById("piece-devis-erreur"));
        Assert.NotNull(answer.ById("piece-convention-erreur"));
        Assert.StartsWith("Déjà déposé : programme.pdf", answer.ById("piece-programme-depose"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Employees_RowAdded_KeepsWhatWasTyped()
    {
        await visitor.SignInAsync();
        var page = (await visitor.PostAsync((await visitor.PostAsync("/portails/atlas/demandes/nouvelle", [])).Path, PortalVisitor.Company)).Path;
        var two = await visitor.PostAsync(page, new(PortalVisitor.Employee(0, "Martin")) { ["action"] = "ajouter" });
        Assert.Equal(HttpStatusCode.OK, two.Status);
        Assert.Contains("value=\"Martin\"", two.Html, StringComparison.Ordinal);
        Assert.Contains("salarie-2-nom", two.Html, StringComparison.Ordinal);
        Assert.NotNull((await visitor.PostAsync(page, PortalVisitor.Employee(0, "Martin"))).ById("salarie-2-nom-erreur"));
        Assert.EndsWith("/action", (await visitor.PostAsync(page, new(PortalVisitor.Employee(0, "Martin").Concat(PortalVisitor.Employee(1, "Roux"))))).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_TwiceFromOneDraft_IsOneDossierAndTwoSubmissions()
    {
        var recap = await visitor.FillAtlasAsync("2026-00007");
        var unsigned = await visitor.PostAsync(recap, []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsigned.Status);
        var first = await visitor.TransmitAsync(recap);
        var second = await visitor.TransmitAsync(recap);
        Assert.Equal(first.Path, second.Path);
        var facts = await control.GetFromJsonAsync<JsonElement>("/control/portails/atlas");
        Assert.Equal((2, 1, 1), (facts.GetProperty("soumissions").GetInt32(), facts.GetProperty("referencesDistinctes").GetInt32(), facts.GetProperty("dossiers").GetArrayLength()));

        // The same reference typed anew is a second dossier: the portal does not protect the sender.
        await visitor.TransmitAsync(await visitor.FillAtlasAsync("2026-00007"));
        facts = await control.GetFromJsonAsync<JsonElement>("/control/portails/atlas");
        Assert.Equal((1, 2), (facts.GetProperty("referencesDistinctes").GetInt32(), facts.GetProperty("dossiers").GetArrayLength()));
    }

    [Fact]
    public async Task HoldAfterSubmit_VisitorKilled_DossierIsRecordedAndFound()
    {
        var recap = await visitor.FillAtlasAsync("2026-00009");
        await ModeAsync("hold-after-submit");
        var transmitting = visitor.TransmitAsync(recap);
        var held = await control.GetFromJsonAsync<JsonElement>("/control/portails/atlas/held?timeoutMs=10000");
        Assert.Equal(sandbox.Portals.Dossiers("atlas")[0].PortalRef, held.GetProperty("portalRef").GetString());
        Assert.False(transmitting.IsCompleted);
        visitor.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => transmitting);

        using var again = new PortalVisitor(sandbox);
        await again.SignInAsync();
        Assert.True((await again.GetAsync("/portails/atlas/demandes?reference=2026-00009")).Shows(held.GetProperty("portalRef").GetString()!));
    }

    [Fact]
    public async Task HoldAfterSubmit_Released_ReceiptComes()
    {
        var recap = await visitor.FillAtlasAsync("2026-00010");
        await ModeAsync("hold-after-submit");
        var transmitting = visitor.TransmitAsync(recap);
        await sandbox.Portals.Faults("atlas").Held;
        await control.PostAsync("/control/portails/atlas/release", null);
        Assert.NotNull((await transmitting).ById("numero-dossier"));
        Assert.Equal("ok", (await control.GetFromJsonAsync<JsonElement>("/control/portails/atlas")).GetProperty("mode").GetString());
    }

    [Fact]
    public async Task Faults_DownChangedAndRejectLogin_AreSeen()
    {
        await ModeAsync("reject-login");
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.SignInAsync()).Status);
        await ModeAsync("down");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await visitor.GetAsync("/portails/atlas/connexion")).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/portails/constructys/adherent/identification")).Status);
        await ModeAsync("changed");
        await visitor.SignInAsync();
        var page = (await visitor.PostAsync((await visitor.PostAsync("/portails/atlas/demandes/nouvelle", [])).Path, PortalVisitor.Company)).Path;
        var action = await visitor.PostAsync(page, PortalVisitor.Employee(0, "Martin"));
        Assert.DoesNotContain("cout-ht", action.Html, StringComparison.Ordinal);
        Assert.Contains("montant-global", (await visitor.PostAsync(action.Path, PortalVisitor.Action)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_ComplementThenPartialAccord_AppearOnThePortal()
    {
        var number = (await visitor.TransmitAsync(await visitor.FillAtlasAsync("2026-00011"))).ById("numero-dossier")!;
        var detail = "/portails/atlas/demandes/" + number;
        await control.PostAsJsonAsync($"/agent/api/atlas/{number}/complement", new { texte = "Il manque le calendrier.", pieces = new[] { "Calendrier" } });
        var asked = await visitor.GetAsync(detail);
        Assert.Equal(("Complément demandé", "Il manque le calendrier.", "Calendrier"), (asked.ById("statut"), asked.ById("complement-texte"), asked.ById("complement-pieces")));

        Assert.NotNull((await visitor.PostAsync(detail + "/complement", [])).ById("erreurs"));
        var sent = await visitor.PostAsync(detail + "/complement", new() { ["reponse"] = "Voici." }, new() { ["pieces"] = PortalVisitor.Pdf });
        Assert.Equal("Complément reçu, en cours d'examen", sent.ById("statut"));
        Assert.Equal(7, sandbox.Portals.Find("atlas", number)!.Pieces.Count);

        using var tooMuch = await control.PostAsJsonAsync($"/agent/api/atlas/{number}/accord", new { montant = 2400.01m });
        Assert.Equal(HttpStatusCode.BadRequest, tooMuch.StatusCode);
        var granted = await visitor.PostAsync($"/agent/atlas/{number}/accord", new() { ["montant"] = "1 800,00", ["heures"] = "17,5", ["circuit"] = "remboursement" });
        Assert.Equal("Accordée partiellement", granted.ById("statut"));
        var decided = await visitor.GetAsync(detail);
        Assert.Equal(("Accordée partiellement", "1\u202f800,00\u202f€", "ACC-" + number[4..], "17,5"), (decided.ById("statut"), decided.ById("decision-montant"), decided.ById("decision-numero"), decided.ById("decision-heures")));
        Assert.True(decided.Shows("Remboursement à l'entreprise, hors taxes"));

        using var again = await control.PostAsJsonAsync($"/agent/api/atlas/{number}/refus", new { motif = "cout" });
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task Agent_Refusal_NeedsACodedMotive()
    {
        var number = (await visitor.TransmitAsync(await visitor.FillAtlasAsync("2026-00012"))).ById("numero-dossier")!;
        Assert.NotNull((await visitor.PostAsync($"/agent/atlas/{number}/refus", new() { ["motif"] = "parce que" })).ById("erreurs"));
        await visitor.PostAsync($"/agent/atlas/{number}/refus", new() { ["motif"] = "enveloppe-epuisee" });
        var detail = await visitor.GetAsync("/portails/atlas/demandes/" + number);
        Assert.Equal(("Refusée", "Enveloppe annuelle épuisée"), (detail.ById("statut"), detail.ById("decision-motif")));
    }

    [Fact]
    public async Task Constructys_OneLongPage_IsSubmittedWithItsOwnNames()
    {
        await visitor.PostAsync("/portails/constructys/adherent/identification", new() { ["login"] = PortalSites.DemoUser, ["password"] = PortalSites.DemoPassword });
        var page = (await visitor.PostAsync("/portails/constructys/dpc/saisie", [])).Path;
        var fields = new Dictionary<string, string>
        {
            ["num_siret"] = "99900822000017",
            ["denomination"] = "CHARPENTES DU RIED",
            ["code_idcc"] = "1597",
            ["tranche_effectif"] = "11-49",
            ["correspondant"] = "Julien Schmitt",
            ["courriel"] = "j@ried.example",
            ["st1_nom"] = "Roux",
            ["st1_prenom"] = "Max",
            ["st1_naissance_j"] = "3",
            ["st1_naissance_m"] = "2",
            ["st1_naissance_a"] = "1990",
            ["st1_fonction"] = "Charpentier",
            ["st1_contrat"] = "1",
            ["st1_statut"] = "O",
            ["nature"] = "AF",
            ["libelle"] = "Bois lamellé",
            ["nda_of"] = "44670123467",
            ["nom_of"] = "Netz",
            ["debut_j"] = "4",
            ["debut_m"] = "1",
            ["debut_a"] = "2027",
            ["fin_j"] = "5",
            ["fin_m"] = "1",
            ["fin_a"] = "2027",
            ["nb_heures"] = "14",
            ["modalite_peda"] = "P",
            ["prix_ht"] = "900,00",
            ["ref_interne"] = "2026-00020"
        };
        Assert.NotNull((await visitor.PostAsync(page, new(fields) { ["debut_m"] = "13" }, PortalVisitor.Files("fic_devis", "fic_programme", "fic_convention"))).ById("debut-erreur"));
        // A double click: both answers lead to the one receipt.
        var receipts = await Task.WhenAll(visitor.PostAsync(page, fields), visitor.PostAsync(page, fields));
        var receipt = receipts[0];
        Assert.Equal(receipt.Path, receipts[1].Path);
        Assert.Matches(@"^CST\d\d-00457$", receipt.ById("num_dpc"));
        var dossier = Assert.Single(sandbox.Portals.Dossiers("constructys"));
        Assert.Equal(("03/02/1990", "CDI", "Ouvrier"), (dossier.Salaries[0].DateNaissance, dossier.Salaries[0].Contrat, dossier.Salaries[0].Categorie));
        Assert.Equal((new DateOnly(2027, 1, 4), "Présentiel", 900m), (dossier.Action.DateDebut, dossier.Action.Modalite, dossier.Action.CoutHt));
    }

    [Fact]
    public async Task Restart_WithDataFolder_KeepsDossiersPiecesMailAndNumbering()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-").FullName;
        try
        {
            var options = new SandboxOptions { DataDirectory = folder };
            string number;
            await using (var first = await SandboxServer.StartAsync(options))
            {
                using var before = new PortalVisitor(first);
                number = (await before.TransmitAsync(await before.FillAtlasAsync("2026-00030"))).ById("numero-dossier")!;
                first.Mail.Add("a@b.example", ["c@d.example"], "Subject: gardé\r\n\r\nx"u8.ToArray());
            }

            await using var second = await SandboxServer.StartAsync(options);
            using var after = new PortalVisitor(second);
            await after.SignInAsync();
            Assert.Equal(PortalVisitor.Pdf, await after.BytesAsync($"/portails/atlas/demandes/{number}/pieces/0"));
            Assert.EndsWith("000124", (await after.TransmitAsync(await after.FillAtlasAsync("2026-00031"))).ById("numero-dossier"), StringComparison.Ordinal);
            Assert.Equal("gardé", Assert.Single(second.Mail.All()).Subject);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task AllSites_HomeLoginAgentAndHealth_Answer()
    {
        foreach (var path in PortalSites.All.SelectMany(s => new[] { s.Path(""), "/agent/" + s.Slug }).Concat(["/", "/portails", "/entreprises", "/boite", "/health/live", "/sandbox.css"]))
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await visitor.GetAsync(path)).Status));
        }
    }

    private Task ModeAsync(string mode) => control.PostAsJsonAsync("/control/portails/atlas", new { mode });
}
