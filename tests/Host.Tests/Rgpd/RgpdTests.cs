using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Jobs;

namespace MonOPCO.Host.Tests.Rgpd;

/// <summary>The person's own page, and what administrators do with requests, erasures, purges and the register.</summary>
public sealed class RgpdTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    private const string Mine = "/espace/mes-donnees";

    [Fact]
    public async Task Pages_ByRole()
    {
        var operatorPage = await host.OperatorAsync();
        foreach (var path in new[] { "/admin/rgpd", "/admin/rgpd/registre/nouveau", "/admin/rgpd/effacement?adresse=a@exemple.fr" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await operatorPage.GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.OK, (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await operatorPage.GetAsync(Mine)).Status);
        var administrator = await host.SignInAsync(Roles.SuperAdmin);
        foreach (var path in new[] { $"/admin/rgpd/demandes/{Guid.NewGuid()}", $"/admin/rgpd/purges/{Guid.NewGuid()}", $"/admin/rgpd/certificats/{Guid.NewGuid()}", $"/admin/rgpd/registre/{Guid.NewGuid()}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync(path)).Status);
        }
    }

    [Fact]
    [Trait("Requirement", "S000-N2.5")]
    [Trait("Requirement", "S002-5.4.3")]
    public async Task Person_TakesEverythingAlong_AndNobodyElses()
    {
        var (browser, user) = await PersonAsync();
        var dossier = await host.CreateDossierAsync();
        await host.AddDocumentAsync(dossier.Id, DocumentTypes.NotesBilan, ConsoleFixture.Pdf(2222), user.Email);
        await host.AddDocumentAsync(dossier.Id, DocumentTypes.NotesBilan, ConsoleFixture.Pdf(3333), "autre@exemple.fr");
        using var answer = await browser.Client.GetAsync(new Uri(Mine + "?handler=Telecharger", UriKind.Relative));
        Assert.Equal("application/zip", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        var json = JsonElement.Parse(await new StreamReader(zip.GetEntry("donnees.json")!.Open()).ReadToEndAsync());
        Assert.Equal(user.Email, json.GetProperty("comptes")[0].GetProperty("adresse").GetString());
        var file = Assert.Single(zip.Entries, x => x.FullName.StartsWith("documents/", StringComparison.Ordinal));
        Assert.Equal(2222, file.Length);
    }

    [Fact]
    public async Task Consent_GivenAndWithdrawn_LeavesItsProof()
    {
        var (browser, user) = await PersonAsync();
        var page = await browser.GetAsync(Mine);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, Mine, new() { ["objet"] = ConsentPurposes.News }, "Accorder")).Status);
        var consent = await host.WithAsync((MonOpcoDbContext x) => x.Consents.AsNoTracking().SingleAsync(c => c.PersonKey == user.Email));
        Assert.Equal(("2026-1", "par la personne, dans son espace"), (consent.WordingVersion, consent.Method));
        Assert.Equal(HttpStatusCode.NotFound, (await (await PersonAsync()).Browser.PostAsync(page, Mine, new() { ["id"] = consent.Id.ToString() }, "Retirer")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, Mine, new() { ["id"] = consent.Id.ToString() }, "Retirer")).Status);
        Assert.NotNull((await host.WithAsync((MonOpcoDbContext x) => x.Consents.AsNoTracking().SingleAsync(c => c.Id == consent.Id))).WithdrawnAt);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, Mine, new() { ["objet"] = "inconnu" }, "Accorder")).Status);
        Assert.Contains("retiré le", (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync("/admin/rgpd?personne=" + user.Email)).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S002-5.2.1")]
    public async Task ErasureRequest_BecomesATask_IsPreviewed_ConfirmedAndAnswered()
    {
        var (browser, user) = await PersonAsync();
        var page = await browser.GetAsync(Mine);
        var refused = await browser.PostAsync(page, Mine, new() { ["Input.Droit"] = "Rectification", ["Input.Texte"] = "" }, "Demande");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Dites ce qui est faux", refused.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, Mine, new() { ["Input.Droit"] = "Erasure", ["Input.Texte"] = "Tout." }, "Demande")).Status);
        var request = await host.WithAsync((MonOpcoDbContext x) => x.PersonRequests.AsNoTracking().SingleAsync(r => r.PersonKey == user.Email));
        Assert.Equal(Domain.Fr.InParis(request.ReceivedAt).AddMonths(1), request.DueOn);
        var task = await host.TaskAsync(request.TaskId!.Value);
        Assert.DoesNotContain(user.Email!, task.Title + task.Instruction + task.Context, StringComparison.OrdinalIgnoreCase);

        var administrator = await host.SignInAsync(Roles.SuperAdmin);
        Assert.Contains("/admin/rgpd/demandes/" + request.Id, (await administrator.GetAsync("/taches/" + task.Id)).Html, StringComparison.Ordinal);
        var address = $"/admin/rgpd/effacement?adresse={Uri.EscapeDataString(user.Email!)}&demande={request.Id}";
        var preview = await administrator.GetAsync(address);
        Assert.Contains("Compte d’accès", preview.Text, StringComparison.Ordinal);
        var wrong = await administrator.PostAsync(preview, "/admin/rgpd/effacement", new() { ["Confirmation"] = "autre@exemple.fr" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("Recopiez l’adresse", wrong.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.PostAsync(preview, "/admin/rgpd/effacement", new() { ["Confirmation"] = user.Email! })).Status);
        var erased = await host.WithAsync((MonOpcoDbContext x) => x.Users.AsNoTracking().SingleAsync(u => u.Id == user.Id));
        Assert.Equal(("Personne effacée", null), (erased.DisplayName, erased.PasswordHash));
        Assert.EndsWith("@invalide", erased.Email, StringComparison.Ordinal);
        var erasure = await host.WithAsync((MonOpcoDbContext x) => x.Erasures.AsNoTracking().SingleAsync(e => e.RequestId == request.Id));
        Assert.StartsWith("EF-", erasure.Numero, StringComparison.Ordinal);

        // Its certificate is due work of the procedure, started in the same transaction.
        Assert.True(await host.WithAsync((MonOpcoDbContext x) => x.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from workflow_work where activity like 'MonOPCO.IssueCertificate@%'").SingleAsync()) >= 1);

        var demand = await administrator.GetAsync($"/admin/rgpd/demandes/{request.Id}");
        Assert.DoesNotContain(user.Email!, demand.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.BadRequest, (await administrator.PostAsync(demand, $"/admin/rgpd/demandes/{request.Id}", new() { ["Reponse"] = "", ["accordee"] = "true" })).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.PostAsync(demand, $"/admin/rgpd/demandes/{request.Id}", new() { ["Reponse"] = "Effacement fait.", ["accordee"] = "true" })).Status);
        Assert.Equal(HumanTaskStatus.Completed, (await host.TaskAsync(task.Id)).Status);
    }

    [Fact]
    [Trait("Requirement", "S002-6.1.4")]
    public async Task Retention_StartedByTheCalendar_WaitsForAPerson_ThenDestroysAndCertifies()
    {
        var dossier = await host.CreateDossierAsync();
        var notes = await host.AddDocumentAsync(dossier.Id, DocumentTypes.NotesBilan, ConsoleFixture.Pdf(1777), "lea.petit@atelier.fr");
        await host.SqlAsync($"update dossiers set state = 'Realise', end_date = current_date - 3, start_date = current_date - 90, state_since = now() - interval '1 day' where id = '{dossier.Id}'");
        var run = await host.WithAsync((IServiceProvider x) => x.GetRequiredService<SystemJobRunner>().RunAsync(SystemJobs.Retention, host.Clock.GetUtcNow(), "calendrier", false, CancellationToken.None));
        Assert.Equal(OperationOutcome.Succeeded, run!.Outcome);
        var item = await host.WithAsync((MonOpcoDbContext x) => x.PurgeItems.AsNoTracking().SingleAsync(i => i.SubjectId == notes.Id));
        var task = (await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.AsNoTracking().Where(t => t.Code == "valider-purge").ToListAsync())).Single(x => x.Context!["planId"]!.ToString() == item.PlanId.ToString());

        var administrator = await host.SignInAsync(Roles.SuperAdmin);
        var page = await administrator.GetAsync("/taches/" + task.Id);
        Assert.Contains("Documents de travail du bilan", page.Text, StringComparison.Ordinal);
        Assert.Contains("R6313-7", page.Text, StringComparison.Ordinal);
        Assert.Contains("Cochez la case", (await administrator.PostAsync(page, "/taches/" + task.Id, new() { ["outcome"] = "Valider" })).Text, StringComparison.Ordinal);
        Assert.Null((await host.WithAsync((DocumentStore x) => x.FindAsync(notes.Id, CancellationToken.None)))!.DestroyedAt);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.PostAsync(page, "/taches/" + task.Id, new() { ["outcome"] = "Valider", ["verifie"] = "true" })).Status);
        Assert.NotNull((await host.WithAsync((DocumentStore x) => x.FindAsync(notes.Id, CancellationToken.None)))!.DestroyedAt);
        var plan = await host.WithAsync((MonOpcoDbContext x) => x.PurgePlans.AsNoTracking().SingleAsync(p => p.Id == item.PlanId));
        Assert.Equal((PurgePlanStatus.Done, "Claire Martin"), (plan.Status, plan.DecidedBy));
        Assert.Contains("détruit le", (await administrator.GetAsync($"/admin/rgpd/purges/{plan.Id}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_EditedAndExported()
    {
        var administrator = await host.SignInAsync(Roles.SuperAdmin);
        var record = await host.WithAsync((MonOpcoDbContext x) => x.ProcessingRecords.AsNoTracking().SingleAsync(r => r.Code == "bilans"));
        var page = await administrator.GetAsync("/admin/rgpd/registre/" + record.Id);
        Dictionary<string, string> Fields(string recipients) => new()
        {
            ["Input.Nom"] = record.Name, ["Input.Finalite"] = record.Purpose, ["Input.Base"] = record.LegalBasis, ["Input.Personnes"] = record.People, ["Input.Categories"] = record.Categories, ["Input.Destinataires"] = recipients,
            ["Input.Conservation"] = record.Retention, ["Input.Securite"] = record.Security, ["Input.Transferts"] = record.Transfers,
        };
        Assert.Equal(HttpStatusCode.BadRequest, (await administrator.PostAsync(page, "/admin/rgpd/registre/" + record.Id, Fields(""))).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.PostAsync(page, "/admin/rgpd/registre/" + record.Id, Fields("Le bénéficiaire seul"))).Status);
        Assert.Equal(1, await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.CountAsync(a => a.Subject == "processing-record" && a.SubjectId == record.Id.ToString())));
        var csv = await administrator.Client.GetAsync(new Uri("/admin/rgpd?handler=Registre", UriKind.Relative));
        Assert.Contains("Le bénéficiaire seul", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(Browser Browser, User User)> PersonAsync()
    {
        var user = await host.CreateUserAsync(Roles.Beneficiaire);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        return (browser, user);
    }
}
