using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.SignIn;

/// <summary>Sign-in of programs. /mon-compte stands for any protected address: it answers 200 to whoever is authenticated.</summary>
public sealed class ProgramsTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Login_RightPassword_TokenOpens()
    {
        var user = await host.CreateUserAsync(Roles.ResponsableProcedures);
        var answer = await LoginAsync(user.Email!, HostFixture.Password);
        Assert.True(answer.GetProperty("isAuthenticated").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("Bearer", answer.GetProperty("accessToken").GetString()!));
    }

    [Fact]
    public async Task Login_WrongPasswordOrUnknown_SameRefusal()
    {
        var user = await host.CreateUserAsync(Roles.ResponsableProcedures);
        var wrong = await LoginAsync(user.Email!, "faux");
        Assert.False(wrong.GetProperty("isAuthenticated").GetBoolean());
        Assert.Equal(JsonValueKind.Null, wrong.GetProperty("accessToken").ValueKind);
        Assert.Equal(wrong.GetRawText(), (await LoginAsync("personne@exemple.fr", "faux")).GetRawText());
    }

    [Fact]
    public async Task Login_Empty_ProblemDetails()
    {
        var response = await host.Visitor().Client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "", password = "" });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("reference", out _));
    }

    [Fact]
    public async Task Token_Expired_Refused()
    {
        var user = await host.CreateUserAsync(Roles.ResponsableProcedures);
        var token = (await LoginAsync(user.Email!, HostFixture.Password)).GetProperty("accessToken").GetString()!;
        host.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("Bearer", token));
    }

    [Fact]
    public async Task ApiKey_BothSchemes_OpenUntilRevoked()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var change = ChangeContext.System("test", host.Clock.GetUtcNow());
        var (key, text) = await host.WithAsync((ApiKeyService keys) => keys.CreateAsync("essai", user.Id, ["*"], TimeSpan.FromDays(1), change, CancellationToken.None));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ApiKey", text));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("Bearer", text));

        await host.WithAsync((ApiKeyService keys) => keys.RevokeAsync(key.Id, change, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("ApiKey", text));
    }

    [Fact]
    public async Task Api_UnknownAddress_ProblemJsonNotAPage()
    {
        var response = await host.Visitor().Client.GetAsync("/api/nimporte");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private async Task<JsonElement> LoginAsync(string username, string password)
    {
        var response = await host.Visitor().Client.PostAsJsonAsync("/elsa/api/identity/login", new { username, password });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpStatusCode> StatusAsync(string scheme, string credential)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mon-compte");
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credential);
        return (await host.Visitor().Client.SendAsync(request)).StatusCode;
    }
}
