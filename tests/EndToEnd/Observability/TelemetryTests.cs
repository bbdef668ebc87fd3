using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MonOPCO.Sandbox;
using MonOPCO.TestCommon;

namespace MonOPCO.EndToEnd.Observability;

/// <summary>A Host as a process sends its traces and metrics to a collector, which the Sandbox plays.</summary>
[Collection("Host processes")]
public sealed class TelemetryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private SandboxServer _sandbox = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { LogToConsole = false });
    }

    public async Task DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Host_SendsTracesAndEveryMetricOfTheEngine()
    {
        await using var host = new HostProcess(_database, "web,worker", new Dictionary<string, string>
        {
            ["OpenTelemetry:Endpoint"] = _sandbox.BaseUrl + "/collecteur",
            ["OpenTelemetry:Protocol"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OutboundHttp:PrivateHosts:0"] = new Uri(_sandbox.BaseUrl).Authority,
        });
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using var login = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "procedures@demo.monopco.test", password = HostProcess.Password });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await login.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.ToString());

        // One that calls the outside and ends, one that meets an incident.
        await RunAsync(client, "observed", Step("Elsa.SendHttpRequest", "url", _sandbox.BaseUrl + "/control/counters"));
        await RunAsync(client, "stopped", Step("Elsa.RunJavaScript", "script", "throw new Error('panne')"));

        var telemetry = _sandbox.Telemetry;
        string[] counted = ["monopco.workflow.instances.started", "monopco.workflow.instances.finished", "monopco.workflow.instances.faulted", "monopco.workflow.burst.duration", "dotnet.gc.last_collection.heap.size"];
        string[] watched = ["monopco.workflow.work.due", "monopco.workflow.work.age", "monopco.workflow.mailbox.depth", "monopco.workflow.mailbox.age", "monopco.workflow.leases.expired"];
        string[] sources = ["MonOPCO.Workflows/Elsa.SendHttpRequest", "Microsoft.AspNetCore/", "Npgsql/"];
        var missing = Missing();
        for (var watch = Stopwatch.StartNew(); missing.Count > 0 && watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
        {
            missing = Missing();
        }

        Assert.True(missing.Count == 0, $"Missing: {string.Join(", ", missing)}.\nCame: {string.Join(", ", telemetry.Metrics)}\n{string.Join(", ", telemetry.Spans)}");

        List<string> Missing() =>
        [
            .. counted.Where(name => telemetry.Metrics.GetValueOrDefault(name) <= 0),
            .. watched.Where(name => !telemetry.Metrics.ContainsKey(name)),
            .. sources.Where(source => !telemetry.Spans.Keys.Any(span => span.StartsWith(source, StringComparison.Ordinal))),
        ];
    }

    private static async Task RunAsync(HttpClient client, string id, JsonObject step)
    {
        var definition = new JsonObject
        {
            ["definitionId"] = id,
            ["name"] = id,
            ["root"] = new JsonObject { ["id"] = "flow", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JsonArray(step) },
        };
        foreach (var (path, body) in new[] { ("import", definition), ($"{id}/publish", []), ($"{id}/dispatch", []) })
        {
            using var answer = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{path}", body);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static JsonObject Step(string type, string input, string value) => new()
    {
        ["id"] = "step",
        ["type"] = type,
        ["version"] = 1,
        [input] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } },
    };
}
