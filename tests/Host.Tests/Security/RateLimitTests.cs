using System.Net;
using System.Net.Http.Json;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Security;

/// <summary>Who asks too often gets a French page (or a problem) that says when to come back; others are not concerned.</summary>
public sealed class RateLimitTests(SecurityFixture host) : IClassFixture<SecurityFixture>
{
    [Fact]
    public async Task SignIn_TooOftenFromOneAddress_FrenchPageAndRetryAfter_OtherAddressesGoOn()
    {
        var browser = From("203.0.113.20");
        var page = await browser.GetAsync("/connexion");
        Task<HtmlPage> TryAsync(Browser who) => who.PostAsync(page, "/connexion", new() { ["Email"] = "personne@exemple.fr", ["Password"] = "faux mot de passe" }, "MotDePasse");
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, (await TryAsync(browser)).Status);
        }

        var refused = await TryAsync(browser);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Contains("Trop de demandes", refused.Title, StringComparison.Ordinal);
        Assert.Contains("Patientez une minute", refused.Text, StringComparison.Ordinal);
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        var elsewhere = From("203.0.113.21");
        page = await elsewhere.GetAsync("/connexion");
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await TryAsync(elsewhere)).Status);
    }

    [Fact]
    public async Task Login_OfPrograms_OneIPv6NetworkIsOneAddress_ProblemWithRetryAfter()
    {
        HttpResponseMessage answer = null!;
        for (var i = 0; i < 4; i++)
        {
            answer = await From($"2001:db8:1:2::{i + 1}").Client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "personne@exemple.fr", password = "faux" });
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await From("2001:db8:1:3::1").Client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "personne@exemple.fr", password = "faux" })).StatusCode);
    }

    [Fact]
    public async Task SiretLookUp_TooOften_IsRefused()
    {
        var browser = From("203.0.113.30");
        var page = await browser.GetAsync("/");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((await browser.PostAsync(page, "/", new() { ["Siret"] = "1" })).Status);
        }

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Uploads_CountPerAccount_WhateverTheAddress()
    {
        var (first, second) = (await SignedInAsync("203.0.113.40"), await SignedInAsync("203.0.113.41"));
        Assert.False(await IsRefusedAsync(first));
        Assert.False(await IsRefusedAsync(first));
        Assert.True(await IsRefusedAsync(first));
        first.Client.DefaultRequestHeaders.Remove(SecurityFixture.From);
        first.Client.DefaultRequestHeaders.Add(SecurityFixture.From, "203.0.113.99");
        Assert.True(await IsRefusedAsync(first));
        Assert.False(await IsRefusedAsync(second));

        static async Task<bool> IsRefusedAsync(Browser browser)
        {
            using var content = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "Fichiers", "x.json" } };
            return (await browser.Client.PostAsync(new Uri("/procedures/importer", UriKind.Relative), content)).StatusCode == HttpStatusCode.TooManyRequests;
        }
    }

    private Browser From(string address)
    {
        var browser = host.Visitor();
        browser.Client.DefaultRequestHeaders.Add(SecurityFixture.From, address);
        return browser;
    }

    private async Task<Browser> SignedInAsync(string address)
    {
        var browser = From(address);
        await browser.SignInAsync((await host.CreateUserAsync(Roles.ResponsableProcedures)).Email!, HostFixture.Password);
        return browser;
    }
}
