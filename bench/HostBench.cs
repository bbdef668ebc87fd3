using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MonOPCO.Sandbox;

namespace MonOPCO.Bench;

/// <summary>
/// A whole Host (Release build, roles web and worker) as a process: from its start to its first finished instance, and its memory under a steady load over HTTP.
/// Minutes by HOST_MINUTES (10), starts by HOST_STARTS (5).
/// </summary>
internal static partial class HostBench
{
    private const string Password = "une phrase assez longue";

    internal static async Task RunAsync(Report report)
    {
        var (minutes, starts) = (Number("HOST_MINUTES", 10), Number("HOST_STARTS", 5));
        await using var database = await BenchDatabase.CreateAsync();
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { LogToConsole = false });
        await using var host = new HostUnderTest(database.ConnectionString, sandbox.BaseUrl);
        await database.PublishAsync("at-once", Definitions.BuiltIn("at-once", 5).ToJsonString());
        await database.PublishAsync("waits", Definitions.FiveStepsAndAWait("waits").ToJsonString());

        report.Section("Host");
        var first = await host.StartAsync();
        report.Line($"From the process' start to its first finished instance (started over HTTP), on a database without the Host's seeds: {first.TotalSeconds:F1} s. On that database then, wanted ≤ 4 s:");
        report.Line("");
        report.Line("| start | answers after s | first finished instance after s | load |");
        report.Line("|---|---|---|---|");
        var times = new List<double>();
        for (var start = 1; start <= starts; start++)
        {
            await host.StopAsync();
            var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
            var time = await host.StartAsync();
            times.Add(time.TotalSeconds);
            report.Line($"| {start} | {host.AnsweredAfter.TotalSeconds:F2} | {time.TotalSeconds:F2} | {load} |");
        }

        report.Line("");
        report.Line($"Median {Report.Median(times):F2} s.");
        report.Line("");
        await SteadyAsync(report, host, sandbox, minutes);
    }

    private static async Task SteadyAsync(Report report, HostUnderTest host, SandboxServer sandbox, int minutes)
    {
        if (minutes == 0)
        {
            return;
        }

        var (instances, pages) = (0, 0);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(async _ =>
        {
            using var person = await host.SignInAsync();
            while (!stop.IsCancellationRequested)
            {
                var key = Guid.NewGuid().ToString("N");
                var id = await host.StartInstanceAsync("waits", new JsonObject { ["Key"] = key });
                await host.SendAsync($"/elsa/api/events/{key}/trigger");
                Interlocked.Increment(ref instances);
                foreach (var page in new[] { "/console", "/instances", $"/instances/{id}", "/taches" })
                {
                    using var answer = await person.GetAsync(page);
                    answer.EnsureSuccessStatusCode();
                    Interlocked.Increment(ref pages);
                }

                await Task.Delay(200);
            }
        }).ToArray();
        report.Line($"Steady: four clients, each starts an instance over HTTP, resumes it and opens four pages, five times a second at most, for {minutes} minutes. Live heap: after the last collection, as the Host sends it by OpenTelemetry.");
        report.Line("");
        report.Line("| minute | instances so far | pages so far | live heap MB | working set MB |");
        report.Line("|---|---|---|---|---|");
        for (var minute = 1; minute <= minutes; minute++)
        {
            await Task.WhenAny([Task.Delay(TimeSpan.FromMinutes(1)), .. clients]);
            if (clients.FirstOrDefault(c => c.IsFaulted) is { } failed)
            {
                await failed;
            }

            var heap = sandbox.Telemetry.Metrics.GetValueOrDefault("dotnet.gc.last_collection.heap.size") / 1048576.0;
            report.Line($"| {minute} | {Volatile.Read(ref instances):N0} | {Volatile.Read(ref pages):N0} | {heap:F1} | {host.WorkingSet / 1048576.0:F0} |");
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        report.Line("");
    }

    private static int Number(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var asked) ? asked : usual;

    /// <summary>The process and those who talk to it.</summary>
    internal sealed partial class HostUnderTest : IAsyncDisposable
    {
        private readonly ProcessStartInfo _info;
        private readonly HttpClient _program;
        private Process? _process;

        internal HostUnderTest(string connectionString, string sandbox)
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(root.FullName, "MonOPCO.sln")))
            {
                root = root.Parent ?? throw new InvalidOperationException("MonOPCO.sln was not found above the program.");
            }

            var host = Path.Combine(root.FullName, "src", "Host");
            using var port = new TcpListener(IPAddress.Loopback, 0);
            port.Start();
            var address = new Uri($"http://{port.LocalEndpoint}");
            _program = new HttpClient { BaseAddress = address };
            _info = new ProcessStartInfo("dotnet", [Path.Combine(host, "bin", "Release", "net10.0", "MonOPCO.Host.dll"), "--contentRoot", host, "--urls", address.ToString(), "--roles", "web,worker"]) { RedirectStandardOutput = true };
            foreach (var (name, value) in new Dictionary<string, string>
            {
                // As ./monopco up starts it.
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ConnectionStrings__Owner"] = connectionString,
                ["ConnectionStrings__Staff"] = connectionString,
                ["ConnectionStrings__Portal"] = connectionString,
                ["MasterKey__Value"] = new string('a', 64),
                ["Sealing__KeyFile"] = Path.Combine(Path.GetTempPath(), "monopco-bench", "cachet.p12"),
                ["Site__PublicUrl"] = address.ToString(),
                ["Outside__SandboxUrl"] = sandbox,
                ["Demo__Password"] = Password,
                ["SignIn__TokenLifetime"] = "02:00:00",
                ["Logging__LogLevel__Default"] = "Warning",
                ["OpenTelemetry__Endpoint"] = sandbox + "/collecteur",
                ["OpenTelemetry__Protocol"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
            })
            {
                _info.Environment[name] = value;
            }
        }

        internal TimeSpan AnsweredAfter { get; private set; }

        /// <summary>What of the process is in memory.</summary>
        internal long WorkingSet => Status("VmRSS:");

        /// <summary>The most that it ever was.</summary>
        internal long PeakWorkingSet => Status("VmHWM:");

        /// <summary>Until its first instance has finished.</summary>
        internal async Task<TimeSpan> StartAsync()
        {
            var clock = Stopwatch.StartNew();
            _process = Process.Start(_info)!;
            _process.OutputDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
            AnsweredAfter = default;
            while (true)
            {
                try
                {
                    if (_program.DefaultRequestHeaders.Authorization is null)
                    {
                        await SignInProgramAsync();
                    }

                    if (AnsweredAfter == default)
                    {
                        using var answer = await _program.GetAsync("/health/live");
                        AnsweredAfter = clock.Elapsed;
                    }

                    await StartInstanceAsync("at-once", []);
                    return clock.Elapsed;
                }
                catch (HttpRequestException) when (clock.Elapsed < TimeSpan.FromMinutes(2) && !_process.HasExited)
                {
                    await Task.Delay(20);
                }
            }
        }

        internal async Task StopAsync()
        {
            if (_process is { } process)
            {
                _process = null;
                using var kill = Process.Start("kill", process.Id.ToString(CultureInfo.InvariantCulture));
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }

        internal async Task<string> StartInstanceAsync(string definition, JsonObject input)
        {
            using var answer = await _program.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definition}/execute", new JsonObject { ["input"] = input });
            answer.EnsureSuccessStatusCode();
            var state = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["workflowState"]!;
            return definition == "at-once" && state["status"]!.ToString() != "Finished" ? throw new InvalidOperationException("It has not finished: " + state) : state["id"]!.ToString();
        }

        internal async Task SendAsync(string path)
        {
            using var answer = await _program.PostAsJsonAsync(path, new JsonObject());
            answer.EnsureSuccessStatusCode();
        }

        /// <summary>A browser of the process owner, or of another demonstration account.</summary>
        internal async Task<HttpClient> SignInAsync(string account = "procedures")
        {
            var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _program.BaseAddress };
            var token = Token().Match(await client.GetStringAsync("/connexion")).Groups[1].Value;
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["Email"] = $"{account}@demo.monopco.test", ["Password"] = Password });
            using var answer = await client.PostAsync("/connexion?handler=MotDePasse", form);
            answer.EnsureSuccessStatusCode();
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _program.Dispose();
        }

        private long Status(string name) => File.ReadLines($"/proc/{_process!.Id}/status").Where(l => l.StartsWith(name, StringComparison.Ordinal)).Select(l => long.Parse(Digits().Match(l).Value, CultureInfo.InvariantCulture) * 1024).Single();

        private async Task SignInProgramAsync()
        {
            using var login = await _program.PostAsJsonAsync("/elsa/api/identity/login", new { username = "procedures@demo.monopco.test", password = Password });
            login.EnsureSuccessStatusCode();
            _program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await login.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.ToString());
        }

        [GeneratedRegex("\\d+")]
        private static partial Regex Digits();

        [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]*)\"")]
        private static partial Regex Token();
    }
}
