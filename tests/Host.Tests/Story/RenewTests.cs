using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Tests.Trials;

namespace MonOPCO.Host.Tests.Story;

/// <summary>The dossier changes after its documents were made: the gate says so, the operator has them made again, and only what is stale is signed again.</summary>
public sealed class RenewTests(StoryFixture story) : IClassFixture<StoryFixture>
{
    // An OPCO that no script serves: the way ends with the copilote.
    private const string Akto = "99900411200010";
    private const string Renew = "Régénérer les documents";

    [Fact]
    public async Task Gate_CostChangedAfterSignatures_AllDocumentsAreMadeAndSignedAgain()
    {
        var dossier = await story.OpenDossierAsync(Akto, DossierKind.Formation, x => x.Title = "Lire un plan avant travaux");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await SignAllAsync(dossier.Id, beforeTheLast: () => EditAsync(dossier.Id, new EditDossier { CostHt = 2100, RequestedAmount = 2100 }));
        var task = await story.TaskAsync(dossier.Id, "completer-avant-depot");
        Assert.Equal(DossierState.PiecesManquantes, (await story.StateAsync(dossier.Id, DossierState.PiecesManquantes)).State);

        // By the operator's page: what is stale, from what to what, who signs again.
        var browser = await story.SignInAsync(Roles.Operateur);
        var url = $"/taches/{task.Id}";
        var page = await browser.GetAsync(url);
        Assert.Contains("5 documents à refaire", page.Text.Replace('\u00A0', ' '));
        Assert.Contains("coût : 2 400,00 € → 2 100,00 €", page.Text.Replace('\u202F', ' '));
        Assert.Contains("Camille Roux (pour l’entreprise)", page.Text);
        Assert.Contains("ce document ne se signe pas", page.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, new() { ["outcome"] = Renew }, "Terminer")).Status);

        await SignAllAsync(dossier.Id);
        await story.TaskAsync(dossier.Id, "depot-assiste");
        var types = new[] { DocumentTypes.Devis, DocumentTypes.Programme, DocumentTypes.Convention, DocumentTypes.Mandat, DocumentTypes.ListeStagiaires };
        Assert.Equal([.. types.Select(type => (type, 2))], await MadeAsync(dossier.Id, types));
        Assert.Equal(6, await story.WithAsync((MonOpcoDbContext db) => db.SignatureRequests.CountAsync(x => x.DossierId == dossier.Id && x.Status == SignatureRequestStatus.Completed && x.EvidenceDocumentId != null)));
        Assert.Empty(await story.WithAsync((StaleDocuments stale) => stale.OfDossierAsync(dossier.Id, CancellationToken.None)));
        var timeline = await story.WithAsync((DossierService dossiers) => dossiers.TimelineAsync(dossier.Id, true, CancellationToken.None));
        Assert.Contains(timeline, x => x.Text.StartsWith("Documents à refaire : Devis (coût), Programme (coût)", StringComparison.Ordinal));
        await story.AssertReplayedAsync(dossier.Id, untilTheEnd: false);
    }

    [Fact]
    public async Task Gate_ChangedBetweenDevisAndConvention_OnlyTheDevisIsSignedAgain()
    {
        var dossier = await story.OpenDossierAsync(Akto, DossierKind.Formation, x => x.Title = "Lire un plan après travaux");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await story.InvitedAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await EditAsync(dossier.Id, new EditDossier { Hours = 28 });
        await SignAllAsync(dossier.Id);
        var task = await story.TaskAsync(dossier.Id, "completer-avant-depot");
        var agreement = await RequestAsync(dossier.Id, DocumentTypes.Convention);

        await story.CompleteAsync(task, Renew);
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.TaskAsync(dossier.Id, "depot-assiste");
        Assert.Equal(
            [(DocumentTypes.Devis, 2), (DocumentTypes.Programme, 2), (DocumentTypes.Convention, 1), (DocumentTypes.Mandat, 1)],
            await MadeAsync(dossier.Id, DocumentTypes.Devis, DocumentTypes.Programme, DocumentTypes.Convention, DocumentTypes.Mandat));
        Assert.Equal(agreement, await RequestAsync(dossier.Id, DocumentTypes.Convention));
        Assert.Equal(4, await story.WithAsync((MonOpcoDbContext db) => db.Documents.CountAsync(x => x.DossierId == dossier.Id && x.TypeCode == DocumentTypes.PreuveSignature)));
    }

    [Fact]
    public async Task Screen_NothingStale_RefusesToRenew()
    {
        var dossier = await story.OpenDossierAsync(Akto, DossierKind.Formation, x => x.Title = "Lire un plan sans retard");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await SignAllAsync(dossier.Id, beforeTheLast: () => EditAsync(dossier.Id, new EditDossier { Hours = 30 }));
        var task = await story.TaskAsync(dossier.Id, "completer-avant-depot");
        await EditAsync(dossier.Id, new EditDossier { Hours = 24 });
        var browser = await story.SignInAsync(Roles.Operateur);
        var url = $"/taches/{task.Id}";
        var page = await browser.GetAsync(url);
        Assert.DoesNotContain($"value=\"{Renew}\"", WebUtility.HtmlDecode(page.Html));
        var refused = await browser.PostAsync(page, url, new() { ["outcome"] = Renew }, "Terminer");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Aucun document n’est périmé", refused.Text);
        await browser.PostAsync(page, url, new() { ["outcome"] = "Contrôler à nouveau" }, "Terminer");
        await story.TaskAsync(dossier.Id, "depot-assiste");
    }

    private async Task SignAllAsync(Guid dossierId, Func<Task>? beforeTheLast = null)
    {
        await story.SignAsync(dossierId, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossierId, DocumentTypes.Mandat, SignerRole.Entreprise);
        await story.SignAsync(dossierId, DocumentTypes.Convention, SignerRole.Entreprise);
        if (beforeTheLast is not null)
        {
            await beforeTheLast();
        }

        await story.SignAsync(dossierId, DocumentTypes.Convention, SignerRole.Organisme);
    }

    private Task EditAsync(Guid dossierId, EditDossier edit) => story.WithAsync((DossierService dossiers) => dossiers.EditAsync(dossierId, edit, story.By("Nadia Keller"), CancellationToken.None));

    private Task<Guid> RequestAsync(Guid dossierId, string type) =>
        story.WithAsync((MonOpcoDbContext db) => db.SignatureRequests.Where(x => x.DossierId == dossierId && x.DocumentTypeCode == type).OrderByDescending(x => x.CreatedAt).Select(x => x.Id).FirstAsync());

    /// <summary>How often each was made; signed versions are not counted.</summary>
    private async Task<List<(string Type, int Count)>> MadeAsync(Guid dossierId, params string[] types)
    {
        var made = await story.WithAsync((MonOpcoDbContext db) => db.Documents.AsNoTracking().Where(x => x.DossierId == dossierId && x.SourceDocumentId == null).Select(x => x.TypeCode).ToListAsync());
        return [.. types.Select(type => (type, made.Count(x => x == type)))];
    }
}
