using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>The answer of each task screen sent twice at once (an impatient hand, two windows): one effect, and the other is told.</summary>
public sealed class DoublesTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    private static readonly DossierState[] Ready = [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot];

    [Theory]
    [InlineData("valider", "Valider", null)]
    [InlineData("completer", "Contrôler à nouveau", null)]
    [InlineData("copilote", "Déposé", DocumentTypes.AccuseDepot)]
    [InlineData("confirmer", "Déposer à la main", null)]
    [InlineData("incident-portail", "Déposer à la main", null)]
    [InlineData("decision-saisie", "Accordé", DocumentTypes.Accord)]
    [InlineData("repondre", "Déjà répondu à la main", DocumentTypes.Piece)]
    public async Task Answer_SentTwiceAtOnce_IsTakenOnce(string activity, string outcome, string? upload)
    {
        DossierState[] states = activity switch
        {
            "valider" => [],
            "completer" => [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PiecesManquantes],
            "decision-saisie" => [.. Ready, DossierState.Depose, DossierState.EnInstruction],
            "repondre" => [.. Ready, DossierState.Depose, DossierState.EnInstruction, DossierState.ComplementDemande],
            _ => Ready,
        };
        var dossier = await host.CreateDossierAsync(null, 90, states);
        await host.PrepareFilingAsync(dossier);
        var task = await host.StartAtAsync(dossier, activity);
        var url = $"/taches/{task.Id}";
        var browser = await host.OperatorAsync("Nadia Keller");
        var page = await browser.GetAsync(url);
        Dictionary<string, string> fields = new()
        {
            ["outcome"] = outcome,
            ["Input.Reference"] = "ATL-DEUX",
            ["Input.Amount"] = "1 800,00",
            ["Input.AccordNumber"] = "ACC-DEUX",
            ["Input.AccordDate"] = Fr.Date(Fr.InParis(host.Clock.GetUtcNow())),
            ["Input.Text"] = "Voici la pièce.",
        };
        Task<HtmlPage> Send() => upload is null ? browser.PostAsync(page, url, fields, "Terminer") : ConsoleFixture.UploadAsync(browser, page, url, "Terminer", fields, "piece.pdf", ConsoleFixture.Pdf());
        var answers = await Task.WhenAll(Send(), Send());
        Assert.Single(answers, x => x.Status == HttpStatusCode.Redirect);
        var other = Assert.Single(answers, x => x.Status == HttpStatusCode.Conflict);
        Assert.Contains("déjà été traitée par Nadia Keller", other.Text);
        Assert.Contains("Rien n’a été enregistré", other.Text);

        // And when it comes long after.
        Assert.Equal(HttpStatusCode.Conflict, (await Send()).Status);
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.DossierEvents.CountAsync(e => e.DossierId == dossier.Id && e.Kind == DossierEventKinds.TaskCompleted)));
        Assert.Equal(upload is null ? 0 : 1, await host.WithAsync((MonOpcoDbContext x) => x.Documents.CountAsync(d => d.DossierId == dossier.Id && d.TypeCode == (upload ?? DocumentTypes.Piece))));
    }

    [Fact]
    public async Task Piece_SentTwiceAtOnce_IsAddedOnceAndTheOtherIsTold()
    {
        var dossier = await host.CreateDossierAsync(null, 90, DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PiecesManquantes);
        var task = await host.StartAtAsync(dossier, "completer");
        var (browser, url) = (await host.OperatorAsync(), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        Task<HtmlPage> Send() => ConsoleFixture.UploadAsync(browser, page, url, "Agir", new() { ["acte"] = "piece", ["Input.Type"] = DocumentTypes.Programme }, "programme.pdf", ConsoleFixture.Pdf());
        Assert.All(await Task.WhenAll(Send(), Send()), x => Assert.Equal(HttpStatusCode.Redirect, x.Status));
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.Documents.CountAsync(d => d.DossierId == dossier.Id && d.TypeCode == DocumentTypes.Programme)));
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.DossierEvents.CountAsync(e => e.DossierId == dossier.Id && e.Kind == DossierEventKinds.DocumentAdded)));
        await Send();
        Assert.Contains("n’a pas été ajouté une seconde fois", (await browser.GetAsync(url)).Text);
    }

    /// <summary>Wrong, too large and empty files: the message stands on the same page, what was typed stays, nothing is kept.</summary>
    [Theory]
    [InlineData("copilote", "Déposé", "Input.Reference", "ATL-4711")]
    [InlineData("decision-saisie", "Accordé", "Input.AccordNumber", "ACC-4711")]
    [InlineData("repondre", "Déjà répondu à la main", "Input.Text", "Réponse déjà rédigée")]
    public async Task File_WrongTooLargeOrEmpty_SaysSoAndKeepsWhatWasTyped(string activity, string outcome, string field, string typed)
    {
        var dossier = await host.CreateDossierAsync(null, 90, [.. Ready, .. activity == "copilote" ? [] : (DossierState[])[DossierState.Depose, DossierState.EnInstruction], .. activity == "repondre" ? (DossierState[])[DossierState.ComplementDemande] : []]);
        await host.PrepareFilingAsync(dossier, FilingMode.Assisted);
        var task = await host.StartAtAsync(dossier, activity);
        var (browser, url) = (await host.OperatorAsync(), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        Dictionary<string, string> fields = new() { ["Input.Amount"] = "1 800,50", ["Input.AccordDate"] = Fr.Date(Fr.InParis(host.Clock.GetUtcNow())), ["outcome"] = outcome, [field] = typed };
        foreach (var (bytes, message) in new (byte[], string)[]
        {
            ("MZ un programme"u8.ToArray(), "ni un PDF, ni une image"),
            (ConsoleFixture.Pdf(11 * 1024 * 1024), "dépasse la limite de 10"),
            (ConsoleFixture.Pdf(40 * 1024 * 1024), "dépasse la limite de 10"),
            ([], "Ce fichier est vide"),
        })
        {
            var answer = await ConsoleFixture.UploadAsync(browser, page, url, "Terminer", fields, "piece.pdf", bytes);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains(message, answer.Text);
            Assert.Contains(typed, WebUtility.HtmlDecode(answer.Html));
            if (activity == "decision-saisie")
            {
                Assert.Contains("value=\"1 800,50\"", WebUtility.HtmlDecode(answer.Html).Replace('\u202F', ' '));
            }
        }

        Assert.Equal(HumanTaskStatus.Open, (await host.TaskAsync(task.Id)).Status);
        Assert.False(await host.WithAsync((MonOpcoDbContext x) => x.Documents.AnyAsync(d => d.DossierId == dossier.Id)));
    }
}
