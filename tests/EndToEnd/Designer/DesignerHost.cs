using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MonOPCO.TestCommon;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>The Host as a process on a database of its own, a browser, and the REST API as a program sees it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class DesignerHost : IAsyncLifetime
{
    public const string Owner = "procedures@demo.monopco.test";
    public const string Password = HostProcess.Password;

    /// <summary>Studio starts slowly on a loaded machine, in ms.</summary>
    public const int Patience = 60_000;

    private TestDatabase _database = null!;
    private HostProcess _host = null!;
    private IPlaywright _playwright = null!;

    public Uri Address => _host.Address;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>Signed in as a process owner by token.</summary>
    public HttpClient Api { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = new HostProcess(_database, "web,worker");
        await _host.StartAsync();
        Api = new HttpClient { BaseAddress = new Uri(Address, "/elsa/api/") };
        using var login = await Api.PostAsJsonAsync("identity/login", new { username = Owner, password = Password });
        var token = (await login.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.ToString();
        Api.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        Api.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    public async Task<JsonObject> PostAsync(string path, JsonNode body)
    {
        using var answer = await Api.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    public async Task<JsonObject> GetAsync(string path) => (await Api.GetFromJsonAsync<JsonObject>(path))!;

    /// <summary>As the process owner, by the form.</summary>
    public async Task SignInAsync(IPage page)
    {
        await page.GotoAsync(new Uri(Address, "/connexion").ToString());
        await page.GetByLabel("Adresse").FillAsync(Owner);
        await page.Locator("input[type=password]").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Se connecter", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/console$"), new() { Timeout = Patience });
    }

    private static string? Chromium() => new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
}
