using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.EndToEnd.Kill;

/// <summary><c>kill -9</c> of the Host at the worst moments, then a restart: the dossier goes on, everything that counts happened once.</summary>
[Collection("Host processes")]
[Trait("Requirement", "M-W.6")]
public sealed class KillTests
{
    [Fact]
    public async Task Killed_AfterTheCommitAndBeforeItsDueWork_GoesOnAtTheNextStart()
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await journey.OpenAsync();
        var task = await journey.TaskAsync(dossier.Id, "valider-demande");
        await journey.Process.KillAsync();

        await journey.CompleteAsync(task, "Valider");
        Assert.Equal(["faire-devis", "faire-programme"], (await journey.EffectsAsync(dossier.Id)).Where(x => x.Status == EffectStatus.Waiting).Select(x => x.ActivityId).Order());
        Assert.Empty(await journey.DocumentsAsync(dossier.Id, DocumentTypes.Devis));

        await journey.Process.StartAsync();
        await AssertInvitedOnceAsync(journey, dossier);
    }

    /// <summary><c>hold</c>: the mail was claimed and not yet given; <c>hold-after-data</c>: the server has it and we do not know.</summary>
    [Theory]
    [InlineData("hold", 1)]
    [InlineData("hold-after-data", 2)]
    public async Task Killed_RightAfterTheClaim_SendsAgainUnderTheSameMessageId(string fault, int deliveries)
    {
        await using var journey = await Journey.BeginAsync();
        await journey.FaultAsync("mail", fault);
        var dossier = await journey.OpenAsync();
        await journey.HeldAsync("mail");
        Assert.Equal(EffectStatus.Running, Assert.Single(await journey.EffectsAsync(dossier.Id)).Status);
        await journey.Process.KillAsync();
        await journey.FaultAsync("mail", "ok");
        var before = journey.Sandbox.Mail.All().Count;
        Assert.Equal(deliveries - 1, before);

        await journey.Process.StartAsync();
        await journey.TaskAsync(dossier.Id, "valider-demande");
        var mails = journey.Sandbox.Mail.All();
        Assert.Equal(deliveries, mails.Count);
        Assert.Single(mails.Select(x => x.MessageId).Distinct());
        await journey.AssertSoundAsync(dossier);
    }

    [Fact]
    public async Task Killed_WhileADocumentIsMade_LeavesExactlyOne()
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await journey.OpenAsync();
        var task = await journey.TaskAsync(dossier.Id, "valider-demande");

        // Nobody may add a document: both PDFs are made and wait in the transaction that would record them.
        await using var connection = new NpgsqlConnection(journey.ConnectionString);
        await connection.OpenAsync();
        var held = await connection.BeginTransactionAsync();
        await ScalarAsync(connection, "lock table documents in exclusive mode");
        await journey.CompleteAsync(task, "Valider");
        await journey.UntilAsync("the recording that waits for the lock", async () => await ScalarAsync(connection, "select count(*) from pg_locks where relation = 'documents'::regclass and not granted") is long and > 0 ? "waiting" : null, dossier.Id);
        await journey.Process.KillAsync();
        await held.RollbackAsync();
        await held.DisposeAsync();
        Assert.Empty(await journey.DocumentsAsync(dossier.Id, DocumentTypes.Devis));

        await journey.Process.StartAsync();
        await AssertInvitedOnceAsync(journey, dossier);
    }

    /// <summary>The Host alone dies, as by the kernel's own hand when memory is short: its browsers are left to themselves in the middle of a page.</summary>
    [Fact]
    public async Task Killed_WhileChromiumRenders_LeavesOneDocumentAndNoBrowser()
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await journey.OpenAsync();
        await journey.ValidateAsync(dossier.Id);
        await journey.InvitedAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);

        // The browser that printed the devis is kept for the next document, which it cannot finish now.
        var browsers = HostBrowsers.Of(journey.Process.Id);
        var renderers = HostBrowsers.RenderersOf(journey.Process.Id);
        Assert.NotEmpty(renderers);
        HostBrowsers.Stop(renderers);
        await journey.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await journey.UntilAsync("the printing that cannot end", () => journey.HeldEffectAsync(dossier.Id, "preuve-devis"), dossier.Id);
        Assert.Empty(await journey.DocumentsAsync(dossier.Id, DocumentTypes.PreuveSignature));
        await journey.Process.KillAsync(alone: true);

        await journey.Process.StartAsync();
        await journey.UntilAsync("the end of the orphaned browsers", () => Task.FromResult(browsers.Any(HostBrowsers.IsAlive) ? null : "gone"), dossier.Id, seconds: 5);
        await journey.InvitedAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        Assert.Single(await journey.DocumentsAsync(dossier.Id, DocumentTypes.PreuveSignature));
        Assert.Single(await journey.DocumentsAsync(dossier.Id, DocumentTypes.Convention));
        await journey.AssertSoundAsync(dossier);
    }

    [Fact]
    public async Task Killed_AfterTheBotSubmittedAndBeforeTheReceipt_FilesOnce()
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await journey.OpenAsync();
        await journey.ValidateAsync(dossier.Id);
        await journey.SignAllButLastAsync(dossier.Id);
        await journey.SignLastAsync(dossier.Id);
        await journey.TaskAsync(dossier.Id, "confirmer-depot");
        await journey.FaultAsync("portails/" + Journey.Portal, "hold-after-submit");
        await journey.ConfirmAsync(dossier.Id);
        await journey.HeldAsync("portails/" + Journey.Portal);
        await journey.Process.KillAsync();
        await journey.FaultAsync("portails/" + Journey.Portal, "ok");
        var there = Assert.Single(journey.Sandbox.Portals.Dossiers(Journey.Portal));
        Assert.Null((await FilingAsync(journey, dossier)).Reference);

        await journey.Process.StartAsync();
        var filed = await journey.StateAsync(dossier.Id, DossierState.EnInstruction);
        Assert.Equal(there.PortalRef, filed.PortalReference);
        Assert.Single(journey.Sandbox.Portals.Dossiers(Journey.Portal));
        Assert.Equal(1, journey.Sandbox.Portals.Submissions(Journey.Portal));
        var filing = await FilingAsync(journey, dossier);
        Assert.Equal((FilingStatus.Submitted, there.PortalRef), (filing.Status, filing.Reference));
        await journey.AssertSoundAsync(dossier);
    }

    private static async Task AssertInvitedOnceAsync(Journey journey, Dossier dossier)
    {
        await journey.InvitedAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await journey.UntilAsync("the invitation's mail", async () => (await journey.EffectsAsync(dossier.Id)).FirstOrDefault(x => x.ActivityId == "inviter-devis" && x.Status == EffectStatus.Done), dossier.Id);
        Assert.Single(await journey.DocumentsAsync(dossier.Id, DocumentTypes.Devis));
        Assert.Single(await journey.DocumentsAsync(dossier.Id, DocumentTypes.Programme));
        Assert.Equal(1, await journey.WithAsync((MonOpcoDbContext db) => db.SignatureRequests.CountAsync(x => x.DossierId == dossier.Id)));
        await journey.AssertSoundAsync(dossier);
    }

    private static Task<Filing> FilingAsync(Journey journey, Dossier dossier) =>
        journey.WithAsync((MonOpcoDbContext db) => db.Filings.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id));

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
