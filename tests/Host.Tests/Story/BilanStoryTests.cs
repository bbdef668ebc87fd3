using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.OpcoPortals;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Tests.Trials;
using MonOPCO.Integrations.Sealing;

namespace MonOPCO.Host.Tests.Story;

/// <summary>A bilan travels from a SIRET to the OPCO's accord through the shipped procedure, on real parts.</summary>
public sealed class BilanStoryTests(StoryFixture story) : IClassFixture<StoryFixture>
{
    private const string Atlas = "99900137300011";

    [Fact]
    [Trait("Requirement", "S004-6.1")]
    [Trait("Requirement", "S004-6.2")]
    [Trait("Requirement", "S004-6.3")]
    public async Task Bilan_FromSiretToAccord_GoesAllTheWay()
    {
        var dossier = await story.OpenDossierAsync(Atlas, DossierKind.Bilan);
        Assert.Equal("atlas", dossier.OpcoSlug);

        // The client is asked for exactly one thing, answers, and the operator validates.
        var task = await story.TaskAsync(dossier.Id, "valider-demande");
        await story.CompleteAsync(task, "Demander des compléments", new JsonObject { ["complements"] = new JsonArray(new JsonObject { ["label"] = "Précisez le lieu des séances", ["code"] = null }), ["comment"] = "Merci" });
        var complement = await story.UntilAsync("the complement", () => story.WithAsync((MonOpcoDbContext db) => db.Complements.AsNoTracking().FirstOrDefaultAsync(x => x.DossierId == dossier.Id)));
        Assert.Equal("Précisez le lieu des séances", complement.Label);
        await story.UntilAsync("the mail about it", () => Task.FromResult(story.Sandbox.Mail.All().FirstOrDefault(x => x.Text!.Contains("Précisez le lieu des séances", StringComparison.Ordinal))), dossier.Id);
        var bookmark = await story.UntilAsync("the wait for complements", async () => (await story.Get<WorkflowRuntime>().Reads.BookmarksAsync((await InstanceAsync(dossier.Id)).Id, CancellationToken.None)).FirstOrDefault(x => x.Kind == "complements"));
        await story.Get<WorkflowRuntime>().ResumeAsync(bookmark.Kind, bookmark.Key, null, "Camille Roux", async (services, _) =>
        {
            var document = await services.GetRequiredService<DocumentStore>().AddAsync(new NewDocument(DocumentTypes.Piece, "lieu.pdf", dossier.Id), new MemoryStream(Pdf()), story.By("Camille Roux"), CancellationToken.None);
            await services.GetRequiredService<ComplementService>().AnswerAsync(complement.Id, null, document.Id, story.By("Camille Roux"), CancellationToken.None);
        });
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");

        // Devis, then convention by the three parties in order, then the mandate.
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Mandat, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Beneficiaire);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Organisme);

        // The bot fills and stops; a person confirms; the bot submits.
        var confirm = await story.TaskAsync(dossier.Id, "confirmer-depot");
        Assert.Empty(story.Sandbox.Portals.Dossiers("atlas"));
        var seals = PdfSealVerifier.Verify(await story.DocumentAsync(dossier.Id, DocumentTypes.Convention));
        Assert.True(seals.IsIntact, seals.Problem);
        Assert.Equal(3, seals.Seals.Count);
        await story.CompleteAsync(confirm, "Confirmer", alongside: async services =>
        {
            var filing = await services.GetRequiredService<MonOpcoDbContext>().Filings.SingleAsync(x => x.DossierId == dossier.Id);
            await services.GetRequiredService<FilingService>().ConfirmAsync(filing.Id, story.By("Nadia Keller"), CancellationToken.None);
        });
        var filed = await story.StateAsync(dossier.Id, DossierState.EnInstruction);
        Assert.StartsWith("ATL-2026-", filed.PortalReference, StringComparison.Ordinal);
        Assert.Single(story.Sandbox.Portals.Dossiers("atlas"));
        using (var package = new ZipArchive(new MemoryStream(await story.DocumentAsync(dossier.Id, DocumentTypes.Paquet))))
        {
            Assert.Equal(6, package.Entries.Count);
        }

        // The OPCO asks for a complement, then grants 1,800 of 2,400 €.
        using var agent = new HttpClient { BaseAddress = new Uri(story.Sandbox.BaseUrl) };
        await PostAsync(agent, $"/agent/api/atlas/{filed.PortalReference}/complement", new JsonObject { ["texte"] = "Merci de préciser le calendrier.", ["pieces"] = new JsonArray("Calendrier") });
        await PollAsync(dossier.Id);
        var reply = await story.TaskAsync(dossier.Id, "repondre-complement");
        var calendar = await story.WithAsync((DocumentStore store) => store.AddAsync(new NewDocument(DocumentTypes.Calendrier, "calendrier.pdf", dossier.Id), new MemoryStream(Pdf()), story.By("Nadia Keller"), CancellationToken.None));
        await story.CompleteAsync(reply, "Répondre par le robot", new JsonObject { ["text"] = "Calendrier joint.", ["documentId"] = calendar.Id.ToString() });
        await story.UntilAsync("the complement on the portal", () => Task.FromResult(story.Sandbox.Portals.Find("atlas", filed.PortalReference!) is { Statut: "complement-recu" } there ? there : null), dossier.Id);

        // The bot must have read the portal's answer before the agent decides, or it finds another page than the one it waits for.
        await story.StateAsync(dossier.Id, DossierState.EnInstruction);
        await PostAsync(agent, $"/agent/api/atlas/{filed.PortalReference}/accord", new JsonObject { ["montant"] = 1800, ["circuit"] = "remboursement", ["numeroAccord"] = "ACC-2026-7781" });
        await PollAsync(dossier.Id);

        var partial = await story.StateAsync(dossier.Id, DossierState.AccordePartiel);
        Assert.Equal((1800m, 600m, "ACC-2026-7781", PaymentCircuit.Remboursement), (partial.GrantedAmount, partial.Remainder, partial.AccordNumber, partial.Circuit));
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "accepter-reste"), "Accepter");
        var granted = await story.StateAsync(dossier.Id, DossierState.Accorde);
        Assert.NotNull(granted.RemainderAcceptedAt);
        await story.UntilAsync("the end of the procedure", async () => await InstanceAsync(dossier.Id) is { Status: Engine.Execution.InstanceStatus.Finished } done ? done : null, dossier.Id);
        Assert.Equal(0, (await InstanceAsync(dossier.Id)).IncidentCount);

        // All of it again, in a trial that leaves nothing.
        var mails = story.Sandbox.Mail.All().Count;
        await story.AssertReplayedAsync(dossier.Id);
        Assert.Equal(mails, story.Sandbox.Mail.All().Count);
        Assert.Single(story.Sandbox.Portals.Dossiers("atlas"));
    }

    private Task PollAsync(Guid dossierId) => story.UntilAsync(
        "the wait for the OPCO",
        async () => await story.Get<WorkflowRuntime>().ResumeAsync(WaitForOpco.BookmarkKind, dossierId.ToString(), null, "Nadia Keller") as ResumeOutcome.Resumed,
        dossierId);

    private async Task<Engine.Execution.WorkflowInstance> InstanceAsync(Guid dossierId)
    {
        var page = await story.Get<WorkflowRuntime>().Reads.ListInstancesAsync(new InstanceFilter { CorrelationId = dossierId.ToString() }, CancellationToken.None);
        return Assert.Single(page.Items);
    }

    private static async Task PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static byte[] Pdf() => "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF"u8.ToArray();
}
