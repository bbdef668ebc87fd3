using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Companies;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Activities.Signature;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host;
using MonOPCO.Integrations.CompanyLookup;
using MonOPCO.Sandbox;
using MonOPCO.TestCommon;
using Sign = MonOPCO.Domain.Signatures.Sign;

namespace MonOPCO.EndToEnd.Kill;

/// <summary>
/// A dossier on its way. The Host (web, worker, bot) is a process that may be killed; the Sandbox plays the outside world here. People act through the same
/// application put together here in the role web alone and never started: it commits, and all due work is left to the process.
/// </summary>
public sealed class Journey : IAsyncDisposable
{
    /// <summary>The portal that the bot files on.</summary>
    public const string Portal = "atlas";
    private const string AtlasCompany = "99900137300011";
    private readonly TestDatabase _database;
    private readonly WebApplication _desks;
    private readonly HttpClient _control;

    private Journey(TestDatabase database, SandboxServer sandbox, HostProcess process)
    {
        (_database, Sandbox, Process) = (database, sandbox, process);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--roles", "web"], ContentRootPath = HostProcess.ContentRoot, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(process.Settings.ToDictionary(x => x.Key, x => (string?)x.Value));
        builder.AddMonOpco();
        _desks = builder.Build();
        _control = new HttpClient { BaseAddress = new Uri(sandbox.BaseUrl) };
    }

    public SandboxServer Sandbox { get; }

    public HostProcess Process { get; }

    public string ConnectionString => _database.ConnectionString;

    public WorkflowRuntime Runtime => _desks.Services.GetRequiredService<WorkflowRuntime>();

    public static async Task<Journey> BeginAsync(string undoWindow = "00:00:00")
    {
        var database = await TestDatabase.CreateAsync();
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        var process = new HostProcess(database, "web,worker,bot", new Dictionary<string, string>
        {
            ["Outside:SandboxUrl"] = sandbox.BaseUrl,
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = sandbox.SmtpPort.ToString(CultureInfo.InvariantCulture),
            ["Workflows:Poll"] = "00:00:00.2",
            ["Workflows:Lease"] = "00:00:02",
            ["Workflows:Backoff"] = "00:00:00.2",
            ["OpcoPortals:StepTimeout"] = "00:00:05",
        })
        {
            UndoWindow = undoWindow,
        };
        var journey = new Journey(database, sandbox, process);
        try
        {
            await process.StartAsync();
            return journey;
        }
        catch
        {
            await journey.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _desks.DisposeAsync();
        _control.Dispose();
        await Sandbox.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static ChangeContext By(string name, ActorKind kind = ActorKind.Human) => new(kind, name, null, TimeProvider.System.GetUtcNow());

    /// <summary>Turns a fault of the Sandbox: <c>mail</c>, <c>register</c> or <c>portails/atlas</c>.</summary>
    public async Task FaultAsync(string what, string mode, int? delayMs = null)
    {
        using var answer = await _control.PostAsJsonAsync(new Uri("/control/" + what, UriKind.Relative), new { mode, delayMs });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the Sandbox holds something there.</summary>
    public async Task HeldAsync(string what)
    {
        using var answer = await _control.GetAsync(new Uri($"/control/{what}/held?timeoutMs=60000", UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode, $"{what} held nothing.\n{Process.Output()}");
    }

    /// <summary>A company as the register describes it; of Atlas if no other is asked for.</summary>
    public async Task<Company> CompanyAsync(string siret = AtlasCompany)
    {
        var found = Assert.IsType<CompanyLookupResult.Found>(await _desks.Services.GetRequiredService<CompanyRegisterClient>().FindBySiretAsync(siret, CancellationToken.None));
        return await WithAsync((CompanyService companies) => companies.SaveAsync(RegisterFacts.Of(found.Company), By("Camille Roux"), CancellationToken.None));
    }

    /// <summary>A bilan asked for by that company; its procedure runs. The same request twice is one dossier: another one begins on another day.</summary>
    public async Task<Dossier> OpenAsync(Company company, int inDays = 60)
    {
        var body = await WithAsync((MonOpcoDbContext db) => db.TrainingBodies.SingleAsync(x => x.Slug == "netz"));
        var today = Fr.InParis(TimeProvider.System.GetUtcNow());
        var created = await _desks.Services.GetRequiredService<RequestDesk>().OpenAsync(
            new CreateDossier
            {
                Kind = DossierKind.Bilan,
                CompanyId = company.Id,
                TrainingBodyId = body.Id,
                Title = "Bilan de compétences",
                Objectives = "Identifier ses compétences transférables\nConstruire un projet professionnel vérifié\nÉtablir un plan d'action daté sur douze mois",
                Content = "Analyser la demande et le besoin\nExplorer deux pistes et enquêter\nFormaliser le projet",
                TrainerName = "Hélène Weiss",
                StartDate = today.AddDays(inDays),
                EndDate = today.AddDays(inDays + 60),
                Hours = 24,
                CostHt = 2400,
                ContactName = "Camille Roux",
                ContactEmail = "camille.roux@atelier.example",
                Beneficiaires = [new NewBeneficiaire("Martin", "Léo", new DateOnly(1988, 5, 3), "leo.martin@atelier.example", "Gestionnaire de stock", Csp.Employe, ContractKind.Cdi)],
            },
            By("Camille Roux", ActorKind.Company),
            CancellationToken.None);
        return created.Dossier;
    }

    public async Task<Dossier> OpenAsync(int inDays = 60) => await OpenAsync(await CompanyAsync(), inDays);

    /// <summary>The operator validates the request: one commit, and two documents are due.</summary>
    public async Task ValidateAsync(Guid dossierId) => await CompleteAsync(await TaskAsync(dossierId, "valider-demande"), "Valider");

    /// <summary>Every signature but the last one, which is what lets the bot begin.</summary>
    public async Task SignAllButLastAsync(Guid dossierId)
    {
        await SignAsync(dossierId, DocumentTypes.Devis, SignerRole.Entreprise);
        await SignAsync(dossierId, DocumentTypes.Mandat, SignerRole.Entreprise);
        await SignAsync(dossierId, DocumentTypes.Convention, SignerRole.Entreprise);
        await SignAsync(dossierId, DocumentTypes.Convention, SignerRole.Beneficiaire);
    }

    public Task SignLastAsync(Guid dossierId) => SignAsync(dossierId, DocumentTypes.Convention, SignerRole.Organisme);

    /// <summary>The operator confirms what the bot filled.</summary>
    public async Task ConfirmAsync(Guid dossierId) => await CompleteAsync(await TaskAsync(dossierId, "confirmer-depot"), "Confirmer", async services =>
    {
        var filing = await services.GetRequiredService<MonOpcoDbContext>().Filings.SingleAsync(x => x.DossierId == dossierId);
        await services.GetRequiredService<FilingService>().ConfirmAsync(filing.Id, By("Nadia Keller"), CancellationToken.None);
    });

    public Task<HumanTask> TaskAsync(Guid dossierId, string code) => UntilAsync(
        $"the task {code}",
        () => WithAsync((MonOpcoDbContext db) => db.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.DossierId == dossierId && x.Code == code && x.Status == HumanTaskStatus.Open)),
        dossierId);

    public Task CompleteAsync(HumanTask task, string outcome, Func<IServiceProvider, Task>? alongside = null) =>
        _desks.Services.GetRequiredService<TaskDesk>().CompleteAsync(task.Id, new CompleteTask(outcome, null, new JsonObject()), By("Nadia Keller"), alongside, CancellationToken.None);

    public Task<Dossier> StateAsync(Guid dossierId, DossierState state) => UntilAsync(
        $"the state {state}", () => WithAsync((MonOpcoDbContext db) => db.Dossiers.AsNoTracking().FirstOrDefaultAsync(x => x.Id == dossierId && x.State == state)), dossierId);

    public Task<List<Document>> DocumentsAsync(Guid dossierId, string type) =>
        WithAsync((MonOpcoDbContext db) => db.Documents.AsNoTracking().Where(x => x.DossierId == dossierId && x.TypeCode == type).ToListAsync());

    public Task<Signer> InvitedAsync(Guid dossierId, string documentType, SignerRole role) => UntilAsync(
        $"the invitation of {role} to sign {documentType}",
        () => WithAsync((MonOpcoDbContext db) => db.Signers.AsNoTracking().Include(x => x.Request)
            .FirstOrDefaultAsync(x => x.Request!.DossierId == dossierId && x.Request.DocumentTypeCode == documentType && x.Role == role && x.Status == SignerStatus.Invited)),
        dossierId);

    public async Task<WorkflowInstance> InstanceAsync(Guid dossierId) =>
        Assert.Single((await Runtime.Reads.ListInstancesAsync(new InstanceFilter { CorrelationId = dossierId.ToString() }, CancellationToken.None)).Items);

    public async Task<IReadOnlyList<EffectRecord>> EffectsAsync(Guid dossierId) => await Runtime.Reads.EffectsAsync((await InstanceAsync(dossierId)).Id, CancellationToken.None);

    /// <summary>An effect under way, seen by two different heart-beats: the process has been inside it for a while and still is. Null when it is not.</summary>
    public async Task<string?> HeldEffectAsync(Guid dossierId, string activityId)
    {
        var instance = (await InstanceAsync(dossierId)).Id;
        Task<DateTimeOffset?> LeaseAsync() => WithAsync((MonOpcoDbContext db) => db.Set<MonOPCO.Domain.Workflows.WorkflowWorkRow>().AsNoTracking().Where(x => x.InstanceId == instance && x.ActivityId == activityId).Select(x => x.LeaseUntil).FirstOrDefaultAsync());
        var first = await LeaseAsync();
        if (first is null)
        {
            return null;
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        return await LeaseAsync() is { } later && later > first ? activityId : null;
    }

    /// <summary>What must hold after any accident: one number, one procedure without incident, and no mail twice under two Message-IDs.</summary>
    public async Task AssertSoundAsync(Dossier dossier)
    {
        Assert.Equal(dossier.Numero, await WithAsync((MonOpcoDbContext db) => db.Dossiers.Where(x => x.Id == dossier.Id).Select(x => x.Numero).SingleAsync()));
        Assert.Equal(1, await WithAsync((MonOpcoDbContext db) => db.Dossiers.CountAsync()));
        Assert.Equal(0, (await InstanceAsync(dossier.Id)).IncidentCount);

        // What a person reads twice is one message that was delivered twice.
        foreach (var same in Sandbox.Mail.All().GroupBy(x => (string.Join(',', x.To), x.Subject, x.Text)))
        {
            Assert.Single(same.Select(x => x.MessageId).Distinct());
        }
    }

    public async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> action)
        where TService : notnull
    {
        await using var scope = _desks.Services.CreateAsyncScope();
        return await action(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Asks again until the answer is there; on a time-out says where the dossier stands.</summary>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> ask, Guid? dossierId = null, int seconds = 90)
        where T : class
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(seconds);)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"Waited {seconds} s for {what}.\n{await StandingAsync(dossierId)}\n{Process.Output()}");
    }

    public async Task SignAsync(Guid dossierId, string documentType, SignerRole role)
    {
        var signer = await InvitedAsync(dossierId, documentType, role);
        var token = await WithAsync((SignatureService signatures) => Task.FromResult(signatures.TokenOf(signer)));
        await UntilAsync("the mail with the link", () => Task.FromResult(Sandbox.Mail.All().FirstOrDefault(x => x.Text!.Contains(token, StringComparison.Ordinal))), dossierId);
        var change = By(signer.Name);
        await WithAsync(async (SignatureService signatures) =>
        {
            Assert.Null((await signatures.OpenAsync(token, change.Now, CancellationToken.None)).Refusal);
            await signatures.RecordViewedAsync(signer.Id, change, CancellationToken.None);
            return true;
        });
        var desk = _desks.Services.GetRequiredService<SigningDesk>();
        await desk.SendCodeAsync(signer.Id, change, CancellationToken.None);
        var code = await UntilAsync(
            "the mail with the code",
            () => Task.FromResult(Sandbox.Mail.Find(signer.Email, "code").Where(x => x.Text!.Contains(signer.Request!.Title, StringComparison.Ordinal)).Select(x => Regex.Match(x.Text!, @"^\d{6}\s*$", RegexOptions.Multiline).Value.Trim()).FirstOrDefault()),
            dossierId);
        var shown = await WithAsync((MonOpcoDbContext db) => db.SignatureRequests.Where(x => x.Id == signer.RequestId).Join(db.Documents, x => x.CurrentDocumentId, x => x.Id, (_, document) => document.Sha256).SingleAsync());
        await desk.SignAsync(signer.RequestId, signer.Id, new Sign(code, "2026-11", shown, "192.0.2.1", "Test"), change, CancellationToken.None);
    }

    private async Task<string> StandingAsync(Guid? dossierId)
    {
        var lines = new List<string>();
        foreach (var instance in (await Runtime.Reads.ListInstancesAsync(new InstanceFilter { CorrelationId = dossierId?.ToString() }, CancellationToken.None)).Items)
        {
            lines.Add($"{instance.DefinitionId} {instance.SubStatus} incidents={instance.IncidentCount}");
            lines.AddRange((await Runtime.Reads.JournalAsync(instance.Id, CancellationToken.None)).TakeLast(12).Select(x => $"  {x.Event} {x.ActivityId} {x.Outcome} {x.Message}"));
            lines.AddRange((await Runtime.Reads.EffectsAsync(instance.Id, CancellationToken.None)).Where(x => x.Status != EffectStatus.Done).Select(x => $"  effect {x.ActivityId} {x.Status} {x.Attempts}: {x.LastError} {x.Result?.Message}"));
        }

        return string.Join('\n', lines);
    }
}
