using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MonOPCO.TestCommon;

namespace MonOPCO.EndToEnd;

/// <summary>The Host as a process of its own, on a free port: started, killed and started again by a test.</summary>
public sealed class HostProcess(TestDatabase database, string roles, IReadOnlyDictionary<string, string>? settings = null) : IAsyncDisposable
{
    public const string Password = "une phrase assez longue";

    private readonly string _keys = Directory.CreateTempSubdirectory("monopco-host").FullName;
    private readonly List<string> _output = [];
    private Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}");

    /// <summary>What the process reads from its environment, so that a test can put together the same application on the same database.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>((settings ?? new Dictionary<string, string>()).Concat(database.HostConnections).Append(new("Taches:UndoWindow", UndoWindow)))
    {
        ["Demo:Password"] = Password,
        ["SignIn:AttemptsPerMinute"] = "100000",
        ["Limits:UploadsPerMinute"] = "100000",
        ["Site:PublicUrl"] = Address.ToString(),
        ["MasterKey:Value"] = new string('a', 64),
        ["Sealing:KeyFile"] = Path.Combine(_keys, "cachet.p12"),
    };

    /// <summary>Decisions take effect in the request, unless a test is about taking them back.</summary>
    public string UndoWindow { get; init; } = "00:00:00";

    /// <summary>The Host's folder in the sources: pages and assets that a build does not copy.</summary>
    public static string ContentRoot
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "MonOPCO.sln")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("MonOPCO.sln was not found above the tests.");
            }

            return Path.Combine(folder.FullName, "src", "Host");
        }
    }

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task StartAsync()
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "MonOPCO.Host.dll"), "--contentRoot", ContentRoot, "--urls", Address.ToString(), "--roles", roles })
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in Settings)
        {
            info.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilReadyAsync(_process);
    }

    /// <summary>Its process id; it must run.</summary>
    public int Id => _process!.Id;

    /// <summary><c>kill -9</c> of the process and (unless <paramref name="alone"/>) of its browsers: nothing is finished, given back or said goodbye to.</summary>
    public async Task KillAsync(bool alone = false)
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.Kill(entireProcessTree: !alone);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The last lines it wrote.</summary>
    public string Output(int lines = 40)
    {
        lock (_output)
        {
            return string.Join('\n', _output.TakeLast(lines));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_keys, true);
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.Add(line ?? "");
        }
    }

    private async Task UntilReadyAsync(Process process)
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(180) && !process.HasExited;)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet: asked again until the time is over.
            }

            await Task.Delay(100);
        }

        await KillAsync();
        throw new InvalidOperationException("The Host did not become ready:\n" + Output());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
