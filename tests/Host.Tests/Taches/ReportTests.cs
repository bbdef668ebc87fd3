using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>What the company answered to a complement goes into the dossier once the operator has seen old → new.</summary>
public sealed class ReportTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Answers_AboutFields_AreShownOldToNewThenWrittenWithTheirAudit()
    {
        var dossier = await host.CreateDossierAsync();
        var person = await host.WithAsync((MonOpcoDbContext x) => x.Beneficiaires.AsNoTracking().SingleAsync(b => b.DossierId == dossier.Id));
        var asked = await AskAsync(dossier.Id, ("cout", "Le coût est de 2 150,50 € HT."), ("dates", "du 12/04/2027 au 30/06/2027"), ("heures", "21 heures"), ("courriel-professionnel", "lea.petit@atelier-neuf.example, merci"), ("effectif", "nous sommes 14"), ("objectifs", "Tenir la paie seule"));
        var task = await host.StartAtAsync(dossier, "valider");
        var (browser, url) = (await host.OperatorAsync("Nadia Keller"), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        var html = WebUtility.HtmlDecode(page.Html).Replace('\u202F', ' ');
        foreach (var (field, old, value) in new[]
        {
            ("costHt", "Avant : 2 400", "2 150,5"), ("startDate", $"Avant : {Domain.Fr.Date(dossier.StartDate)}", "12/04/2027"), ("endDate", $"Avant : {Domain.Fr.Date(dossier.EndDate)}", "30/06/2027"),
            ("hours", "Avant : 24", "21"), ("declaredHeadcount", "Avant : vide", "14"), ($"email:{person.Id}", "Avant : lea.petit@atelier.fr", "lea.petit@atelier-neuf.example"),
        })
        {
            Assert.Contains(old, html);
            Assert.Matches($"name=\"Input.Fields\\[[0-9a-f]+\\.{field}\\]\" value=\"{System.Text.RegularExpressions.Regex.Escape(value)}\"", html);
        }

        var fields = Fields(html);
        var wrong = fields.ToDictionary(x => x.Key, x => x.Key.EndsWith(".hours]", StringComparison.Ordinal) ? "beaucoup" : x.Value);
        var refused = await browser.PostAsync(page, url, new(wrong) { ["outcome"] = "Valider" }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Durée en heures : indiquez un nombre", refused.Text);
        Assert.Contains("value=\"beaucoup\"", refused.Html);
        Assert.Equal(24m, (await host.DossierAsync(dossier.Id)).Hours);

        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new(fields) { ["outcome"] = "Valider" }, "Terminer")).Status);
        var now = await host.DossierAsync(dossier.Id);
        Assert.Equal((2150.5m, 2150.5m, 21m, new DateOnly(2027, 4, 12), new DateOnly(2027, 6, 30), "Tenir la paie seule"), (now.CostHt, now.RequestedAmount, now.Hours, now.StartDate, now.EndDate, now.Objectives));
        Assert.Equal((14, "lea.petit@atelier-neuf.example"), (now.Company!.DeclaredHeadcount!.Value, await host.WithAsync((MonOpcoDbContext x) => x.Beneficiaires.Where(b => b.Id == person.Id).Select(b => b.Email).SingleAsync())));
        var audit = await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AsNoTracking().Where(a => a.Reason != null && a.Reason.StartsWith("Réponse au complément") && a.Actor == "Nadia Keller" && (a.DossierId == dossier.Id || a.Subject == "company")).ToListAsync());
        Assert.Contains(audit, x => x.OldValues?["costHt"]?.GetValue<decimal>() == 2400m && x.NewValues?["costHt"]?.GetValue<decimal>() == 2150.5m);
        Assert.Contains(audit, x => x is { Subject: "beneficiaire", Action: "Edited" });
        Assert.Contains(await host.WithAsync((DossierService x) => x.TimelineAsync(dossier.Id, true, CancellationToken.None)), x => x.Text.Contains("Réponse de l’entreprise reportée dans le dossier : Coût hors taxes", StringComparison.Ordinal));
        Assert.All(await host.WithAsync((ComplementService x) => x.ListAsync(dossier.Id, CancellationToken.None)), x => Assert.Equal(ComplementStatus.Accepted, x.Status));
        Assert.Equal(6, asked);
    }

    [Fact]
    public async Task Answer_AskedAgain_ChangesNothing()
    {
        var dossier = await host.CreateDossierAsync();
        await AskAsync(dossier.Id, ("cout", "1 000 €"));
        var complement = Assert.Single(await host.WithAsync((ComplementService x) => x.ListAsync(dossier.Id, CancellationToken.None)));
        var task = await host.StartAtAsync(dossier, "valider");
        var (browser, url) = (await host.OperatorAsync(), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        await browser.PostAsync(page, url, new(Fields(page.Html)) { ["outcome"] = "Demander des compléments", [$"Input.Judgments[{complement.Id:N}]"] = "again", [$"Input.Again[{complement.Id:N}]"] = "Hors taxes ?" }, "Terminer");
        Assert.Equal(2400m, (await host.DossierAsync(dossier.Id)).CostHt);
    }

    [Fact]
    public async Task FreePiece_Accepted_IsFiledUnderTheTypeThatTheOperatorChooses()
    {
        var dossier = await host.CreateDossierAsync();
        var asked = await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement(null, "", "Relevé d’identité bancaire")], host.Change(), CancellationToken.None));
        var piece = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Piece);
        await host.WithAsync((ComplementService x) => x.AnswerAsync(asked[0].Id, null, piece.Id, host.Change(), CancellationToken.None));
        var task = await host.StartAtAsync(dossier, "valider");
        var (browser, url) = (await host.OperatorAsync("Nadia Keller"), $"/taches/{task.Id}");
        var page = await browser.GetAsync(url);
        Assert.Contains("Cette pièce est", page.Text);
        Assert.DoesNotContain($"<option value=\"{DocumentTypes.Convention}\"", page.Html);
        var answer = new Dictionary<string, string> { ["outcome"] = "Valider", [$"Input.Judgments[{asked[0].Id:N}]"] = "accept" };
        Assert.Contains("Choisissez un type de pièce", (await browser.PostAsync(page, url, new(answer) { [$"Input.PieceTypes[{asked[0].Id:N}]"] = DocumentTypes.Convention }, "Terminer")).Text);
        await browser.PostAsync(page, url, new(answer) { [$"Input.PieceTypes[{asked[0].Id:N}]"] = DocumentTypes.Rib }, "Terminer");
        var filed = await host.WithAsync((DocumentStore x) => x.FindAsync(piece.Id, CancellationToken.None));
        Assert.Equal((DocumentTypes.Rib, "comptable"), (filed!.TypeCode, filed.RetentionClass));
        Assert.True(await host.WithAsync((DocumentStore x) => x.VerifyAsync(piece.Id, CancellationToken.None)));
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AnyAsync(a => a.Subject == "document" && a.SubjectId == piece.Id.ToString() && a.Action == "Retyped" && a.Actor == "Nadia Keller")));
    }

    private async Task<int> AskAsync(Guid dossierId, params (string Code, string Answer)[] items)
    {
        var asked = await host.WithAsync((ComplementService x) => x.AskAsync(dossierId, [.. items.Select(item => new AskComplement(item.Code))], host.Change(), CancellationToken.None));
        foreach (var complement in asked)
        {
            await host.WithAsync((ComplementService x) => x.AnswerAsync(complement.Id, items.Single(item => item.Code == complement.Code).Answer, null, host.Change("Marie Durand"), CancellationToken.None));
        }

        return asked.Count;
    }

    /// <summary>The fields as the page fills them.</summary>
    private static Dictionary<string, string> Fields(string html) => System.Text.RegularExpressions.Regex.Matches(html, "name=\"(Input\\.Fields\\[[^\"]+\\])\"(?: value=\"([^\"]*)\"[^>]*>|[^>]*>([^<]*)</textarea>)")
        .ToDictionary(x => x.Groups[1].Value, x => WebUtility.HtmlDecode(x.Groups[2].Success ? x.Groups[2].Value : x.Groups[3].Value));
}
