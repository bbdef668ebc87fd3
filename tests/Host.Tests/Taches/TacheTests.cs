using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Taches;

public sealed class TacheTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Get_Unknown_NotFound() => Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync($"/taches/{Guid.NewGuid()}")).Status);

    [Fact]
    public async Task Get_Company_Forbidden()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync($"/taches/{task.Id}")).Status);
    }

    [Fact]
    public async Task Get_OtherRole_ReadsButCannotAnswer()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var browser = await host.SignInAsync(Roles.Comptable);
        var page = await browser.GetAsync($"/taches/{task.Id}");
        Assert.Contains("Pas pour votre rôle", page.Text);
        Assert.DoesNotContain("value=\"Valider\"", page.Html);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(page, $"/taches/{task.Id}", new() { ["outcome"] = "Valider" }, "Terminer")).Status);
        Assert.Equal(HumanTaskStatus.Open, (await host.TaskAsync(task.Id)).Status);
    }

    [Fact]
    public async Task Terminer_TwoAtOnce_OneWinsTheOtherIsToldWho()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var url = $"/taches/{task.Id}";
        var people = new Dictionary<string, Browser> { ["Nadia Keller"] = await host.OperatorAsync("Nadia Keller"), ["Paul Adam"] = await host.OperatorAsync("Paul Adam"), ["Inès Roth"] = await host.OperatorAsync("Inès Roth") };
        var answers = await Task.WhenAll(people.Select(async x => (x.Key, Answer: await x.Value.PostAsync(await x.Value.GetAsync(url), url, new() { ["outcome"] = "Valider" }, "Terminer"))));
        var winner = Assert.Single(answers, x => x.Answer.Status == HttpStatusCode.Redirect).Key;
        Assert.All(answers.Where(x => x.Key != winner), x =>
        {
            Assert.Equal(HttpStatusCode.Conflict, x.Answer.Status);
            Assert.Contains($"déjà été traitée par {winner}", x.Answer.Text);
        });
        Assert.Equal(DossierState.AnalyseBesoin, (await host.DossierAsync(dossier.Id)).State);
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.DossierEvents.CountAsync(e => e.DossierId == dossier.Id && e.Kind == DossierEventKinds.TaskCompleted)));
    }

    [Fact]
    public async Task Get_AlreadyDone_SaysByWhomAndOffersNoButton()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync("Nadia Keller");
        await browser.PostAsync(await browser.GetAsync(url), url, new() { ["outcome"] = "Valider" }, "Terminer");
        var page = await (await host.OperatorAsync("Paul Adam")).GetAsync(url);
        Assert.Contains("déjà été traitée par Nadia Keller", page.Text);
        Assert.DoesNotContain("name=\"outcome\"", page.Html);
    }

    [Fact]
    public async Task Terminer_ProcedureGoneOn_IsTold()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync();
        var page = await browser.GetAsync(url);
        await host.WithAsync((TaskService x) => x.CancelAsync(task.Id, host.Change(), CancellationToken.None));
        var answer = await browser.PostAsync(page, url, new() { ["outcome"] = "Valider" }, "Terminer");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("la procédure a continué sans elle", answer.Text);
        Assert.Equal(DossierState.Brouillon, (await host.DossierAsync(dossier.Id)).State);
    }

    [Fact]
    public async Task Brouillon_IsKeptForTheNextVisit()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(await browser.GetAsync(url), url, new() { ["Input.Comment"] = "Il manque <b>le programme</b>", ["Input.Complements"] = "contenu" }, "Brouillon")).Status);
        var page = await browser.GetAsync(url);
        Assert.Contains("Il manque <b>le programme</b>", page.Text);
        Assert.Contains("checked", page.TagById("c-contenu"));
        Assert.Equal(HumanTaskStatus.Open, (await host.TaskAsync(task.Id)).Status);
    }

    [Fact]
    public async Task PrendreThenRendre_ChangesHands()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var url = $"/taches/{task.Id}";
        var (nadia, paul) = (await host.OperatorAsync("Nadia Keller"), await host.OperatorAsync("Paul Adam"));
        await nadia.PostAsync(await nadia.GetAsync(url), url, [], "Prendre");
        var seen = await paul.GetAsync(url);
        Assert.Contains("prise par Nadia Keller", seen.Text);
        var answer = await paul.PostAsync(seen, url, new() { ["outcome"] = "Valider" }, "Terminer");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("déjà prise par Nadia Keller", answer.Text);
        await nadia.PostAsync(await nadia.GetAsync(url), url, [], "Rendre");
        Assert.Null((await host.TaskAsync(task.Id)).AssigneeId);
    }

    [Fact]
    public async Task Terminer_OutcomeUnknown_Message()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync();
        var answer = await browser.PostAsync(await browser.GetAsync(url), url, new() { ["outcome"] = "Inventer" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Choisissez une des réponses proposées", answer.Text);
    }

    [Fact]
    public async Task Formulaire_FromSchema_ValidatedOnTheServer()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider", activity =>
        {
            Set(activity, "code", "Literal", "rappeler-entreprise");
            Set(activity, "reasonFor", "Object", "[\"Refuser\"]");
            Set(activity, "form", "Object", """
                {"type":"object","required":["date","canal","montant"],"properties":{"date":{"type":"string","format":"date","title":"Date du rappel"},"canal":{"enum":["téléphone","courriel"],"title":"Canal"},
                "montant":{"type":"number","minimum":10,"title":"Montant"},"urgent":{"type":"boolean","title":"Urgent"},"note":{"type":"string","maxLength":5,"title":"Note"}}}
                """);
        });
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync();
        var page = await browser.GetAsync(url);
        Assert.Contains("Date du rappel", page.Text);
        var wrong = await browser.PostAsync(page, url, new() { ["outcome"] = "Valider", ["Input.Values[date]"] = "31/02/2026", ["Input.Values[canal]"] = "pigeon", ["Input.Values[montant]"] = "9,50", ["Input.Values[note]"] = "trop long" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        foreach (var message in (string[])["indiquez une date qui existe", "choisissez une des valeurs", "indiquez au moins 10", "indiquez au plus 5"])
        {
            Assert.Contains(message, wrong.Text);
        }

        Assert.Contains("value=\"31/02/2026\"", wrong.Html);
        var reasonless = await browser.PostAsync(wrong, url, new() { ["outcome"] = "Refuser" }, "Terminer");
        Assert.Contains("Indiquez le motif pour « Refuser »", reasonless.Text);
        var good = new Dictionary<string, string> { ["outcome"] = "Valider", ["Input.Values[date]"] = "3/2/2027", ["Input.Values[canal]"] = "téléphone", ["Input.Values[montant]"] = "1 234,50", ["Input.Values[urgent]"] = "true" };
        Assert.Equal($"/dossiers/{dossier.Numero}", (await browser.PostAsync(page, url, good, "Terminer")).Location);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"date":"2027-02-03","canal":"téléphone","montant":1234.50,"urgent":true}"""), JsonNode.Parse((await host.TaskAsync(task.Id)).Data!.ToJsonString())));
    }

    [Fact]
    public async Task SuperAdmin_StandsInForOperators()
    {
        var task = await host.StartAtAsync(await host.CreateDossierAsync(), "valider");
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(await browser.GetAsync($"/taches/{task.Id}"), $"/taches/{task.Id}", new() { ["outcome"] = "Valider" }, "Terminer")).Status);
    }

    private static void Set(JsonObject activity, string input, string type, string value) =>
        activity[input] = new JsonObject { ["typeName"] = type == "Object" ? "Object" : "String", ["expression"] = new JsonObject { ["type"] = type, ["value"] = value } };
}
