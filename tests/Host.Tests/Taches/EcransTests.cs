using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>Each screen against the step of the real procedure that reads its answer.</summary>
public sealed class EcransTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    private static readonly DossierState[] Ready = [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot];

    [Fact]
    public async Task Valider_ShowsChecksWithProof()
    {
        var (browser, url, _, dossier) = await OpenAsync("valider");
        var page = await browser.GetAsync(url);
        Assert.Contains("data-check=\"1-siret\"", page.Html);
        Assert.Contains("clé de contrôle exacte", page.Text);
        Assert.Contains("Dernier jour de dépôt", page.Text);
        Assert.Contains(dossier.Numero, page.Title);
        Assert.Contains("Léa Petit", page.Text);
    }

    [Fact]
    public async Task Valider_OpcoOnlySuggested_IsConfirmedForDossierAndCompany()
    {
        var company = await host.WithAsync((CompanyService x) => x.SaveAsync(new CompanyFacts(Siret(), "Sans convention", CompanyOrigin.Sandbox) { Naf = "62.02A", Department = "67" }, host.Change(), CancellationToken.None));
        var (browser, url, _, dossier) = await OpenAsync("valider", company: company);
        var page = await browser.GetAsync(url);
        Assert.Contains("À confirmer", page.Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, url, new() { ["acte"] = "opco", ["Opco.Slug"] = "inconnu" }, "Agir")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new() { ["acte"] = "opco", ["Opco.Slug"] = "akto" }, "Agir")).Status);
        var changed = await host.DossierAsync(dossier.Id);
        Assert.Equal(("akto", OpcoOrigin.Manual, OpcoConfidence.Certain), (changed.OpcoSlug, changed.OpcoOrigin, changed.OpcoConfidence));
        Assert.Equal("akto", changed.Company!.OpcoSlug);
    }

    [Fact]
    public async Task DemanderDesComplements_NothingTicked_Message()
    {
        var (browser, url, task, _) = await OpenAsync("valider");
        var answer = await browser.PostAsync(await browser.GetAsync(url), url, new() { ["outcome"] = "Demander des compléments", ["Input.Comment"] = "Merci d’avance" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Cochez au moins un complément", answer.Text);
        Assert.Contains("Merci d’avance", answer.Text);
        Assert.Equal(HumanTaskStatus.Open, (await host.TaskAsync(task)).Status);
    }

    [Fact]
    public async Task DemanderDesComplements_TickedAndFree_TheCompanyIsAskedExactlyThose()
    {
        var (browser, url, _, dossier) = await OpenAsync("valider");
        var answer = await browser.PostAsync(await browser.GetAsync(url), url, new() { ["outcome"] = "Demander des compléments", ["Input.Complements"] = "piece-rib", ["Input.Free"] = "Fiche de poste\n", ["Input.Comment"] = "Avant vendredi" }, "Terminer");
        Assert.Equal($"/dossiers/{dossier.Numero}", answer.Location);
        var asked = await host.WithAsync((ComplementService x) => x.ListAsync(dossier.Id, CancellationToken.None));
        Assert.Equal([("piece-rib", "Avant vendredi"), ("autre", "Avant vendredi")], asked.Select(x => (x.Code, x.Comment)));
        Assert.Equal("Fiche de poste", asked[1].Label);
        Assert.Equal(DossierState.PiecesManquantes, (await host.DossierAsync(dossier.Id)).State);
        Assert.Contains("Complément : Fiche de poste", (await browser.GetAsync($"/dossiers/{dossier.Numero}")).Text);
    }

    [Fact]
    public async Task Reponses_AcceptedAndAskedAgain_NothingIsAskedTwice()
    {
        var dossier = await host.CreateDossierAsync();
        var asked = await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement("objectifs"), new AskComplement(null, "", "Fiche de poste")], host.Change(), CancellationToken.None));
        var piece = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Piece);
        await host.WithAsync((ComplementService x) => x.AnswerAsync(asked[0].Id, "Objectifs précis", null, host.Change(), CancellationToken.None));
        await host.WithAsync((ComplementService x) => x.AnswerAsync(asked[1].Id, null, piece.Id, host.Change(), CancellationToken.None));
        var task = await host.StartAtAsync(dossier, "valider");
        var (browser, url) = (await host.OperatorAsync(), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        Assert.Contains("Objectifs précis", page.Text);
        Assert.Contains($"/dossiers/{dossier.Numero}/documents/{piece.Id}", page.Html);
        var judged = new Dictionary<string, string> { [$"Input.Judgments[{asked[0].Id:N}]"] = "accept", [$"Input.Judgments[{asked[1].Id:N}]"] = "again", [$"Input.Again[{asked[1].Id:N}]"] = "La page 2 manque" };
        Assert.Contains("Vous redemandez", (await browser.PostAsync(page, url, new(judged) { ["outcome"] = "Valider" }, "Terminer")).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new(judged) { ["outcome"] = "Demander des compléments" }, "Terminer")).Status);
        var now = await host.WithAsync((ComplementService x) => x.ListAsync(dossier.Id, CancellationToken.None));
        Assert.Equal([ComplementStatus.Accepted, ComplementStatus.Rejected], now.Select(x => x.Status));
        Assert.Equal("La page 2 manque", now[1].Comment);
    }

    [Fact]
    public async Task Refuser_WithoutReason_Message_WithReason_DossierRefusedWithRemedy()
    {
        var (browser, url, _, dossier) = await OpenAsync("valider");
        var page = await browser.GetAsync(url);
        Assert.Contains("Décalez le début de la formation", page.Text);
        var wrong = await browser.PostAsync(page, url, new() { ["outcome"] = "Refuser", ["Input.RefusalComment"] = "Trop tard" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("Choisissez un motif de refus", wrong.Text);
        Assert.Contains("Trop tard", wrong.Text);
        await browser.PostAsync(wrong, url, new() { ["outcome"] = "Refuser", ["Input.Motif"] = "depot-tardif", ["Input.RefusalComment"] = "Trop tard" }, "Terminer");
        var refused = await host.DossierAsync(dossier.Id);
        Assert.Equal((DossierState.Refuse, "depot-tardif", "Trop tard"), (refused.State, refused.RefusalCode, refused.RefusalComment));
    }

    [Fact]
    public async Task Completer_FieldCorrectedInPlace_AndPieceAdded()
    {
        var (browser, url, task, dossier) = await OpenAsync("completer", states: [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PiecesManquantes]);
        var page = await browser.GetAsync(url);
        Assert.Contains("Pièces obligatoires présentes", page.Text);
        var fields = EditOf(dossier);
        var wrong = await browser.PostAsync(page, url, new(fields) { ["acte"] = "modifier", ["Edit.Hours"] = "beaucoup", ["Edit.Title"] = "Titre gardé" }, "Agir");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("Indiquez un nombre", wrong.Text);
        Assert.Contains("value=\"Titre gardé\"", wrong.Html);
        await browser.PostAsync(page, url, new(fields) { ["acte"] = "modifier", ["Edit.Hours"] = "22,5" }, "Agir");
        Assert.Equal(22.5m, (await host.DossierAsync(dossier.Id)).Hours);

        var text = await ConsoleFixture.UploadAsync(browser, page, url, "Agir", new() { ["acte"] = "piece", ["Input.Type"] = DocumentTypes.Programme }, "programme.pdf", "ceci n'est pas un PDF"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, text.Status);
        Assert.Contains("ni un PDF, ni une image", text.Text);
        var done = await ConsoleFixture.UploadAsync(browser, page, url, "Agir", new() { ["acte"] = "piece", ["Input.Type"] = DocumentTypes.Programme }, "programme.pdf", ConsoleFixture.Pdf());
        Assert.Equal(HttpStatusCode.Redirect, done.Status);
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.Documents.AnyAsync(d => d.DossierId == dossier.Id && d.TypeCode == DocumentTypes.Programme)));

        // Still red: the procedure checks again and the task comes back.
        await browser.PostAsync(page, url, new() { ["outcome"] = "Contrôler à nouveau" }, "Terminer");
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.AnyAsync(t => t.DossierId == dossier.Id && t.Status == HumanTaskStatus.Open && t.Code == "completer-avant-depot" && t.Id != task)));
    }

    [Fact]
    public async Task DepotAssiste_WithoutReference_MessageKeepsNothingStored_ThenFiled()
    {
        var (browser, url, task, dossier) = await OpenAsync("copilote", states: Ready);
        var page = await browser.GetAsync(url);
        Assert.Contains("Étape 1 sur 4 : Entreprise", page.Text);
        Assert.Contains($"data-copy=\"{dossier.Company!.Siret}\"", page.Html);
        var wrong = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", new() { ["outcome"] = "Déposé", ["Input.Reference"] = " " }, "accuse.pdf", ConsoleFixture.Pdf());
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("Indiquez la référence", wrong.Text);
        var fake = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", new() { ["outcome"] = "Déposé", ["Input.Reference"] = "ATL-77" }, "accuse.pdf", "MZ programme"u8.ToArray());
        Assert.Contains("ni un PDF, ni une image", fake.Text);
        Assert.Contains("value=\"ATL-77\"", fake.Html);
        var big = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", new() { ["outcome"] = "Déposé", ["Input.Reference"] = "ATL-77" }, "accuse.pdf", ConsoleFixture.Pdf(11 * 1024 * 1024));
        Assert.Contains("dépasse la limite de 10", big.Text);
        Assert.Contains("value=\"ATL-77\"", big.Html);
        Assert.False(await host.WithAsync((MonOpcoDbContext x) => x.Documents.AnyAsync(d => d.DossierId == dossier.Id)));

        var done = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", new() { ["outcome"] = "Déposé", ["Input.Reference"] = " ATL-77 " }, "accuse.pdf", ConsoleFixture.Pdf());
        Assert.Equal($"/dossiers/{dossier.Numero}", done.Location);
        var filed = await host.DossierAsync(dossier.Id);
        Assert.Equal((DossierState.Depose, "ATL-77"), (filed.State, filed.PortalReference));
        var receipt = await host.WithAsync((MonOpcoDbContext x) => x.Documents.SingleAsync(d => d.DossierId == dossier.Id && d.TypeCode == DocumentTypes.AccuseDepot));
        Assert.Equal(receipt.Id.ToString(), (await host.TaskAsync(task)).Data!["receiptDocumentId"]!.ToString());
    }

    [Fact]
    public async Task ConfirmerDepot_AllSame_ConfirmsExactlyWhatWasShown()
    {
        var (browser, url, dossier, filing) = await FilledAsync(same: true);
        var page = await browser.GetAsync(url);
        Assert.Matches("Aucune différence, [0-9]+.champs non lus", page.Text);
        var stale = await browser.PostAsync(page, url, new() { ["outcome"] = "Confirmer", ["vu"] = "1" }, "Terminer");
        Assert.Contains("Le robot a rempli de nouveau depuis", stale.Text);

        // What the robot could not read back blocks, field by field, until the operator answers for it.
        var blocked = await browser.PostAsync(page, url, new() { ["outcome"] = "Confirmer" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, blocked.Status);
        Assert.Contains("Le robot n’a pas relu", blocked.Text);
        Assert.Contains("Rien n’est transmis", blocked.Text);
        Assert.Equal(FilingStatus.Filled, (await FilingAsync(filing)).Status);
        var unread = System.Text.RegularExpressions.Regex.Matches(page.Html, "name=\"Input.Seen\" value=\"([^\"]+)\"").Select(x => x.Groups[1].Value).ToList();
        Assert.Contains("idcc", unread);
        Assert.DoesNotContain("siret", unread);
        Dictionary<string, string> Seen(IEnumerable<string> fields) => new(fields.Select((x, i) => KeyValuePair.Create($"Input.Seen[{i}]", x))) { ["outcome"] = "Confirmer" };
        var oneLess = await browser.PostAsync(page, url, Seen(unread.Where(x => x != "idcc")), "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, oneLess.Status);
        Assert.Contains("1 champ : Convention collective (IDCC)", WebUtility.HtmlDecode(oneLess.Html).Replace('\u00A0', ' '));

        Assert.Equal($"/dossiers/{dossier.Numero}", (await browser.PostAsync(page, url, Seen(unread), "Terminer")).Location);
        var confirmed = await FilingAsync(filing);
        Assert.Equal(FilingStatus.Confirmed, confirmed.Status);
        Assert.NotNull(confirmed.ConfirmedById);
        Assert.Equal(unread, confirmed.Comparison!["vus"]!.AsArray().Select(x => x!.ToString()));
        var audit = await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AsNoTracking().SingleAsync(a => a.Subject == "filing" && a.SubjectId == filing.ToString() && a.Action == "Confirmed"));
        Assert.Contains("Convention collective (IDCC)", audit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfirmerDepot_Difference_IsShownAndCannotBeConfirmed()
    {
        var (browser, url, _, filing) = await FilledAsync(same: false);
        var page = await browser.GetAsync(url);
        Assert.Contains("is-different", page.Html);
        Assert.Matches("SIRET .*Différent", page.Text);
        Assert.DoesNotContain("value=\"Confirmer\"", page.Html);
        var forced = await browser.PostAsync(page, url, new() { ["outcome"] = "Confirmer" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, forced.Status);
        Assert.Contains("Rien n’est transmis", forced.Text);
        Assert.Equal(FilingStatus.Filled, (await FilingAsync(filing)).Status);
    }

    [Fact]
    public async Task ConfirmerDepot_ValueCorrected_FillsAgainWithIt()
    {
        var (browser, url, _, filing) = await FilledAsync(same: false);
        var page = await browser.GetAsync(url);
        var wrong = await browser.PostAsync(page, url, new() { ["outcome"] = "Remplir à nouveau", ["Input.Values[action.coutHt]"] = "cher" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("value=\"cher\"", wrong.Html);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new() { ["outcome"] = "Remplir à nouveau", ["Input.Values[action.coutHt]"] = "2 350,50", ["Input.Values[entreprise.effectif]"] = "12" }, "Terminer")).Status);
        var corrected = await FilingAsync(filing);
        Assert.Equal((FilingStatus.Prepared, 2350.5m, "12"), (corrected.Status, corrected.Values["action"]!["coutHt"]!.GetValue<decimal>(), corrected.Values["entreprise"]!["effectif"]!.ToString()));
    }

    [Fact]
    public async Task IncidentPortail_ShowsReasonAndPicture_HandOverGoesToTheCopilote()
    {
        var dossier = await host.CreateDossierAsync(null, 90, Ready);
        var filing = await PrepareAsync(dossier);
        var picture = await host.AddDocumentAsync(dossier.Id, DocumentTypes.CaptureEcran, [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]);
        await host.WithAsync((FilingService x) => x.ReturnAsync(filing.Id, "Le portail a changé : champ « SIRET » est introuvable.", [picture.Id], host.Change(), CancellationToken.None));
        var task = await host.StartAtAsync(dossier, "incident-portail");
        var (browser, url) = (await host.OperatorAsync(), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        Assert.Contains("champ « SIRET » est introuvable", page.Text);
        Assert.Contains($"src=\"/dossiers/{dossier.Numero}/documents/{picture.Id}\"", page.Html);
        await browser.PostAsync(page, url, new() { ["outcome"] = "Déposer à la main" }, "Terminer");
        Assert.Equal("depot-assiste", await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.Where(t => t.DossierId == dossier.Id && t.Status == HumanTaskStatus.Open).Select(t => t.Code).SingleAsync()));
    }

    [Fact]
    public async Task SaisirDecision_AccordIncomplete_MessagesPerField_PartialAccord_CompanyIsAsked()
    {
        var (browser, url, _, dossier) = await DecisionAsync();
        var page = await browser.GetAsync(url);
        var wrong = await browser.PostAsync(page, url, new() { ["outcome"] = "Accordé", ["Input.Amount"] = "0", ["Input.AccordDate"] = "01/01/2099" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        foreach (var message in (string[])["supérieur à zéro", "Indiquez le numéro de l’accord", "ne peut pas être dans l’avenir"])
        {
            Assert.Contains(message, wrong.Text);
        }

        var day = Fr.InParis(host.Clock.GetUtcNow());
        var done = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", new() { ["outcome"] = "Accordé", ["Input.Amount"] = "1 800,00 €", ["Input.AccordNumber"] = "ACC-9", ["Input.AccordDate"] = Fr.Date(day), ["Input.Circuit"] = "Remboursement", ["Input.Hours"] = "24" }, "accord.pdf", ConsoleFixture.Pdf());
        Assert.Equal(HttpStatusCode.Redirect, done.Status);
        var granted = await host.DossierAsync(dossier.Id);
        Assert.Equal(DossierState.AccordePartiel, granted.State);
        Assert.Equal((1800m, 600m, 24m), (granted.GrantedAmount!.Value, granted.Remainder!.Value, granted.GrantedHours!.Value));
        Assert.Equal(("ACC-9", day, PaymentCircuit.Remboursement), (granted.AccordNumber, granted.AccordDate!.Value, granted.Circuit!.Value));
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.Documents.AnyAsync(d => d.DossierId == dossier.Id && d.TypeCode == DocumentTypes.Accord)));
    }

    [Fact]
    public async Task SaisirDecision_Refusal_CodedAndRecorded()
    {
        var (browser, url, _, dossier) = await DecisionAsync();
        var page = await browser.GetAsync(url);
        Assert.Contains("Choisissez un motif de refus", (await browser.PostAsync(page, url, new() { ["outcome"] = "Refusé" }, "Terminer")).Text);
        await browser.PostAsync(page, url, new() { ["outcome"] = "Refusé", ["Input.RefusalCode"] = "enveloppe", ["Input.Comment"] = "Enveloppe épuisée" }, "Terminer");
        var refused = await host.DossierAsync(dossier.Id);
        Assert.Equal((DossierState.Refuse, "enveloppe", "Enveloppe épuisée"), (refused.State, refused.RefusalCode, refused.RefusalComment));
    }

    [Fact]
    public async Task SaisirDecision_Complement_BecomesATaskThatShowsIt_AnsweredByHand()
    {
        var (browser, url, _, dossier) = await DecisionAsync();
        var page = await browser.GetAsync(url);
        Assert.Contains("Recopiez ce que l’OPCO demande", (await browser.PostAsync(page, url, new() { ["outcome"] = "Complément demandé" }, "Terminer")).Text);
        await browser.PostAsync(page, url, new() { ["outcome"] = "Complément demandé", ["Input.ComplementText"] = "Joindre le planning", ["Input.ComplementPieces"] = "Planning signé\nAttestation" }, "Terminer");
        Assert.Equal(DossierState.ComplementDemande, (await host.DossierAsync(dossier.Id)).State);
        var task = await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.AsNoTracking().SingleAsync(t => t.DossierId == dossier.Id && t.Status == HumanTaskStatus.Open));
        Assert.Equal("repondre-complement", task.Code);
        var answer = await browser.GetAsync($"/taches/{task.Id}");
        Assert.Contains("Joindre le planning", answer.Text);
        Assert.Contains("Attestation", answer.Text);
        var empty = await browser.PostAsync(answer, $"/taches/{task.Id}", new() { ["outcome"] = "Répondre par le robot" }, "Terminer");
        Assert.Contains("Écrivez une réponse ou joignez une pièce", empty.Text);
        var picture = await ConsoleFixture.UploadAsync(browser, answer, $"/taches/{task.Id}", "Terminer", new() { ["outcome"] = "Répondre par le robot", ["Input.Text"] = "Voici" }, "planning.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Assert.Contains("n’accepte que des PDF", picture.Text);
        Assert.Contains("Voici", picture.Text);
        var done = await ConsoleFixture.UploadAsync(browser, answer, $"/taches/{task.Id}", "Terminer", new() { ["outcome"] = "Déjà répondu à la main", ["Input.Text"] = "Envoyé ce jour" }, "planning.pdf", ConsoleFixture.Pdf());
        Assert.Equal(HttpStatusCode.Redirect, done.Status);
        var data = (await host.TaskAsync(task.Id)).Data!;
        Assert.Equal("Envoyé ce jour", data["text"]!.ToString());
        Assert.NotNull(await host.WithAsync((DocumentStore x) => x.FindAsync(Guid.Parse(data["documentId"]!.ToString()), CancellationToken.None)));
        Assert.Equal(DossierState.EnInstruction, (await host.DossierAsync(dossier.Id)).State);
    }

    private static Dictionary<string, string> EditOf(Dossier dossier) => new()
    {
        ["Edit.Title"] = dossier.Title,
        ["Edit.StartDate"] = $"{dossier.StartDate:yyyy-MM-dd}",
        ["Edit.EndDate"] = $"{dossier.EndDate:yyyy-MM-dd}",
        ["Edit.Hours"] = "24",
        ["Edit.CostHt"] = "2400",
        ["Edit.RequestedAmount"] = "2400",
        ["Edit.Modality"] = "Mixte",
        ["Edit.ContactName"] = dossier.ContactName,
        ["Edit.Objectives"] = dossier.Objectives,
        ["Edit.Content"] = dossier.Content,
        ["Edit.TrainerName"] = dossier.TrainerName,
        ["Edit.ModalityDetail"] = dossier.ModalityDetail,
    };

    private async Task<(Browser Browser, string Url, Guid Task, Dossier Dossier)> OpenAsync(string activity, DossierState[]? states = null, Company? company = null)
    {
        var dossier = await host.CreateDossierAsync(company, 90, states ?? []);
        var task = await host.StartAtAsync(dossier, activity);
        return (await host.OperatorAsync(), $"/taches/{task.Id}", task.Id, dossier);
    }

    private async Task<(Browser Browser, string Url, Guid Task, Dossier Dossier)> DecisionAsync()
    {
        var dossier = await host.CreateDossierAsync(null, 90, [.. Ready, DossierState.Depose, DossierState.EnInstruction]);
        await PrepareAsync(dossier, FilingMode.Assisted);
        var task = await host.StartAtAsync(dossier, "decision-saisie");
        return (await host.OperatorAsync(), $"/taches/{task.Id}", task.Id, dossier);
    }

    private Task<Filing> PrepareAsync(Dossier dossier, FilingMode mode = FilingMode.Confirm) => host.WithAsync(async (IServiceProvider services) =>
    {
        var data = (Activities.OpcoPortals.PortalData)services.GetService(typeof(Activities.OpcoPortals.PortalData))!;
        var filings = (FilingService)services.GetService(typeof(FilingService))!;
        return await filings.PrepareAsync(dossier.Id, "atlas", mode, dossier.Numero, await data.BuildAsync(dossier.Id, CancellationToken.None), null, host.Change(), CancellationToken.None);
    });

    private async Task<(Browser Browser, string Url, Dossier Dossier, Guid Filing)> FilledAsync(bool same)
    {
        var dossier = await host.CreateDossierAsync(null, 90, Ready);
        var filing = await PrepareAsync(dossier);
        var read = new JsonObject { ["siret"] = same ? dossier.Company!.Siret : "00000000000000", ["raisonSociale"] = dossier.Company!.Name, ["coutHt"] = "2400,00", ["heures"] = "24", ["salarie.1.nom"] = "Petit" };
        await host.WithAsync((FilingService x) => x.RecordFilledAsync(filing.Id, new JsonObject { ["lu"] = read }, [], host.Change(), CancellationToken.None));
        var task = await host.StartAtAsync(dossier, "confirmer");
        return (await host.OperatorAsync(), $"/taches/{task.Id}", dossier, filing.Id);
    }

    private Task<Filing> FilingAsync(Guid id) => host.WithAsync((MonOpcoDbContext x) => x.Filings.AsNoTracking().SingleAsync(f => f.Id == id));

    private static string Siret()
    {
        var body = Random.Shared.Next(81_000_000, 99_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Complete(Complete(body) + "0001");

        static string Complete(string digits) => digits + Enumerable.Range(0, 10).First(key => (digits + key).Reverse().Select((c, i) => (i % 2 * (c - '0')) + (c - '0') is var d && d > 9 ? d - 9 : d).Sum() % 10 == 0);
    }
}
