using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Tests;

/// <summary>
/// The console on a real database with the real procedures. Only the role <c>web</c> runs: effects (mails, PDF, robot) stay due, so a test sees each state. A copy
/// of the bilan's procedure with one connection changed begins at the step that a test is about.
/// </summary>
public class ConsoleFixture : HostFixture
{
    private int _sequence = Random.Shared.Next(1_000_000, 80_000_000);

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = "web", ["OpcoPortals:Portals:atlas-sandbox:BaseUrl"] = "http://portail.test/" };

    public ChangeContext Change(string actor = "Essai") => new(ActorKind.Human, actor, null, Clock.GetUtcNow());

    public async Task<Company> CreateCompanyAsync(string naf = "62.02A", params string[] idcc) => await WithAsync((CompanyService x) => x.SaveAsync(
        new CompanyFacts(NextSiret(), $"Atelier {_sequence}", CompanyOrigin.Sandbox) { City = "Haguenau", PostalCode = "67500", Department = "67", Naf = naf, Idcc = idcc.Length == 0 ? ["1486"] : idcc, LegalCategory = "5710", HeadcountBand = "11" },
        Change(),
        CancellationToken.None));

    public async Task<Dossier> CreateDossierAsync(Company? company = null, int startInDays = 90, params DossierState[] states)
    {
        company ??= await CreateCompanyAsync();
        var body = await WithAsync((MonOpcoDbContext x) => x.TrainingBodies.SingleAsync(t => t.Slug == "netz"));
        var start = Fr.InParis(Clock.GetUtcNow()).AddDays(startInDays);
        var created = await WithAsync((DossierService x) => x.CreateAsync(
            new CreateDossier
            {
                Kind = DossierKind.Bilan,
                CompanyId = company.Id,
                TrainingBodyId = body.Id,
                Title = $"Bilan de compétences {Interlocked.Increment(ref _sequence)}",
                Objectives = "Définir un projet professionnel réaliste et un plan d’action daté.",
                Content = "Phase préliminaire, investigation, conclusion.",
                TrainerName = "Hélène Weiss",
                StartDate = start,
                EndDate = start.AddDays(80),
                Hours = 24,
                Modality = Modality.Mixte,
                ModalityDetail = "Assistance par visioconférence, évaluation à chaque étape.",
                CostHt = 2400,
                ContactName = "Marie Durand",
                ContactEmail = "rh@atelier.fr",
                Beneficiaires = [new NewBeneficiaire("Petit", "Léa", new DateOnly(1985, 6, 12), "lea.petit@atelier.fr", "Assistante", Csp.Employe, ContractKind.Cdi)],
            },
            Change(),
            CancellationToken.None));
        foreach (var state in states)
        {
            await WithAsync((DossierService x) => x.ChangeStateAsync(created.Dossier.Id, state, Change(), CancellationToken.None));
        }

        return await DossierAsync(created.Dossier.Id);
    }

    public Task<Dossier> DossierAsync(Guid id) => WithAsync((MonOpcoDbContext x) => x.Dossiers.AsNoTracking().Include(d => d.Company).SingleAsync(d => d.Id == id));

    public Task<HumanTask> TaskAsync(Guid id) => WithAsync((MonOpcoDbContext x) => x.HumanTasks.AsNoTracking().SingleAsync(t => t.Id == id));

    /// <summary>Runs the real procedure from this step on; gives the task that it opens.</summary>
    public async Task<HumanTask> StartAtAsync(Dossier dossier, string activity, Action<JsonObject>? change = null)
    {
        await StartWaitingAsync(dossier, activity, change);
        return await WithAsync((MonOpcoDbContext x) => x.HumanTasks.AsNoTracking().SingleAsync(t => t.DossierId == dossier.Id && t.Status == HumanTaskStatus.Open));
    }

    /// <summary>The same for a step that opens no task.</summary>
    public async Task StartWaitingAsync(Dossier dossier, string activity, Action<JsonObject>? change = null)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "workflows", "dossier-bilan-pdc.json")))!.AsObject();
        var definition = change is null ? "essai-" + activity : $"essai-{Guid.NewGuid():N}";
        json["definitionId"] = definition;
        json["root"]!["connections"]!.AsArray().First(x => x!["source"]!["activity"]!.ToString() == "debut")!["target"]!["activity"] = activity;
        change?.Invoke(json["root"]!["activities"]!.AsArray().First(x => x!["id"]!.ToString() == activity)!.AsObject());
        await Services.GetRequiredService<DefinitionStore>().SeedAsync(definition, definition, json.ToJsonString(), CancellationToken.None);
        var started = await Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition) { CorrelationId = dossier.Id.ToString(), Actor = "Essai" });
        await WithAsync((DossierService x) => x.SetWorkflowInstanceAsync(dossier.Id, started.Instance.Id, Change(), CancellationToken.None));
    }

    public async Task<Document> AddDocumentAsync(Guid dossierId, string type, byte[]? bytes = null, string? personEmail = null) => await WithAsync((DocumentStore x) =>
        x.AddAsync(new NewDocument(type, type.ToLowerInvariant() + ".pdf", dossierId) { PersonEmail = personEmail }, new MemoryStream(bytes ?? Pdf()), Change(), CancellationToken.None));

    /// <summary>What is typed into the portal of this dossier, prepared as its procedure does before it files.</summary>
    public Task<Domain.Filings.Filing> PrepareFilingAsync(Dossier dossier, Domain.Filings.FilingMode mode = Domain.Filings.FilingMode.Confirm) => WithAsync(async (IServiceProvider services) =>
        await services.GetRequiredService<Domain.Filings.FilingService>().PrepareAsync(
            dossier.Id, "atlas", mode, dossier.Numero, await services.GetRequiredService<Activities.OpcoPortals.PortalData>().BuildAsync(dossier.Id, CancellationToken.None), null, Change(), CancellationToken.None));

    public Task<Browser> OperatorAsync() => SignInAsync(Roles.Operateur);

    /// <summary>An operator of that name.</summary>
    public async Task<Browser> OperatorAsync(string name)
    {
        var user = await CreateUserAsync(Roles.Operateur);
        await WithAsync((MonOpcoDbContext x) => x.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(p => p.DisplayName, name)));
        var browser = Visitor();
        await browser.SignInAsync(user.Email!, Password);
        return browser;
    }

    /// <summary>Sends the page's form with a file.</summary>
    public static async Task<HtmlPage> UploadAsync(Browser browser, HtmlPage page, string url, string handler, Dictionary<string, string> fields, string name, byte[] bytes)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (key, value) in page.HiddenFields.Concat(fields))
        {
            content.Add(new StringContent(value), key);
        }

        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Add(file, "Input.File", name);
        return await HtmlPage.ReadAsync(await browser.Client.PostAsync($"{url}?handler={handler}", content));
    }

    public static byte[] Pdf(int size = 2000)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, (byte)'x');
        "%PDF-1.7\n"u8.CopyTo(bytes);
        return bytes;
    }

    private string NextSiret()
    {
        var body = Interlocked.Increment(ref _sequence).ToString("00000000", System.Globalization.CultureInfo.InvariantCulture);
        return Complete(Complete(body) + "0001");
    }

    private static string Complete(string digits) => digits + Enumerable.Range(0, 10).First(key => (digits + key).Reverse().Select((c, i) => (i % 2 * (c - '0')) + (c - '0') is var d && d > 9 ? d - 9 : d).Sum() % 10 == 0);
}
