using System.Net;

namespace MonOPCO.Host.Tests.Security;

/// <summary>HTTPS behind a proxy: the scheme is believed from declared proxies alone, and nothing is served in clear.</summary>
public sealed class TransportTests(SecurityFixture host) : IClassFixture<SecurityFixture>
{
    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("10.1.200.3")]
    [InlineData("::ffff:10.0.0.9")]
    [InlineData("127.0.0.1")]
    public async Task Get_ThroughADeclaredProxy_IsHttpsWithHstsAndSecureCookies(string proxy)
    {
        var answer = await SendAsync(HttpMethod.Get, "/connexion", proxy, "https");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Get_ThroughAnUndeclaredProxy_IsRefusedWithTheNameOfTheSetting()
    {
        var answer = await SendAsync(HttpMethod.Get, "/connexion", "10.0.0.10", "https");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Site:Proxies", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Get_InClear_GoesToThePublicAddress_NotToTheHostHeader()
    {
        var answer = await SendAsync(HttpMethod.Get, "/financable?date=2026-12-01", "198.51.100.8", null);
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal("https://monopco.test/financable?date=2026-12-01", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Post_InClear_IsRefused_HealthIsNot()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "/connexion", "198.51.100.8", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/health/live", "198.51.100.8", null)).StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string from, string? scheme)
    {
        using var request = new HttpRequestMessage(method, new Uri("http://ailleurs.example" + path));
        request.Headers.Add(SecurityFixture.From, from);
        if (scheme is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", scheme);
            request.Headers.Add("X-Forwarded-For", "203.0.113.5");
        }

        return await host.Visitor().Client.SendAsync(request);
    }
}
