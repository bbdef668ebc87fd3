using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Companies;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Activities.Signature;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Integrations.CompanyLookup;
using MonOPCO.Sandbox;
using Sign = MonOPCO.Domain.Signatures.Sign;

namespace MonOPCO.Host.Tests.Story;

/// <summary>The whole Host (web, worker and bot) on real parts: PostgreSQL, Chromium, and the Sandbox for register, mail and portals.</summary>
public sealed class StoryFixture : HostFixture, IAsyncLifetime
{
    private readonly Dictionary<string, string> _settings = [];

    /// <summary>Every line that the Host's configuration lets into its log, with scopes and exceptions.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Logs { get; } = new();

    /// <summary>The superuser's connection: for what a dump would hold.</summary>
    public string Administrator => AdministratorConnection;

    public SandboxServer Sandbox { get; private set; } = null!;

    protected override string Environment => "Development";

    protected override IReadOnlyDictionary<string, string> Settings => _settings;

    protected override void Configure(IServiceCollection services) => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(new LogSink(Logs));

    async Task IAsyncLifetime.InitializeAsync()
    {
        Sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        _settings["Outside:SandboxUrl"] = Sandbox.BaseUrl.ToString();
        _settings["Mail:Host"] = "127.0.0.1";
        _settings["Mail:Port"] = Sandbox.SmtpPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _settings["Workflows:Poll"] = "00:00:00.2";
        _settings["Sealing:KeyFile"] = Path.Combine(Path.GetTempPath(), "monopco-tests", Guid.NewGuid().ToString("N") + ".p12");
        _settings["Demo:Password"] = Password;
        await InitializeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await Sandbox.DisposeAsync();
    }

    public ChangeContext By(string name, ActorKind kind = ActorKind.Human) => new(kind, name, null, Clock.GetUtcNow());

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>From a SIRET of the Sandbox's register to an open dossier whose procedure runs.</summary>
    public async Task<Dossier> OpenDossierAsync(string siret, DossierKind kind, Action<CreateDossierDraft>? edit = null)
    {
        var found = Assert.IsType<CompanyLookupResult.Found>(await Get<CompanyRegisterClient>().FindBySiretAsync(siret, CancellationToken.None));
        var company = await WithAsync((CompanyService companies) => companies.SaveAsync(RegisterFacts.Of(found.Company), By("Test"), CancellationToken.None));
        var body = await WithAsync((MonOpcoDbContext db) => db.TrainingBodies.SingleAsync(x => x.Slug == "netz"));
        var draft = new CreateDossierDraft();
        edit?.Invoke(draft);
        var today = Domain.Fr.InParis(Clock.GetUtcNow());
        var created = await Get<RequestDesk>().OpenAsync(
            new CreateDossier
            {
                Kind = kind,
                CompanyId = company.Id,
                TrainingBodyId = body.Id,
                Title = draft.Title,
                Objectives = "Identifier ses compétences transférables\nConstruire un projet professionnel vérifié\nÉtablir un plan d'action daté sur douze mois",
                Content = "Analyser la demande et le besoin\nExplorer deux pistes et enquêter\nFormaliser le projet",
                TrainerName = "Hélène Weiss",
                StartDate = today.AddDays(60),
                EndDate = today.AddDays(120),
                Hours = 24,
                CostHt = 2400,
                ContactName = "Camille Roux",
                ContactEmail = draft.ContactEmail,
                Modality = Modality.Presentiel,
                Place = "Haguenau",
                Beneficiaires = [new NewBeneficiaire("Martin", draft.FirstName, new DateOnly(1988, 5, 3), draft.BeneficiaireEmail, "Gestionnaire de stock", Csp.Employe, ContractKind.Cdi)],
            },
            By("Camille Roux", ActorKind.Company),
            CancellationToken.None);
        return created.Dossier;
    }

    /// <summary>The open task of that code, once it is there.</summary>
    public Task<HumanTask> TaskAsync(Guid dossierId, string code) => UntilAsync(
        $"the task {code}",
        () => WithAsync((MonOpcoDbContext db) => db.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.DossierId == dossierId && x.Code == code && x.Status == HumanTaskStatus.Open)),
        dossierId);

    public Task CompleteAsync(HumanTask task, string outcome, System.Text.Json.Nodes.JsonObject? data = null, Func<IServiceProvider, Task>? alongside = null, string? reason = null) =>
        Get<TaskDesk>().CompleteAsync(task.Id, new CompleteTask(outcome, reason, data), By("Nadia Keller"), alongside, CancellationToken.None);

    public Task<Dossier> StateAsync(Guid dossierId, DossierState state) => UntilAsync(
        $"the state {state}", () => WithAsync((MonOpcoDbContext db) => db.Dossiers.AsNoTracking().FirstOrDefaultAsync(x => x.Id == dossierId && x.State == state)), dossierId);

    /// <summary>The signer of that role, once the invitation is there.</summary>
    public Task<Signer> InvitedAsync(Guid dossierId, string documentType, SignerRole role) => UntilAsync(
        $"the invitation of {role} to sign {documentType}",
        () => WithAsync((MonOpcoDbContext db) => db.Signers.AsNoTracking().Include(x => x.Request)
            .FirstOrDefaultAsync(x => x.Request!.DossierId == dossierId && x.Request.DocumentTypeCode == documentType && x.Role == role && x.Status == SignerStatus.Invited)),
        dossierId);

    /// <summary>Signs as that role, through what the mails carry: the personal link, then the one-time code.</summary>
    public async Task SignAsync(Guid dossierId, string documentType, SignerRole role)
    {
        var signer = await InvitedAsync(dossierId, documentType, role);
        var token = await WithAsync((SignatureService signatures) => Task.FromResult(signatures.TokenOf(signer)));
        await UntilAsync("the mail with the link", () => Task.FromResult(Sandbox.Mail.All().FirstOrDefault(x => x.Text!.Contains(token, StringComparison.Ordinal))), dossierId);
        var opened = await WithAsync((SignatureService signatures) => signatures.OpenAsync(token, Clock.GetUtcNow(), CancellationToken.None));
        Assert.Null(opened.Refusal);

        // As the signing page says it.
        var change = By(signer.Name, role switch { SignerRole.Entreprise => ActorKind.Company, SignerRole.Beneficiaire => ActorKind.Beneficiary, _ => ActorKind.Human });
        await WithAsync((SignatureService signatures) => signatures.RecordViewedAsync(signer.Id, change, CancellationToken.None));

        // An earlier version of the same document may have been signed with a code of its own.
        var before = Sandbox.Mail.All().Select(x => x.MessageId).ToHashSet();
        await Get<SigningDesk>().SendCodeAsync(signer.Id, change, CancellationToken.None);
        var code = await UntilAsync(
            "the mail with the code",
            () => Task.FromResult(Sandbox.Mail.Find(signer.Email, "code", null).Where(x => !before.Contains(x.MessageId) && x.Text!.Contains(signer.Request!.Title, StringComparison.Ordinal)).Select(x => Regex.Match(x.Text!, @"^\d{6}\s*$", RegexOptions.Multiline).Value.Trim()).FirstOrDefault()),
            dossierId);
        var shown = await WithAsync((MonOpcoDbContext db) => db.SignatureRequests.Where(x => x.Id == signer.RequestId).Join(db.Documents, x => x.CurrentDocumentId, x => x.Id, (_, document) => document.Sha256).SingleAsync());
        await Get<SigningDesk>().SignAsync(signer.RequestId, signer.Id, new Sign(code, "2026-11", shown, "192.0.2.1", "Test"), change, CancellationToken.None);
    }

    /// <summary>Asks again until the answer is there; on a time-out says where the dossier stands.</summary>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> ask, Guid? dossierId = null, int seconds = 120)
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

        throw new InvalidOperationException($"Waited {seconds} s for {what}.\n{await StandingAsync(dossierId)}");
    }

    private async Task<string> StandingAsync(Guid? dossierId)
    {
        var correlation = dossierId?.ToString();
        var runtime = Get<Engine.Storage.WorkflowRuntime>();
        var page = await runtime.Reads.ListInstancesAsync(new Engine.Storage.InstanceFilter { CorrelationId = correlation }, CancellationToken.None);
        var lines = new List<string>();
        foreach (var instance in page.Items)
        {
            lines.Add($"{instance.DefinitionId} {instance.SubStatus} incidents={instance.IncidentCount}");
            lines.AddRange((await runtime.Reads.JournalAsync(instance.Id, CancellationToken.None)).TakeLast(12).Select(x => $"  {x.Event} {x.ActivityId} {x.Outcome} {x.Message}"));
            lines.AddRange((await runtime.Reads.EffectsAsync(instance.Id, CancellationToken.None)).Where(x => x.LastError is not null || x.Result?.Message is not null).Select(x => $"  effect {x.ActivityId}: {x.LastError} {x.Result?.Message}"));
        }

        return string.Join('\n', lines);
    }

    public async Task<byte[]> DocumentAsync(Guid dossierId, string type) => await WithAsync(async (DocumentStore store) =>
    {
        var documents = await store.OfDossierAsync(dossierId, CancellationToken.None);
        return await store.ReadAsync(documents.Where(x => x.TypeCode == type).OrderByDescending(x => x.CreatedAt).First().Id, CancellationToken.None);
    });
}

public sealed class CreateDossierDraft
{
    public string Title { get; set; } = "Bilan de compétences";

    public string ContactEmail { get; set; } = "camille.roux@atelier.example";

    public string BeneficiaireEmail { get; set; } = "leo.martin@atelier.example";

    public string FirstName { get; set; } = "Léo";
}
