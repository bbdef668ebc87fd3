using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.EndToEnd.Kill;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.EndToEnd.World;

/// <summary>The outside world misbehaves: the dossier waits, or a person is asked; nothing wrong is ever filed.</summary>
[Collection("Host processes")]
public sealed class WorldTests
{
    [Fact]
    public async Task PortalChanged_GivesAPersonTheScreenshotAndFilesNothing()
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await ReadyForTheBotAsync(journey);
        await journey.FaultAsync("portails/" + Journey.Portal, "changed");
        await journey.SignLastAsync(dossier.Id);

        var task = await journey.TaskAsync(dossier.Id, "incident-portail");
        Assert.NotEmpty(await journey.DocumentsAsync(dossier.Id, DocumentTypes.CaptureEcran));
        Assert.Equal(0, journey.Sandbox.Portals.Submissions(Journey.Portal));
        Assert.Empty(journey.Sandbox.Portals.Dossiers(Journey.Portal));
        var filing = await journey.WithAsync((MonOpcoDbContext db) => db.Filings.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id));
        Assert.Null(filing.Reference);
        Assert.NotEmpty(filing.ScreenshotDocumentIds);
        Assert.Contains("Le portail a changé", filing.ReturnReason, StringComparison.Ordinal);

        // The portal is itself again: the person lets the bot try, and it fills.
        await journey.FaultAsync("portails/" + Journey.Portal, "ok");
        await journey.CompleteAsync(task, "Réessayer");
        await journey.TaskAsync(dossier.Id, "confirmer-depot");
        Assert.Equal(0, journey.Sandbox.Portals.Submissions(Journey.Portal));
        await journey.AssertSoundAsync(dossier);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("slow")]
    public async Task PortalDownOrTooSlowThenUp_GoesOnByItself(string fault)
    {
        await using var journey = await Journey.BeginAsync();
        var dossier = await ReadyForTheBotAsync(journey);
        await journey.FaultAsync("portails/" + Journey.Portal, fault, delayMs: 20_000);
        await journey.SignLastAsync(dossier.Id);
        await journey.UntilAsync("the bot to be put off", async () => (await journey.EffectsAsync(dossier.Id)).FirstOrDefault(x => x is { ActivityId: "remplir", Status: EffectStatus.Waiting, LastError: not null }), dossier.Id);

        await journey.FaultAsync("portails/" + Journey.Portal, "ok");
        await journey.TaskAsync(dossier.Id, "confirmer-depot");
        Assert.False(await journey.WithAsync((MonOpcoDbContext db) => db.HumanTasks.AnyAsync(x => x.DossierId == dossier.Id && x.Code == "incident-portail")));
        Assert.Equal(0, journey.Sandbox.Portals.Submissions(Journey.Portal));
        await journey.AssertSoundAsync(dossier);
    }

    [Fact]
    public async Task RegisterDown_TheCompanyIsCompletedLater()
    {
        await using var journey = await Journey.BeginAsync();
        await journey.FaultAsync("register", "down");
        var siret = Siret.Parse("99900137300011");
        var company = await journey.WithAsync((CompanyService companies) => companies.SaveDegradedAsync(siret, CompanyOrigin.Sandbox, Journey.By("Camille Roux"), CancellationToken.None));
        Assert.True(company.IsDegraded);
        var dossier = await journey.OpenAsync(company);
        Assert.Null(dossier.OpcoSlug);
        var started = await journey.Runtime.StartAsync(new StartWorkflow("completer-entreprise") { Input = new JsonObject { ["Siret"] = siret.Value } });
        var reads = journey.Runtime.Reads;
        await journey.UntilAsync("the look-up to be put off", async () => (await reads.EffectsAsync(started.Instance.Id, CancellationToken.None)).FirstOrDefault(x => x is { Status: EffectStatus.Waiting, LastError: not null }));

        await journey.FaultAsync("register", "ok");
        await journey.UntilAsync("the end of the procedure", async () => await reads.FindInstanceAsync(started.Instance.Id, CancellationToken.None) is { Status: InstanceStatus.Finished } done ? done : null);
        var completed = await journey.WithAsync((MonOpcoDbContext db) => db.Companies.AsNoTracking().SingleAsync(x => x.Id == company.Id));
        Assert.Equal((false, "ATELIER NUMERIQUE DE LA MODER", "atlas"), (completed.IsDegraded, completed.Name, completed.OpcoSlug));
        Assert.Equal("atlas", await journey.WithAsync((MonOpcoDbContext db) => db.Dossiers.Where(x => x.Id == dossier.Id).Select(x => x.OpcoSlug).SingleAsync()));
        await journey.TaskAsync(dossier.Id, "valider-demande");
        await journey.AssertSoundAsync(dossier);
    }

    private static async Task<Dossier> ReadyForTheBotAsync(Journey journey)
    {
        var dossier = await journey.OpenAsync();
        await journey.ValidateAsync(dossier.Id);
        await journey.SignAllButLastAsync(dossier.Id);
        return dossier;
    }
}
