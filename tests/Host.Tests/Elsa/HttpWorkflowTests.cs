using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using static MonOPCO.Host.Tests.Elsa.Json;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary>Procedures that answer HTTP requests, and procedures that send them.</summary>
public sealed class HttpWorkflowTests(ElsaFixture host) : IClassFixture<ElsaFixture>
{
    private static readonly HttpContent Form = new FormUrlEncodedContent(new Dictionary<string, string> { ["nom"] = "Élise Roux" });

    private static string Unique() => "t" + Guid.NewGuid().ToString("N")[..12];

    [Fact]
    public async Task Endpoint_TemplateQueryAndForm_ReachTheProcedureAndItsAnswerTheCaller()
    {
        var at = Unique();
        await host.PublishAsync(Sequence(
            Endpoint(at + "/commandes/{id:int}", """["POST"]""", ("routeData", To("R")), ("queryStringData", To("Q")), ("parsedContent", To("P"))).Starts(),
            Answer("`${getVariable('R').id} ${getVariable('Q').page} ${getVariable('P').nom}`", "Created")), variables: "R:ObjectDictionary,Q:ObjectDictionary,P:Object");
        var (status, body, response) = await host.CallAsync(HttpMethod.Post, at + "/Commandes/42?page=7", Form);
        Assert.Equal((201, "42 7 Élise Roux"), (status, body));
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        Assert.Equal(404, (await host.CallAsync(HttpMethod.Post, at + "/commandes/abc", null)).Status);
        Assert.Equal(404, (await host.CallAsync(HttpMethod.Get, at + "/commandes/42")).Status);
        Assert.Equal(413, (await host.CallAsync(HttpMethod.Post, at + "/commandes/42", new StringContent(new string('x', 3000)))).Status);
        Assert.Equal(400, (await host.CallAsync(HttpMethod.Post, at + "/commandes/42", new StringContent("{", Encoding.UTF8, "application/json"))).Status);
    }

    [Fact]
    public async Task Endpoint_RequestTooLargeWithABranch_FollowsIt()
    {
        var at = Unique();
        await host.PublishAsync(Chart("endpoint:Done>ok endpoint:Request_too_large>long",
            Endpoint(at, """["POST"]""", ("requestSizeLimit", Text(10, "Int64")), ("exposeRequestTooLargeOutcome", true)).Starts(),
            Node("ok", "Elsa.WriteHttpResponse", ("content", Text("bien"))), Node("long", "Elsa.WriteHttpResponse", ("content", Text("trop")))));
        Assert.Equal("bien", (await host.CallAsync(HttpMethod.Post, at, new StringContent("court"))).Body);
        Assert.Equal("trop", (await host.CallAsync(HttpMethod.Post, at, new StringContent("beaucoup trop long"))).Body);
    }

    [Fact]
    public async Task Endpoint_Authorize_ClosesToVisitorsAndToTheWrongRole()
    {
        var (open, closed) = (Unique(), Unique());
        await host.PublishAsync(Sequence(Endpoint(open, """["GET"]""", ("authorize", Text("True", "Boolean"))).Starts(), Answer("'oui'")));
        Assert.Equal(401, (await host.CallAsync(HttpMethod.Get, open)).Status);
        Assert.Equal("oui", (await host.CallAsync(HttpMethod.Get, open, signedIn: true)).Body);

        await host.PublishAsync(Sequence(Endpoint(closed, """["GET"]""", ("authorize", Text(true, "Boolean")), ("policy", Text("Administration"))).Starts(), Answer("'oui'")));
        Assert.Equal(403, (await host.CallAsync(HttpMethod.Get, closed, signedIn: true)).Status);
    }

    [Fact]
    public async Task Endpoint_SecondOne_ResumesTheInstanceOfTheCorrelation()
    {
        var at = Unique();
        var second = Endpoint(at + "/suite", """["GET"]""");
        second["id"] = "second";
        await host.PublishAsync(Sequence(Endpoint(at + "/debut", """["GET"]""").Starts(), second, Answer("getCorrelationId()")));
        foreach (var correlation in new[] { "a", "b" })
        {
            Assert.Equal(200, (await host.CallAsync(HttpMethod.Get, $"{at}/debut?correlationId={at}{correlation}")).Status);
        }

        Assert.Equal(500, (await host.CallAsync(HttpMethod.Get, at + "/suite")).Status);
        Assert.Equal(at + "b", (await host.CallAsync(HttpMethod.Get, $"{at}/suite?correlationId={at}b")).Body);
        Assert.Equal(404, (await host.CallAsync(HttpMethod.Get, $"{at}/suite?correlationId={at}b")).Status);
        Assert.Equal(at + "a", (await host.CallAsync(HttpMethod.Get, at + "/suite")).Body);
    }

    [Fact]
    public async Task Answer_FollowsAnEffect_AndTheEffectCarriesAStableKey()
    {
        var at = Unique();
        await host.PublishAsync(Chart("endpoint>send send:200>answer send:404>lost",
            Endpoint(at, """["GET"]""").Starts(), Send(host.Outside + "/" + at, "[200, 404]"), Answer("`${getVariable('P').answer}`"), Node("lost", "Elsa.WriteHttpResponse", ("content", Text("perdu")))), variables: "P:Object");
        var (status, body, _) = await host.CallAsync(HttpMethod.Get, at);
        Assert.Equal((200, "42"), (status, body));
        Assert.Contains("Idempotency-Key: ", host.Received.Single(r => r.Contains(at, StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Answer_EffectTakesTooLong_202AndTheInstanceGoesOn()
    {
        var at = Unique();
        var id = await host.PublishAsync(Chart("endpoint>send send>answer", Endpoint(at, """["GET"]""").Starts(), Send(host.Outside + "/slow/" + at, "[]"), Answer("'tard'")), variables: "P:Object");
        Assert.Equal(202, (await host.CallAsync(HttpMethod.Get, at)).Status);
        host.Slow.Release();
        var (_, page) = await host.SendAsync(HttpMethod.Get, $"/workflow-instances?definitionId={id}&page=0&pageSize=10");
        await host.EventuallyAsync(page!["items"]![0]!["id"]!.ToString(), i => i["subStatus"]!.ToString() == "Finished");
    }

    [Fact]
    public async Task Effect_ThatHangs_MakesTheWorkerNotReady_UntilItIsOver()
    {
        var at = Unique();
        var id = await host.PublishAsync(Chart("endpoint>send send>answer", Endpoint(at, """["GET"]""").Starts(), Send(host.Outside + "/slow/" + at, "[]"), Answer("'tard'")), variables: "P:Object");
        Assert.Equal(202, (await host.CallAsync(HttpMethod.Get, at)).Status);
        await UntilReadyIsAsync(HttpStatusCode.ServiceUnavailable);
        host.Slow.Release();
        await UntilReadyIsAsync(HttpStatusCode.OK);

        async Task UntilReadyIsAsync(HttpStatusCode wanted)
        {
            var page = await host.Visitor().GetAsync("/health/ready");
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); page.Status != wanted && watch.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(50))
            {
                page = await host.Visitor().GetAsync("/health/ready");
            }

            Assert.Equal(wanted, page.Status);
        }
    }

    [Fact]
    public async Task Endpoint_SameIdempotencyKey_StartsOneInstanceAndAnswersTheSame()
    {
        var at = Unique();
        var id = await host.PublishAsync(Sequence(Endpoint(at, """["POST"]""").Starts(), Answer("getWorkflowInstanceId()")));
        var first = await host.CallAsync(HttpMethod.Post, at, new StringContent("x"), key: "k1");
        Assert.Equal(first.Body, (await host.CallAsync(HttpMethod.Post, at, new StringContent("x"), key: "k1")).Body);
        Assert.NotEqual(first.Body, (await host.CallAsync(HttpMethod.Post, at, new StringContent("x"), key: "k2")).Body);
        var (_, page) = await host.SendAsync(HttpMethod.Get, $"/workflow-instances?definitionId={id}&page=0&pageSize=10");
        Assert.Equal(2, page!["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://localhost:9/")]
    [InlineData("http://[::1]:9/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://2130706433:9/")]
    [InlineData("file:///etc/passwd")]
    public async Task Send_InternalAddress_IsRefused(string url)
    {
        var id = await host.PublishAsync(Chart("send:Failed_to_connect>no", Send(url, "[]"), Line("no")), variables: "P:Object");
        var instance = (await host.RunAsync(id))["id"]!.ToString();
        var ended = await host.EventuallyAsync(instance, i => i["subStatus"]!.ToString() == "Faulted");
        Assert.Equal("", await host.LinesAsync(instance));
        Assert.Single(ended["workflowState"]!["incidents"]!.AsArray());
    }

    [Fact]
    public async Task Send_Redirection_IsAnAnswerNotAWay()
    {
        var send = Send(host.Outside + "/moved", "[302]");
        var id = await host.PublishAsync(Chart("send:302>moved", send, Line("moved")), variables: "P:Object");
        var instance = (await host.RunAsync(id))["id"]!.ToString();
        await host.EventuallyAsync(instance, i => i["subStatus"]!.ToString() == "Finished");
        Assert.Equal("moved", await host.LinesAsync(instance));
    }

    [Fact]
    public async Task Send_EmbeddedForm_RunsTheActivityOfTheStatus()
    {
        var cases = new JsonArray(new JsonObject { ["statusCode"] = 404, ["activity"] = Line("missing") });
        var id = await host.PublishAsync(Sequence(Node("send", "Elsa.SendHttpRequest", ("url", Text(host.Outside + "/missing")), ("expectedStatusCodes", cases), ("unmatchedStatusCode", Line("other"))), Line("after")));
        var instance = (await host.RunAsync(id))["id"]!.ToString();
        await host.EventuallyAsync(instance, i => i["subStatus"]!.ToString() == "Finished");
        Assert.Equal("missing after", await host.LinesAsync(instance));
    }

    private static JsonObject Send(string url, string expected) => Node("send", "Elsa.FlowSendHttpRequest", ("url", Text(url)), ("parsedContent", To("P")),
        ("expectedStatusCodes", new JsonObject { ["typeName"] = "Int32[]", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = expected } }));
}
