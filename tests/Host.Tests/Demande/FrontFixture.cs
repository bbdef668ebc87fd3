using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Storage;
using MonOPCO.Sandbox;

namespace MonOPCO.Host.Tests.Demande;

/// <summary>The Host's web role with a Sandbox as its outside world; no worker, so that nothing happens behind a test's back.</summary>
public class FrontFixture : HostFixture
{
    public const string Atlas = "99900137300011";

    public SandboxServer Sandbox { get; private set; } = null!;

    protected virtual string HostRoles => "web";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["roles"] = HostRoles,
        ["Workflows:Poll"] = "00:00:00.1",
        ["Workflows:Backoff"] = "00:00:00.1",
        ["CompanyRegister:Timeout"] = "00:00:01",
        ["Outside:SandboxUrl"] = Sandbox.BaseUrl,
        ["CompanyRegister:CacheSize"] = "0",
        ["Front:LooksPerMinute"] = "100000",
        ["Front:SignaturesPerMinute"] = "100000",
        ["Sealing:KeyFile"] = Path.Combine(Path.GetTempPath(), "monopco-tests", $"{Guid.NewGuid():N}.p12"),
    };

    public override async Task InitializeAsync()
    {
        Sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Sandbox.DisposeAsync();
    }

    /// <summary>ok, down, 429 or slow.</summary>
    public async Task RegisterAsync(string mode)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { mode }), System.Text.Encoding.UTF8, "application/json");
        using var control = new HttpClient();
        (await control.PostAsync(Sandbox.BaseUrl + "/control/register", body)).EnsureSuccessStatusCode();
    }

    /// <summary>Runs a copy of the shipped bilan procedure from this step on, for a dossier whose own procedure is elsewhere.</summary>
    public async Task StartAtAsync(Guid dossierId, string activity)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "workflows", "dossier-bilan-pdc.json")))!.AsObject();
        json["definitionId"] = "essai-" + activity;
        json["root"]!["connections"]!.AsArray().First(x => x!["source"]!["activity"]!.ToString() == "debut")!["target"]!["activity"] = activity;
        await Services.GetRequiredService<DefinitionStore>().SeedAsync("essai-" + activity, "essai-" + activity, json.ToJsonString(), CancellationToken.None);
        await Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow("essai-" + activity) { CorrelationId = dossierId.ToString(), Actor = "Essai" });
    }

    public Task<T> DatabaseAsync<T>(Func<MonOpcoDbContext, Task<T>> read) => WithAsync(read);

    /// <summary>Days ahead, as forms take dates.</summary>
    public string Day(int ahead) => Domain.Fr.Date(Today.AddDays(ahead));

    public DateOnly Today => Domain.Fr.InParis(Clock.GetUtcNow());

    /// <summary>From the public page to the first step of the wizard: the visitor is then signed in. Returns the address of the draft.</summary>
    public async Task<(Browser Browser, string Draft)> BeginAsync(string email, string siret = Atlas, string kind = "Bilan")
    {
        var browser = Visitor();
        var asked = await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = siret, ["Type"] = kind, ["Debut"] = Day(90) });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, asked.Status);
        var page = await browser.GetAsync($"/demande?siret={siret}&type={kind}&debut={Today.AddDays(90):yyyy-MM-dd}");
        var sent = await browser.PostAsync(page, "/demande", new() { ["Name"] = "Claire Weiss", ["Email"] = email });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, sent.Status);
        var url = await LinkToAsync(email);
        var confirmed = await browser.PostAsync(await browser.GetAsync(url), "/demande/confirmer", []);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, confirmed.Status);
        return (browser, Regex.Replace(confirmed.Location!, "/beneficiaires$", ""));
    }

    /// <summary>The personal link of the last mail queued for an address.</summary>
    public async Task<string> LinkToAsync(string email)
    {
        var link = Mails.Last(x => x.Recipient == email).Link!;
        return link.Path + await WithAsync((MagicLinkService links) => Task.FromResult(links.TokenOf(link.Id)));
    }

    public static Dictionary<string, string> Person(int index, string lastName, string email = "leo.martin@exemple.fr") => new()
    {
        [$"People[{index}].FirstName"] = "Léo",
        [$"People[{index}].LastName"] = lastName,
        [$"People[{index}].BirthDate"] = "03/02/1990",
        [$"People[{index}].Email"] = email,
        [$"People[{index}].Job"] = "Développeur",
        [$"People[{index}].Category"] = "IngenieurCadre",
        [$"People[{index}].Contract"] = "Cdi",
    };

    public async Task<Dictionary<string, string>> ActionAsync(string title) => new()
    {
        ["Action.TrainingBody"] = (await DatabaseAsync(db => db.TrainingBodies.Where(x => x.Slug == "netz").Select(x => x.Id).SingleAsync())).ToString(),
        ["Action.Title"] = title,
        ["Action.Start"] = Day(90),
        ["Action.End"] = Day(140),
        ["Action.Hours"] = "24",
        ["Action.Cost"] = "2 400,00",
        ["Action.Modality"] = "Presentiel",
        ["Action.Place"] = "1 rue de la Démonstration, Haguenau",
        ["Action.Objectives"] = "Identifier ses compétences et bâtir un projet professionnel réaliste.",
        ["Action.Content"] = "Entretiens, tests, enquêtes métier, synthèse.",
        ["Action.Trainer"] = "Hélène Weiss",
    };

    /// <summary>A request sent through the pages; returns the browser of its company and the dossier's number.</summary>
    public async Task<(Browser Browser, string Numero)> SendRequestAsync(string email, string siret = Atlas, string title = "Bilan de compétences", string employee = "leo.martin@exemple.fr")
    {
        var (browser, draft) = await BeginAsync(email, siret);
        await FillAsync(browser, draft, title, employee);
        var sent = await browser.PostAsync(await browser.GetAsync(draft + "/recapitulatif"), draft + "/recapitulatif", new() { ["ContactName"] = "Claire Weiss", ["ContactPhone"] = "" });
        Assert.StartsWith("/espace/dossiers/", sent.Location);
        return (browser, sent.Location![^10..]);
    }

    public async Task FillAsync(Browser browser, string draft, string title, string employee = "leo.martin@exemple.fr")
    {
        Assert.Equal(draft + "/action", (await browser.PostAsync(await browser.GetAsync(draft + "/beneficiaires"), draft + "/beneficiaires", Person(0, "Martin", employee))).Location);
        Assert.Equal(draft + "/recapitulatif", (await browser.PostAsync(await browser.GetAsync(draft + "/action"), draft + "/action", await ActionAsync(title))).Location);
    }
}
