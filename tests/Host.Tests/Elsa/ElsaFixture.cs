using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary>A Host with its worker, a program signed in as a process owner, and a server outside that procedures may call.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class ElsaFixture : HostFixture
{
    private readonly TcpListener _outside = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private HttpClient _program = null!;

    public ElsaFixture() => _outside.Start();

    /// <summary>Requests that the outside server received, whole.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>Requests to /slow are answered when this is released.</summary>
    public SemaphoreSlim Slow { get; } = new(0);

    public string Outside => "http://" + _outside.LocalEndpoint;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["roles"] = "web,worker",
        ["OutboundHttp:PrivateHosts:0"] = _outside.LocalEndpoint.ToString()!,
        ["HttpWorkflows:AnswerWithinSeconds"] = "1.5",
        ["HttpWorkflows:MaxBodyBytes"] = "2000",
        ["Workflows:Health:Effect"] = "00:00:01",
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _ = ServeAsync();
        await SignInProgramAsync();
    }

    /// <summary>Again after the clock was moved: tokens are short-lived.</summary>
    public async Task SignInProgramAsync()
    {
        var owner = await CreateUserAsync(Roles.ResponsableProcedures);
        await GrantAsync(owner, Roles.Operateur);
        _program = Visitor().Client;
        var login = await _program.PostAsJsonAsync("/elsa/api/identity/login", new { username = owner.Email, password = Password });
        var token = (await login.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.ToString();
        _program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public override async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        _outside.Stop();
        await base.DisposeAsync();
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, "/elsa/api" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _program.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null);
    }

    /// <summary>A call from outside to a procedure's endpoint.</summary>
    public async Task<(int Status, string Body, HttpResponseMessage Response)> CallAsync(HttpMethod method, string path, HttpContent? content = null, bool signedIn = false, string? key = null)
    {
        using var request = new HttpRequestMessage(method, "/workflows/" + path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        var response = await (signedIn ? _program : Visitor().Client).SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public async Task<string> PublishAsync(JsonObject root, string? id = null, string? variables = null, JsonObject? options = null, JsonObject? more = null)
    {
        var definition = Define(root, id ?? "d" + Guid.NewGuid().ToString("N"), variables, options, more);
        var (imported, problem) = await SendAsync(HttpMethod.Post, "/workflow-definitions/import", definition);
        Assert.True(imported == HttpStatusCode.OK, problem?.ToJsonString());
        var definitionId = definition["definitionId"]!.ToString();
        var (published, refusal) = await SendAsync(HttpMethod.Post, $"/workflow-definitions/{definitionId}/publish", new JsonObject());
        Assert.True(published == HttpStatusCode.OK, refusal?.ToJsonString());
        return definitionId;
    }

    /// <summary>Variables: <c>Name:Type=value</c>, separated by commas.</summary>
    public static JsonObject Define(JsonObject root, string id, string? variables = null, JsonObject? options = null, JsonObject? more = null)
    {
        var definition = new JsonObject
        {
            ["definitionId"] = id,
            ["id"] = id + "-v1",
            ["name"] = id,
            ["version"] = 1,
            ["options"] = options,
            ["variables"] = new JsonArray([.. (variables ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split([':', '=']))
                .Select(v => (JsonNode)new JsonObject { ["id"] = "v-" + v[0], ["name"] = v[0], ["typeName"] = v[1], ["value"] = v.ElementAtOrDefault(2) })]),
            ["root"] = root,
        };
        foreach (var (name, value) in more ?? [])
        {
            definition[name] = value?.DeepClone();
        }

        return definition;
    }

    public async Task<JsonObject> RunAsync(string definitionId, JsonObject? arguments = null)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, $"/workflow-definitions/{definitionId}/execute", arguments ?? []);
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        return body!["workflowState"]!.AsObject();
    }

    /// <summary>Texts of WriteLine in the order in which they began.</summary>
    public async Task<string> LinesAsync(string instanceId)
    {
        var (_, journal) = await SendAsync(HttpMethod.Get, $"/workflow-instances/{instanceId}/journal?page=0&pageSize=1000");
        var (_, runs) = await SendAsync(HttpMethod.Get, $"/activity-executions/list?workflowInstanceId={instanceId}");
        var order = journal!["items"]!.AsArray().Where(e => e!["eventName"]!.ToString() == "Started").Select(e => e!["activityInstanceId"]!.ToString()).ToList();
        return string.Join(' ', runs!["items"]!.AsArray().Where(r => r!["activityType"]!.ToString() == "Elsa.WriteLine" && r["status"]!.ToString() == "Completed")
            .OrderBy(r => order.IndexOf(r!["id"]!.ToString())).Select(r => r!["activityState"]!["Text"]?.ToString()));
    }

    /// <summary>Looks until it holds; the Host's worker needs a moment.</summary>
    public async Task<JsonObject> EventuallyAsync(string instanceId, Func<JsonObject, bool> holds)
    {
        var until = DateTime.UtcNow.AddSeconds(15);
        while (true)
        {
            var (_, instance) = await SendAsync(HttpMethod.Get, $"/workflow-instances/{instanceId}");
            if (instance is JsonObject found && holds(found))
            {
                return found;
            }

            Assert.True(DateTime.UtcNow < until, instance?.ToJsonString());
            await Task.Delay(50);
        }
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _outside.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    var stream = client.GetStream();
                    var buffer = new byte[8192];
                    var text = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                    Received.Enqueue(text);
                    if (text.Contains(" /slow", StringComparison.Ordinal))
                    {
                        await Slow.WaitAsync(_stop.Token);
                    }

                    var status = text.Contains(" /moved", StringComparison.Ordinal) ? "302 Found\r\nLocation: http://169.254.169.254/" : text.Contains(" /missing", StringComparison.Ordinal) ? "404 Not Found" : "200 OK";
                    var content = """{"answer":42}""";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n{content}"));
                }
            });
        }
    }
}
