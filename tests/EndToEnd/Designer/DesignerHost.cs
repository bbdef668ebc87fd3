using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using MonOPCO.TestCommon;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>The Host as a process on a database of its own, a browser, and the REST API as a program sees it.</summary>
public sealed class DesignerHost : IAsyncLifetime
{
    public const string Owner = "procedures@demo.monopco.test";
    public const string Password = "une phrase assez longue";

    private readonly string _keys = Directory.CreateTempSubdirectory("monopco-designer").FullName;
    private readonly List<string> _output = [];
    private TestDatabase _database = null!;
    private Process _process = null!;
    private IPlaywright _playwright = null!;

    public Uri Address { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>Signed in as a process owner by token.</summary>
    public HttpClient Api { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _process = Start();
        await UntilReadyAsync();
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
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_keys, true);
    }

    public async Task<JsonObject> PostAsync(string path, JsonNode body)
    {
        using var answer = await Api.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    public async Task<JsonObject> GetAsync(string path) => (await Api.GetFromJsonAsync<JsonObject>(path))!;

    private Process Start()
    {
        var root = Root();
        var info = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "MonOPCO.Host.dll"), "--contentRoot", Path.Combine(root, "src", "Host"), "--urls", Address.ToString(), "--roles", "web,worker" })
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var name in new[] { "Owner", "Staff", "Portal" })
        {
            info.Environment[$"ConnectionStrings__{name}"] = _database.ConnectionString;
        }

        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        info.Environment["Demo__Password"] = Password;
        info.Environment["SignIn__AttemptsPerMinute"] = "100000";
        info.Environment["Site__PublicUrl"] = Address.ToString();
        info.Environment["MasterKey__Value"] = new string('a', 64);
        info.Environment["DataProtection__KeyFolder"] = _keys;
        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.Add(line ?? "");
        }
    }

    private async Task UntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60);)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet: asked again until the time is over.
            }

            await Task.Delay(100);
        }

        lock (_output)
        {
            throw new InvalidOperationException("The Host did not become ready:\n" + string.Join('\n', _output.TakeLast(40)));
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MonOPCO.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("MonOPCO.sln was not found above the tests.");
        }

        return folder.FullName;
    }

    private static string? Chromium() => new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
