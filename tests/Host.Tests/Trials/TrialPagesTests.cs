using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Tests.Trials;

/// <summary>The pages of trials, test cases at publication, and replays; each on a procedure of its own made of the shipped one.</summary>
public sealed class TrialPagesTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Trial_MadeAnsweredSavedRenamedDeleted_ByItsPages()
    {
        var (procedure, dossier) = (await ProcedureAsync(), await host.CreateDossierAsync());
        var owner = await host.SignInAsync(Roles.ResponsableProcedures);
        var list = $"/procedures/{procedure}/essais";
        Assert.Contains("Aucun cas de test", (await owner.GetAsync(list)).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(await owner.GetAsync(list), list, new() { ["Dossier"] = "2026-99999", ["Depart"] = "vide" }, "Creer")).Status);
        var url = await CreateAsync(owner, procedure, dossier);

        // The effect asks; an unreadable answer is said and kept; a good one leads to the task.
        var page = await owner.GetAsync(url);
        Assert.Contains("Action vers l’extérieur", page.Text);
        var wrong = await owner.PostAsync(page, url, Reply("Effect", "accuse", "Done", "{ pas du json"), "Repondre");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("{ pas du json", wrong.Html);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, Reply("Effect", "accuse", "Done"), "Repondre")).Status);
        page = await owner.GetAsync(url);
        Assert.Contains("Tâche d’une personne", page.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, Reply("Act", "valider", "Refuser", """{ "motif": "depot-tardif" }""", "task"), "Repondre")).Status);
        page = await owner.GetAsync(url);
        Assert.Contains("Dossier : Refusé", page.Text);
        Assert.Contains("depot-tardif", page.Text);

        // Back to the task, and time.
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new() { ["ligne"] = "1" }, "Reprendre")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new() { ["nombre"] = "3", ["unite"] = "jours" }, "Avancer")).Status);
        Assert.Contains("Le temps passe", (await owner.GetAsync(url)).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(page, url, new() { ["nombre"] = "0", ["unite"] = "jours" }, "Avancer")).Status);

        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(page, url, new() { ["Nom"] = " " }, "Cas")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new() { ["Nom"] = "Attend l’opérateur" }, "Cas")).Status);
        Assert.Contains("Comme attendu", (await owner.GetAsync(list)).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new() { ["Nom"] = "Autre nom" }, "Renommer")).Status);
        Assert.Contains("Autre nom", (await owner.GetAsync(list)).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(await owner.GetAsync(list), list, new(), "Rejouer")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new(), "Supprimer")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync(url)).Status);
        Assert.Equal(["TestCaseSaved", "TestCaseRenamed", "TestCaseDeleted"], (await AuditAsync(procedure)).Select(x => x.Action));
        Assert.Equal(DossierState.Brouillon, (await host.DossierAsync(dossier.Id)).State);
    }

    [Fact]
    public async Task Rights_ReadersLookAndDoNotMake_OthersSeeNothing_WhatIsNotThereIs404()
    {
        var (procedure, dossier) = (await ProcedureAsync(), await host.CreateDossierAsync());
        var url = await CreateAsync(await host.SignInAsync(Roles.ResponsableProcedures), procedure, dossier);
        var reader = await host.SignInAsync(Roles.Auditeur);
        var page = await reader.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("handler=Repondre", page.Html);
        foreach (var (path, handler) in new[] { (url, "Repondre"), (url, "Supprimer"), ($"/procedures/{procedure}/essais", "Creer"), ($"/procedures/{procedure}/essais", "Rejouer"), ($"/procedures/{procedure}/rejeu", "") })
        {
            var refused = await reader.PostAsync(await reader.GetAsync("/mon-compte"), path, new() { ["Dossier"] = dossier.Numero }, handler.Length == 0 ? null : handler);
            Assert.True(refused.Status is HttpStatusCode.Redirect or HttpStatusCode.Forbidden && refused.Location?.Contains(url, StringComparison.Ordinal) != true, $"{path} {handler}: {refused.Status} {refused.Location}");
        }

        Assert.Single(await host.WithAsync((MonOpcoDbContext x) => x.Set<WorkflowTrialRow>().AsNoTracking().Where(t => t.DefinitionId == procedure).ToListAsync()));
        var company = await host.SignInAsync(Roles.Consultant);
        Assert.NotEqual(HttpStatusCode.OK, (await company.GetAsync(url)).Status);
        foreach (var gone in new[] { $"/procedures/{procedure}/essais/{Guid.NewGuid()}", "/procedures/inconnue/essais", "/procedures/inconnue/rejeu", $"/procedures/dossier-formation-pdc/essais/{url.Split('/')[^1]}", $"/procedures/{procedure}/rejeu?rejeu={Guid.NewGuid()}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync(gone)).Status);
        }
    }

    [Fact]
    public async Task ChangedConnection_IsFoundByTheTestCaseAtPublication_AndPublishedOnlyWithAReason()
    {
        var (procedure, dossier) = (await ProcedureAsync(), await host.CreateDossierAsync());
        var owner = await host.SignInAsync(Roles.ResponsableProcedures);
        await CaseAsync(owner, procedure, dossier, "Valider mène au devis");
        await ChangeAsync(procedure);

        var url = $"/procedures/{procedure}/publier";
        var page = await owner.GetAsync(url);
        Assert.Contains("n’est plus atteinte", page.Text);
        Assert.Contains("à sa place", page.Text);
        Dictionary<string, string> asked = new() { ["Note"] = "Essai", ["Quand"] = "maintenant" };
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(page, url, asked)).Status);
        Assert.Equal(1, (await PublishedAsync(procedure)).Version);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new(asked) { ["Malgre"] = "Le refus est voulu." })).Status);
        Assert.Equal(2, (await PublishedAsync(procedure)).Version);
        var row = await PublicationAsync(procedure);
        Assert.Contains("Le refus est voulu.", row.Note);
        Assert.Equal("Le refus est voulu.", (await AuditAsync(procedure)).Last(x => x.Action == "Published").NewValues!["testOverride"]!.ToString());
    }

    [Fact]
    public async Task Scheduled_ACaseThatFailsAtItsTime_HoldsItAndTellsTheOwners_WhoMayPublishItAllTheSame()
    {
        var (procedure, dossier) = (await ProcedureAsync(), await host.CreateDossierAsync());
        var owner = await host.SignInAsync(Roles.ResponsableProcedures);
        await ChangeAsync(procedure);
        var at = host.Clock.GetUtcNow().AddHours(1);
        var planned = await host.WithAsync((Publications x) => x.RequestAsync(procedure, "Réforme", at, host.Change("Anne"), CancellationToken.None));
        Assert.Equal(PublicationState.Scheduled, planned.Pending!.State);

        // Meanwhile somebody keeps a case of the version in force.
        await CaseAsync(owner, procedure, dossier, "Valider mène au devis", onPublished: true);
        Assert.Equal(0, await host.WithAsync((Publications x) => x.PublishDueAsync(at, CancellationToken.None)));
        var row = await PublicationAsync(procedure);
        Assert.Equal((PublicationState.Held, 1), (row.State, (await PublishedAsync(procedure)).Version));
        var notice = await host.TaskAsync(row.Id);
        Assert.Equal((HumanTaskStatus.Open, Roles.ResponsableProcedures), (notice.Status, notice.CandidateRole));
        Assert.Contains("« Valider mène au devis »", notice.Instruction);
        Assert.Equal(0, await host.WithAsync((Publications x) => x.PublishDueAsync(at.AddHours(1), CancellationToken.None)));

        var page = await owner.GetAsync($"/procedures/{procedure}");
        Assert.Contains("est retenue", page.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, $"/procedures/{procedure}?publication={row.Id}", new() { ["Motif"] = "Voulu" }, "Malgre")).Status);
        Assert.Equal(2, (await PublishedAsync(procedure)).Version);
        Assert.Equal(HumanTaskStatus.Cancelled, (await host.TaskAsync(row.Id)).Status);
        Assert.Contains("Voulu", (await PublicationAsync(procedure)).Note);
    }

    [Fact]
    public async Task Replay_OfFinishedDossiers_NamesThoseWhoseWayDiffers_AndGoesOnAfterAStop()
    {
        var procedure = await ProcedureAsync("valider");
        var dossiers = new List<Dossier>();
        foreach (var outcome in new[] { "Refuser", "Valider" })
        {
            // « Valider » is abandoned at once in this procedure: finished without an effect that a worker would have to run.
            var dossier = await host.CreateDossierAsync();
            var started = await host.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(procedure) { CorrelationId = dossier.Id.ToString(), Actor = "Essai" });
            await host.WithAsync((DossierService x) => x.SetWorkflowInstanceAsync(dossier.Id, started.Instance.Id, host.Change(), CancellationToken.None));
            var task = await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.AsNoTracking().SingleAsync(t => t.DossierId == dossier.Id));
            await host.WithAsync(async (Activities.Tasks.TaskDesk desk) =>
            {
                await desk.CompleteAsync(task.Id, new CompleteTask(outcome, "Motif", new JsonObject { ["motif"] = "depot-tardif" }), host.Change("Nadia"), null, CancellationToken.None);
                return true;
            });
            dossiers.Add(dossier);
        }

        // In the new version « Valider » refuses as well.
        await EditAsync(procedure, ("valider", "Valider", "refuser"));
        var latest = (await host.Services.GetRequiredService<DefinitionStore>().FindLatestAsync(procedure))!;
        var id = await host.WithAsync((Replays x) => x.BeginAsync(latest, host.Change("Anne"), CancellationToken.None));
        Assert.True(await host.WithAsync((Replays x) => x.WorkAsync(id, TimeSpan.Zero, CancellationToken.None)));
        Assert.False(Assert.Single(await host.WithAsync((Replays x) => x.ListAsync(procedure, CancellationToken.None))).IsFinished);
        Assert.True(await host.WithAsync((Replays x) => x.WorkAsync(id, TimeSpan.FromMinutes(1), CancellationToken.None)));
        Assert.False(await host.WithAsync((Replays x) => x.WorkAsync(id, TimeSpan.FromMinutes(1), CancellationToken.None)));
        var replay = Assert.Single(await host.WithAsync((Replays x) => x.ListAsync(procedure, CancellationToken.None)));
        Assert.True(replay.IsFinished);
        var lines = replay.Lines.ToDictionary(x => x.Numero);
        Assert.True(lines[dossiers[0].Numero].Verdict == ReplayVerdict.Same, lines[dossiers[0].Numero].ToString() + string.Join(' ', lines[dossiers[0].Numero].Differences));
        var differs = lines[dossiers[1].Numero];
        Assert.True(differs.Verdict == ReplayVerdict.Differs, differs.ToString());
        Assert.Contains("à sa place", differs.Differences[0]);
        Assert.Equal(("Abandonne", "Refuse"), (differs.Was, differs.Becomes));

        var page = await (await host.SignInAsync(Roles.ResponsableProcedures)).GetAsync($"/procedures/{procedure}/rejeu");
        Assert.Contains(dossiers[1].Numero, page.Text);
        Assert.Contains("1 chemin différent", page.Text.Replace('\u00A0', ' '));
    }

    private static Dictionary<string, string> Reply(string kind, string activity, string outcome, string data = "", string act = "") => new()
    {
        ["Reponse.Nature"] = kind,
        ["Reponse.Activite"] = activity,
        ["Reponse.Issue"] = outcome,
        ["Reponse.Donnees"] = data,
        ["Reponse.Acte"] = act,
    };

    private static async Task<string> CreateAsync(Browser owner, string procedure, Dossier dossier, int version = 0)
    {
        var list = $"/procedures/{procedure}/essais";
        var fields = new Dictionary<string, string> { ["Dossier"] = dossier.Numero, ["Depart"] = "vide" };
        if (version > 0)
        {
            fields["Version"] = $"{version}";
        }

        var made = await owner.PostAsync(await owner.GetAsync(list), list, fields, "Creer");
        Assert.Equal(HttpStatusCode.Redirect, made.Status);
        return made.Location!;
    }

    /// <summary>A case in which « Valider » is answered.</summary>
    private static async Task CaseAsync(Browser owner, string procedure, Dossier dossier, string name, bool onPublished = false)
    {
        var url = await CreateAsync(owner, procedure, dossier, onPublished ? 1 : 0);
        var page = await owner.GetAsync(url);
        await owner.PostAsync(page, url, Reply("Effect", "accuse", "Done"), "Repondre");
        await owner.PostAsync(page, url, Reply("Act", "valider", "Valider", """{ "motif": "depot-tardif" }""", "task"), "Repondre");
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(page, url, new() { ["Nom"] = name }, "Cas")).Status);
    }

    /// <summary>A copy of the shipped procedure, in force; it may begin at another step, and « Valider » and « Refuser » then end without effects.</summary>
    private async Task<string> ProcedureAsync(string? first = null)
    {
        var id = $"essai-{Guid.NewGuid():N}";
        var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "workflows", "dossier-bilan-pdc.json")))!.AsObject();
        (json["definitionId"], json["name"]) = (id, id);
        if (first is not null)
        {
            Point(json, ("debut", null, first), ("valider", "Valider", "abandon"), ("refuser", null, "fin-refus"));
        }

        await host.Services.GetRequiredService<DefinitionStore>().SeedAsync(id, id, "", json.ToJsonString(), CancellationToken.None);
        return id;
    }

    /// <summary>« Valider » now leads to the refusal.</summary>
    private Task ChangeAsync(string procedure) => EditAsync(procedure, ("valider", "Valider", "refuser"));

    private async Task EditAsync(string procedure, params (string From, string? Port, string To)[] changes)
    {
        var store = host.Services.GetRequiredService<DefinitionStore>();
        var latest = (await store.FindLatestAsync(procedure))!;
        var json = JsonNode.Parse(latest.Body)!.AsObject();
        Point(json, changes);
        await store.SaveDraftAsync(new SaveDraft(procedure, json.ToJsonString()) { Name = latest.Name, Author = "Anne" });
    }

    private static void Point(JsonObject json, params (string From, string? Port, string To)[] changes)
    {
        foreach (var (from, port, to) in changes)
        {
            json["root"]!["connections"]!.AsArray().First(x => x!["source"]!["activity"]!.ToString() == from && (port is null || x["source"]!["port"]!.ToString() == port))!["target"]!["activity"] = to;
        }
    }

    private async Task<DefinitionVersion> PublishedAsync(string procedure) => (await host.Services.GetRequiredService<DefinitionStore>().FindPublishedAsync(procedure))!;

    private async Task<WorkflowPublicationRow> PublicationAsync(string procedure) =>
        await host.WithAsync((MonOpcoDbContext x) => x.Set<WorkflowPublicationRow>().AsNoTracking().Where(e => e.DefinitionId == procedure).OrderByDescending(e => e.RequestedAt).FirstAsync());

    private async Task<IReadOnlyList<AuditEntry>> AuditAsync(string procedure) =>
        await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.AsNoTracking().Where(e => e.Subject == "procedure" && e.SubjectId == procedure).OrderBy(e => e.Id).ToListAsync());
}
