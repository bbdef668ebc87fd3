using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Tests.Trials;

namespace MonOPCO.Host.Tests.Story;

/// <summary>The other ways a dossier may take through the shipped procedures.</summary>
public sealed class BranchesTests(StoryFixture story) : IClassFixture<StoryFixture>
{
    private const string Atlas = "99900137300011";
    private const string FiftyAndMore = "99902466400016";
    private const string Akto = "99900411200010";

    [Fact]
    public async Task Bilan_EmployeeSilentForTenDays_IsTacitRefusal()
    {
        var dossier = await story.OpenDossierAsync(Atlas, DossierKind.Bilan, x => x.FirstName = "Silence");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        await story.UntilAsync("the employee's invitation", () => Task.FromResult(story.Sandbox.Mail.Find("leo.martin@atelier.example", "signer", null) is [var mail, ..] ? mail : null), dossier.Id);
        story.Clock.Advance(TimeSpan.FromDays(12));
        await story.StateAsync(dossier.Id, DossierState.RefusTacite);
        await story.UntilAsync("the mail to the company", () => Task.FromResult(story.Sandbox.Mail.All().FirstOrDefault(x => x.Text!.Contains("ni une faute ni un motif de licenciement", StringComparison.Ordinal) && x.Text.Contains("arrêté", StringComparison.Ordinal))), dossier.Id);
        await story.AssertReplayedAsync(dossier.Id);
    }

    [Fact]
    public async Task Formation_FiftyEmployeesAndMore_GoesOnWithOwnFunds()
    {
        var dossier = await story.OpenDossierAsync(FiftyAndMore, DossierKind.Formation, x => x.Title = "Piloter ses stocks avec un tableur");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Mandat, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Organisme);
        var planned = await story.StateAsync(dossier.Id, DossierState.Planifie);
        Assert.Equal(PaymentCircuit.FondsPropres, planned.Circuit);
        Assert.Empty(story.Sandbox.Portals.Dossiers("atlas"));
        await story.AssertReplayedAsync(dossier.Id);
    }

    [Fact]
    public async Task Formation_OpcoWithoutScript_IsFiledWithTheCopilote()
    {
        var dossier = await story.OpenDossierAsync(Akto, DossierKind.Formation, x => x.Title = "Lire un plan de structure");
        Assert.Equal("akto", dossier.OpcoSlug);
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Mandat, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Organisme);
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "depot-assiste"), "Déposé", new JsonObject { ["reference"] = "CST26-00457", ["receiptDocumentId"] = null });
        var filed = await story.StateAsync(dossier.Id, DossierState.EnInstruction);
        Assert.Equal("CST26-00457", filed.PortalReference);
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "saisir-decision"), "Accordé", new JsonObject { ["amount"] = 2400, ["accordNumber"] = "C-1", ["accordDate"] = "2026-12-01" });
        await story.StateAsync(dossier.Id, DossierState.Accorde);
        await story.AssertReplayedAsync(dossier.Id);
    }

    [Fact]
    public async Task Request_RefusedWithReason_EndsAndTellsWhy()
    {
        var dossier = await story.OpenDossierAsync(Atlas, DossierKind.Formation, x => x.Title = "Action refusée");
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Refuser", new JsonObject { ["motif"] = "depot-tardif", ["comment"] = "Trop tard." });
        var refused = await story.StateAsync(dossier.Id, DossierState.Refuse);
        Assert.Equal("depot-tardif", refused.RefusalCode);
        await story.UntilAsync("the end of the procedure", async () => (await story.Get<WorkflowRuntime>().Reads.FindInstanceAsync(refused.WorkflowInstanceId!.Value, CancellationToken.None)) is { Status: InstanceStatus.Finished } done ? done : null, dossier.Id);
        await story.AssertReplayedAsync(dossier.Id);
    }

    [Fact]
    public async Task Request_TypedTwice_IsOneDossierAndOneProcedure()
    {
        var first = await story.OpenDossierAsync(Atlas, DossierKind.Formation, x => x.Title = "Saisie deux fois");
        var second = await story.OpenDossierAsync(Atlas, DossierKind.Formation, x => x.Title = "Saisie  deux fois ");
        Assert.Equal(first.Id, second.Id);
        var instances = await story.Get<WorkflowRuntime>().Reads.ListInstancesAsync(new InstanceFilter { CorrelationId = first.Id.ToString() }, CancellationToken.None);
        Assert.Single(instances.Items);
    }

    [Fact]
    public async Task Task_ProcedureCancelled_SaysSoAndLeavesTheInbox()
    {
        var dossier = await story.OpenDossierAsync(Atlas, DossierKind.Formation, x => x.Title = "Procédure arrêtée");
        var task = await story.TaskAsync(dossier.Id, "valider-demande");
        Assert.True(await story.Get<WorkflowRuntime>().CancelAsync(task.WorkflowInstanceId!.Value, "essai", "Nadia Keller"));
        var told = await Assert.ThrowsAsync<TaskTakenException>(() => story.CompleteAsync(task, "Valider"));
        Assert.Equal("La procédure n'attend plus cette tâche.", told.Message);
        var left = await story.WithAsync((MonOpcoDbContext db) => db.HumanTasks.AsNoTracking().SingleAsync(x => x.Id == task.Id));
        Assert.Equal(HumanTaskStatus.Cancelled, left.Status);
    }
}
