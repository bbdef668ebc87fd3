using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>Answers that can be taken back for fifteen seconds, drafts, hand-overs, bulk acts, over HTTP.</summary>
public sealed class DecisionsTests(InboxFixture host) : IClassFixture<InboxFixture>
{
    [Fact]
    public async Task Terminer_ThenAnnuler_TheProcedureNeverHeardOfIt()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var url = $"/taches/{task.Id}";
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var (karim, _) = await host.PersonAsync("Karim Ziani");
        var page = await nadia.GetAsync(url);
        Assert.Contains("peut être annulée pendant 15 secondes", page.Text);
        Assert.Equal($"/dossiers/{dossier.Numero}", (await nadia.PostAsync(page, url, new() { ["outcome"] = "Valider" }, "Terminer")).Location);
        Assert.Equal((HumanTaskStatus.Deciding, DossierState.Brouillon), ((await host.TaskAsync(task.Id)).Status, (await host.DossierAsync(dossier.Id)).State));

        // Gone for everybody at once, and said on the page that follows.
        Assert.DoesNotContain($"/taches/{task.Id}\"", (await karim.GetAsync($"/taches?liste=a-prendre&recherche={dossier.Numero}")).Html);
        var loser = await karim.PostAsync(await karim.GetAsync("/taches"), url, new() { ["outcome"] = "Refuser", ["Input.Motif"] = "autre" }, "Terminer");
        Assert.Equal(HttpStatusCode.Conflict, loser.Status);
        Assert.Contains("a déjà été traitée par Nadia Keller", loser.Text);
        await karim.PostAsync(await karim.GetAsync("/taches"), url, [], "Annuler");
        Assert.Equal(HumanTaskStatus.Deciding, (await host.TaskAsync(task.Id)).Status);
        var after = await nadia.GetAsync($"/dossiers/{dossier.Numero}");
        Assert.Contains("Réponse enregistrée : Valider", after.Text);
        var other = await host.SignInAsync(Roles.Comptable);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsync(await other.GetAsync("/taches"), url, [], "Annuler")).Status);

        Assert.Equal(url, (await nadia.PostAsync(after, url, [], "Annuler")).Location);
        Assert.Contains("rien n’a été transmis", (await nadia.GetAsync(url)).Text);
        Assert.Equal((HumanTaskStatus.Open, "Nadia Keller"), ((await host.TaskAsync(task.Id)).Status, (await host.TaskAsync(task.Id)).AssigneeName));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await Task.Delay(700);
        Assert.Equal(DossierState.Brouillon, (await host.DossierAsync(dossier.Id)).State);
    }

    /// <summary>The screen's further writings (a complement judged with the answer) happen when the decision is applied, not before, and not when it is taken back.</summary>
    [Fact]
    public async Task Terminer_WindowOver_IsAppliedWithAllThatTheScreenWrites()
    {
        var dossier = await host.CreateDossierAsync();
        var asked = await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement("objectifs")], host.Change(), default));
        await host.WithAsync((ComplementService x) => x.AnswerAsync(asked[0].Id, "Tenir la paie seule, en autonomie complète.", null, host.Change(), default));
        var task = await host.StartAtAsync(dossier, "valider");
        var url = $"/taches/{task.Id}";
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var key = $"{asked[0].Id:N}";
        await nadia.PostAsync(await nadia.GetAsync(url), url, new() { ["outcome"] = "Valider", [$"Input.Judgments[{key}]"] = "accept" }, "Terminer");
        Assert.Equal(ComplementStatus.Answered, await StatusAsync());
        Assert.NotNull((await host.WithAsync((MonOpcoDbContext x) => x.TaskDecisions.SingleAsync(d => d.TaskId == task.Id))).Fields);
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        await InboxFixture.UntilAsync(async () => (await host.TaskAsync(task.Id)).Status == HumanTaskStatus.Completed, "the decision is applied");
        Assert.Equal((ComplementStatus.Accepted, DossierState.AnalyseBesoin), (await StatusAsync(), (await host.DossierAsync(dossier.Id)).State));
        var late = await nadia.PostAsync(await nadia.GetAsync(url), url, [], "Annuler");
        Assert.Equal(url, late.Location);
        Assert.Contains("trop tard pour annuler", (await nadia.GetAsync(url)).Text);

        Task<ComplementStatus> StatusAsync() => host.WithAsync((MonOpcoDbContext x) => x.Complements.Where(c => c.Id == asked[0].Id).Select(c => c.Status).SingleAsync());
    }

    /// <summary>What cannot be applied any more comes back with a word to its author, never silently.</summary>
    [Fact]
    public async Task Terminer_CannotBeAppliedAnyMore_ComesBackAndSaysWhy()
    {
        var dossier = await host.CreateDossierAsync();
        var asked = await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement("objectifs")], host.Change(), default));
        await host.WithAsync((ComplementService x) => x.AnswerAsync(asked[0].Id, "Une réponse.", null, host.Change(), default));
        var task = await host.StartAtAsync(dossier, "valider");
        var url = $"/taches/{task.Id}";
        var (nadia, id) = await host.PersonAsync("Nadia Keller");
        await nadia.PostAsync(await nadia.GetAsync(url), url, new() { ["outcome"] = "Valider" }, "Terminer");

        // Meanwhile somebody asks for it again in the fields that are kept: the screen refuses at the time of applying.
        await host.SqlAsync($"update task_decisions set fields = '{{\"Input.Judgments[{asked[0].Id:N}]\": [\"again\"]}}' where task_id = '{task.Id}'");
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        await InboxFixture.UntilAsync(async () => (await host.TaskAsync(task.Id)).Status == HumanTaskStatus.Open, "the task is open again");
        var notice = await host.WithAsync((MonOpcoDbContext x) => x.Notices.SingleAsync(n => n.UserId == id));
        Assert.Contains("n’a pas été appliquée. Vous redemandez « Objectifs de la formation »", notice.Text);
        Assert.Contains("n’a pas été appliquée", (await nadia.GetAsync("/taches")).Text);
    }

    [Fact]
    public async Task Terminer_Immediately_ForProgramsThatDoNotWait()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        await nadia.PostAsync(await nadia.GetAsync($"/taches/{task.Id}"), $"/taches/{task.Id}?immediat=true", new() { ["outcome"] = "Valider" }, "Terminer");
        Assert.Equal(HumanTaskStatus.Completed, (await host.TaskAsync(task.Id)).Status);
    }

    [Fact]
    public async Task Brouillon_ByItself_TakesTheTaskAndRefusesAnOlderTab()
    {
        var task = await host.AddAsync("À rédiger", with: x => x with { Form = (JsonObject)JsonNode.Parse("""{"properties":{"note":{"type":"string","title":"Note"}}}""")! });
        var url = $"/taches/{task.Id}";
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var page = await nadia.GetAsync(url);
        var first = await SaveAsync(nadia, page, url, "un", 0);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Matches("Brouillon enregistré à \\d\\d:\\d\\d", JsonNode.Parse(first.Html)!["message"]!.ToString());
        Assert.Equal("Nadia Keller", (await host.TaskAsync(task.Id)).AssigneeName);
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(nadia, page, url, "deux", 1)).Status);
        var older = await SaveAsync(nadia, page, url, "perdu ?", 1);
        Assert.Equal(HttpStatusCode.Conflict, older.Status);
        Assert.Contains("dans un autre onglet", JsonNode.Parse(older.Html)!["message"]!.ToString());
        var again = await nadia.GetAsync(url);
        Assert.Contains("value=\"deux\"", again.Html);
        Assert.Contains("data-draft-version=\"2\"", again.Html);
        var (karim, _) = await host.PersonAsync("Karim Ziani");
        Assert.Equal(HttpStatusCode.Conflict, (await SaveAsync(karim, await karim.GetAsync(url), url, "vol", 2)).Status);
    }

    [Fact]
    public async Task Echanges_MentionAndFile_TellAndAreChecked()
    {
        var task = await host.AddAsync("À discuter");
        var url = $"/taches/{task.Id}";
        var name = $"Léa Östermann{Random.Shared.Next(100000)}";
        var (lea, leaId) = await host.PersonAsync(name);
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var page = await nadia.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, (await nadia.PostAsync(page, url, new() { ["texte"] = "  " }, "Commenter")).Status);
        Assert.Equal($"{url}#echanges", (await nadia.PostAsync(page, url, new() { ["texte"] = $"@{name} : <b>qu’en penses-tu ?</b>" }, "Commenter")).Location);
        Assert.Contains("&lt;b&gt;", (await nadia.GetAsync(url)).Html);
        Assert.Contains("Nadia Keller vous a cité dans « À discuter »", (await lea.GetAsync("/taches")).Text);
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.Notices.AnyAsync(n => n.UserId == leaId && n.MailWanted)));
        var inbox = await lea.GetAsync("/taches");
        await lea.PostAsync(inbox, "/taches", [], "AvisLu");
        Assert.DoesNotContain("vous a cité", (await lea.GetAsync("/taches")).Text);

        Assert.Contains("n’est pas accepté", (await JoinAsync(nadia, page, url, "virus.pdf", "MZ pas un PDF"u8.ToArray())).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await JoinAsync(nadia, page, url, "courrier.pdf", ConsoleFixture.Pdf())).Status);
        var joined = await host.WithAsync((MonOpcoDbContext x) => x.TaskAttachments.SingleAsync(a => a.TaskId == task.Id));
        Assert.Equal(HttpStatusCode.OK, (await lea.Client.GetAsync($"{url}/pieces/{joined.DocumentId}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lea.Client.GetAsync($"/taches/{Guid.NewGuid()}/pieces/{joined.DocumentId}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).Client.GetAsync($"{url}/pieces/{joined.DocumentId}")).StatusCode);
    }

    [Fact]
    public async Task ConfierEtPriorite_AreInTheHistory()
    {
        var task = await host.AddAsync("À confier");
        var url = $"/taches/{task.Id}";
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var (_, karim) = await host.PersonAsync("Karim Ziani");
        var page = await nadia.GetAsync(url);
        await nadia.PostAsync(page, url, new() { ["priorite"] = "Urgent", ["motif"] = "" }, "Priorite");
        Assert.Contains("Dites pourquoi", (await nadia.GetAsync(url)).Text);
        await nadia.PostAsync(page, url, new() { ["priorite"] = "Urgent", ["motif"] = "L’entreprise part en congé" }, "Priorite");
        await nadia.PostAsync(page, url, new() { ["qui"] = $"{karim}" }, "Confier");
        var text = (await nadia.GetAsync(url)).Text;
        Assert.Matches("Priorité : urgente.*L’entreprise part en congé.*Confiée à Karim Ziani", text);
        Assert.Equal((TaskPriority.Urgent, karim), ((await host.TaskAsync(task.Id)).Priority, (await host.TaskAsync(task.Id)).AssigneeId!.Value));
    }

    [Fact]
    public async Task Suivante_TakesTheMostPressingAndSaysWhy()
    {
        var late = await host.AddAsync("En souffrance", Roles.ReferentHandicap, x => x with { DueAt = host.Clock.GetUtcNow().AddDays(-9) });
        await host.AddAsync("Tranquille", Roles.ReferentHandicap);
        var (paul, _) = await host.PersonAsync("Paul Adam", Roles.ReferentHandicap);
        var inbox = await paul.GetAsync("/taches");
        Assert.Matches("Prochaine meilleure tâche En souffrance.*En retard de", inbox.Text);
        var answer = await paul.PostAsync(inbox, "/taches", [], "Suivante");
        Assert.Equal($"/taches/{late.Id}", answer.Location);
        Assert.Equal("Paul Adam", (await host.TaskAsync(late.Id)).AssigneeName);
        Assert.Contains("Tâche suivante : En retard de", (await paul.GetAsync(answer.Location!)).Text);
    }

    [Fact]
    public async Task Lot_DryRunThenEachResultThenUndoTogether()
    {
        var tasks = new List<HumanTask>();
        for (var i = 0; i < 3; i++)
        {
            tasks.Add(await host.AddAsync($"Lot {i}", Roles.ResponsablePedagogique));
        }

        var form = await host.AddAsync("À remplir", Roles.ResponsablePedagogique, x => x with { Form = (JsonObject)JsonNode.Parse("""{"required":["a"],"properties":{"a":{"type":"string"}}}""")! });
        var (nadia, _) = await host.PersonAsync("Nadia Keller", Roles.ResponsablePedagogique);
        var (karim, karimId) = await host.PersonAsync("Karim Ziani", Roles.ResponsablePedagogique);
        await host.WithAsync((TaskService x) => x.ClaimAsync(tasks[2].Id, InboxFixture.By("Karim Ziani", karimId, host.Clock.GetUtcNow()), default));
        var address = "/taches/lot?" + string.Join('&', tasks.Append(form).Select(x => $"t={x.Id}"));
        var page = await nadia.GetAsync(address);
        var fields = new Dictionary<string, string> { ["Acte"] = "terminer", ["Reponse"] = "Fait" };
        var dry = await SendLotAsync(nadia, page, fields, "Prevoir", [.. tasks, form]);
        Assert.Matches("2.tâches seront traitées, 2 refusées", dry.Text);
        Assert.Contains("Son formulaire est à remplir", dry.Text);
        Assert.Contains("Prise par Karim Ziani", dry.Text);
        Assert.All(tasks, x => Assert.Equal(HumanTaskStatus.Open, host.TaskAsync(x.Id).Result.Status));

        // A colleague is faster with one of them between the dry run and the act; the same page sent twice acts once.
        await host.WithAsync((TaskService x) => x.ClaimAsync(tasks[1].Id, InboxFixture.By("Karim Ziani", karimId, host.Clock.GetUtcNow()), default));
        var sent = await Task.WhenAll(SendLotAsync(nadia, dry, fields, "Appliquer", [.. tasks, form]), SendLotAsync(nadia, dry, fields, "Appliquer", [.. tasks, form]));
        Assert.Single(sent.Select(x => x.Location).Distinct());
        var result = await nadia.GetAsync(sent[0].Location!);
        await InboxFixture.UntilAsync(async () => (result = await nadia.GetAsync(sent[0].Location!)).Text.Contains("1 tâche traitée", StringComparison.Ordinal) || result.Text.Contains("1\u00A0tâche traitée", StringComparison.Ordinal), "one done");
        Assert.Matches("1.tâche traitée, 3 non traitées", result.Text);
        Assert.Equal(HumanTaskStatus.Deciding, (await host.TaskAsync(tasks[0].Id)).Status);
        await host.WithAsync((TaskService x) => x.ReleaseAsync(tasks[1].Id, InboxFixture.By("Karim Ziani", karimId, host.Clock.GetUtcNow()), default));
        await nadia.PostAsync(result, sent[0].Location!, [], "Reessayer");
        Assert.Equal(HumanTaskStatus.Deciding, (await host.TaskAsync(tasks[1].Id)).Status);
        var undone = await nadia.PostAsync(await nadia.GetAsync(sent[0].Location!), sent[0].Location!, [], "Annuler");
        Assert.Matches("2.réponses annulées", (await nadia.GetAsync(undone.Location!)).Text);
        Assert.All(tasks, x => Assert.Equal(HumanTaskStatus.Open, host.TaskAsync(x.Id).Result.Status));
        Assert.Equal(HttpStatusCode.NotFound, (await karim.GetAsync(sent[0].Location!)).Status);
    }

    [Fact]
    public async Task Lot_ValiderDemande_OnlyWhenEveryCheckIsGreen()
    {
        var (good, wrong) = (await host.CreateDossierAsync(), await host.CreateDossierAsync());
        await host.SqlAsync($"update dossiers set hours = 40 where id = '{wrong.Id}'");
        var tasks = new[] { await host.StartAtAsync(good, "valider"), await host.StartAtAsync(wrong, "valider") };
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var dry = await SendLotAsync(nadia, await nadia.GetAsync($"/taches/lot?t={tasks[0].Id}&t={tasks[1].Id}"), new() { ["Acte"] = "terminer", ["Reponse"] = "Valider" }, "Prevoir", tasks);
        Assert.Matches($"Valider la demande {wrong.Numero} Refusée [^.]*24", dry.Text);

        // The verdict is that of the checks themselves.
        var report = await host.WithAsync((Domain.Dossiers.Checks.DossierChecks x) => x.RequestAsync(good.Id, host.Clock.GetUtcNow(), default));
        Assert.Matches(report.HasBlocking ? "2 refusées" : $"1.tâche sera traitée, 1 refusée.*{good.Numero} Réponse : Valider", dry.Text);
    }

    [Fact]
    public async Task Absence_TheColleagueTreatsAndItEnds()
    {
        var task = await host.AddAsync("Pendant l’absence", Roles.Support);
        var (nadia, nadiaId) = await host.PersonAsync("Nadia Keller", Roles.Support);
        var (karim, karimId) = await host.PersonAsync("Karim Ziani", Roles.Support);
        await host.WithAsync((TaskService x) => x.ClaimAsync(task.Id, InboxFixture.By("Nadia Keller", nadiaId, host.Clock.GetUtcNow()), default));
        await karim.PostAsync(await karim.GetAsync("/taches"), $"/taches/{task.Id}", [], "Rendre");
        Assert.Equal("Nadia Keller", (await host.TaskAsync(task.Id)).AssigneeName);
        var page = await nadia.GetAsync("/taches/absence");
        var today = Fr.InParis(host.Clock.GetUtcNow());
        var wrong = await nadia.PostAsync(page, "/taches/absence", new() { ["Input.Delegate"] = $"{karimId}", ["Input.From"] = $"{today:yyyy-MM-dd}", ["Input.To"] = $"{today.AddDays(-1):yyyy-MM-dd}" }, "Annoncer");
        Assert.Contains("Le dernier jour vient avant le premier", wrong.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await nadia.PostAsync(page, "/taches/absence", new() { ["Input.Delegate"] = $"{karimId}", ["Input.From"] = $"{today:yyyy-MM-dd}", ["Input.To"] = $"{today.AddDays(2):yyyy-MM-dd}" }, "Annoncer")).Status);
        var inbox = await karim.GetAsync("/taches?liste=miennes");
        Assert.Contains("Vous remplacez Nadia Keller", inbox.Text);
        Assert.Contains("Pendant l’absence", inbox.Text);
        Assert.Contains("Pendant l’absence", (await nadia.GetAsync("/taches?liste=miennes")).Text);
        var announced = await nadia.GetAsync("/taches/absence");
        var own = await host.WithAsync((MonOpcoDbContext x) => x.Delegations.SingleAsync(d => d.UserId == nadiaId));
        Assert.Equal(HttpStatusCode.NotFound, (await karim.PostAsync(await karim.GetAsync("/taches/absence"), "/taches/absence", new() { ["id"] = $"{own.Id}" }, "Terminer")).Status);
        await nadia.PostAsync(announced, "/taches/absence", new() { ["id"] = $"{own.Id}" }, "Terminer");
        Assert.DoesNotContain("Pendant l’absence", (await karim.GetAsync("/taches?liste=miennes")).Text);
    }

    private static Task<HtmlPage> SaveAsync(Browser browser, HtmlPage page, string url, string note, int version) => SendAsync(browser, page, $"{url}?handler=Brouillon&version={version}", new() { ["Input.Values[note]"] = note });

    private static async Task<HtmlPage> SendAsync(Browser browser, HtmlPage page, string url, Dictionary<string, string> fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(page.HiddenFields.Concat(fields).ToDictionary(x => x.Key, x => x.Value)) };
        request.Headers.Add("X-Brouillon", "1");
        return await HtmlPage.ReadAsync(await browser.Client.SendAsync(request));
    }

    /// <summary>The page's hidden field « t » comes once per task.</summary>
    private static async Task<HtmlPage> SendLotAsync(Browser browser, HtmlPage page, Dictionary<string, string> fields, string handler, HumanTask[] tasks)
    {
        var all = page.HiddenFields.Where(x => x.Key != "t").Concat(fields).Concat(tasks.Select(x => KeyValuePair.Create("t", x.Id.ToString())));
        using var content = new FormUrlEncodedContent(all);
        return await HtmlPage.ReadAsync(await browser.Client.PostAsync($"/taches/lot?handler={handler}", content));
    }

    private static async Task<HtmlPage> JoinAsync(Browser browser, HtmlPage page, string url, string name, byte[] bytes)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (key, value) in page.HiddenFields)
        {
            content.Add(new StringContent(value), key);
        }

        content.Add(new ByteArrayContent(bytes), "piece", name);
        return await HtmlPage.ReadAsync(await browser.Client.PostAsync($"{url}?handler=Joindre", content));
    }
}
