using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>A Host without worker, so that publications planned for later wait for the test.</summary>
public sealed class ProceduresFixture : HostFixture
{
    private int _names;

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = "web" };

    /// <summary>A process owner of a name of their own.</summary>
    public async Task<Person> OwnerAsync(string role = Roles.ResponsableProcedures)
    {
        var (user, name) = (await CreateUserAsync(role), $"Personne {Interlocked.Increment(ref _names)}");
        await WithAsync((MonOpcoDbContext x) => x.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(p => p.DisplayName, name)));
        var browser = Visitor();
        await browser.SignInAsync(user.Email!, Password);
        return new Person(browser, name);
    }

    public Task<DefinitionVersion> LatestAsync(string id) => WithAsync(async (DefinitionStore x) => (await x.FindLatestAsync(id))!);

    public Task<DefinitionVersion?> PublishedAsync(string id) => WithAsync((DefinitionStore x) => x.FindPublishedAsync(id));

    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(string id) =>
        await WithAsync((MonOpcoDbContext x) => x.AuditEntries.AsNoTracking().Where(e => e.Subject == "procedure" && e.SubjectId == id).OrderBy(e => e.Id).ToListAsync());

    public async Task<WorkflowPublicationRow> PublicationAsync(string id) =>
        await WithAsync((MonOpcoDbContext x) => x.Set<WorkflowPublicationRow>().AsNoTracking().Where(e => e.DefinitionId == id).OrderByDescending(e => e.RequestedAt).FirstAsync());
}

[CollectionDefinition(Name)]
public sealed class ProcedureTests : ICollectionFixture<ProceduresFixture>
{
    public const string Name = "procedures";
}

/// <summary>Somebody at work: pages, and the designer's API with the tab it comes from.</summary>
public sealed record Person(Browser Browser, string Name)
{
    public Task<HtmlPage> GetAsync(string url) => Browser.GetAsync(url);

    /// <summary>Opens the page and sends one of its forms.</summary>
    public async Task<HtmlPage> PostAsync(string page, string handler, Dictionary<string, string> fields) =>
        await Browser.PostAsync(await Browser.GetAsync(page), page, fields, handler.Length == 0 ? null : handler);

    public async Task<(HttpStatusCode Status, JsonObject Body, string Text)> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? tab = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (tab is not null)
        {
            request.Headers.Add(Access.SessionHeader, tab);
        }

        using var answer = await Browser.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : [], text);
    }

    /// <summary>What the designer opens.</summary>
    public async Task<JsonObject> OpenAsync(string id, string? tab = null) => (await SendAsync(HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Latest", tab: tab)).Body;

    public Task<(HttpStatusCode Status, JsonObject Body, string Text)> SaveAsync(JsonObject model, string? tab = null, bool publish = false) =>
        SendAsync(HttpMethod.Post, "/elsa/api/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish }, tab);

    /// <summary>A procedure made on the page « Procédures ».</summary>
    public async Task<string> CreateAsync(string? name = null)
    {
        var made = await PostAsync("/procedures", "Creer", new() { ["Nom"] = name ?? $"Essai {Guid.NewGuid():N}" });
        Assert.Equal(HttpStatusCode.Redirect, made.Status);
        return made.Location!.Split('/')[^1];
    }

    /// <summary>The same, in force.</summary>
    public async Task<string> PublishedAsync(string? name = null)
    {
        var id = await CreateAsync(name);
        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = "Première version", ["Quand"] = "maintenant" })).Status);
        return id;
    }

    /// <summary>A draft in which a line is written before the end.</summary>
    public async Task ChangeAsync(string id, string text = "bonjour")
    {
        var model = await OpenAsync(id);
        var root = model["root"]!.AsObject();
        root["activities"]!.AsArray().Add(new JsonObject
        {
            ["id"] = "ligne",
            ["name"] = "ligne",
            ["type"] = "Elsa.WriteLine",
            ["version"] = 1,
            ["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = text } },
            ["metadata"] = new JsonObject { ["displayText"] = "Écrire une ligne" },
        });
        root["connections"]!.AsArray()[0]!["target"]!["activity"] = "ligne";
        root["connections"]!.AsArray().Add(new JsonObject { ["source"] = new JsonObject { ["activity"] = "ligne", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "fin", ["port"] = "In" } });
        var saved = await SaveAsync(model);
        Assert.True(saved.Status == HttpStatusCode.OK, saved.Text);
    }
}
