using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.Assets;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Tests.Pages;

public sealed partial class ShellTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/style")]
    [InlineData("/connexion")]
    [InlineData("/mentions-legales")]
    [InlineData("/accessibilite")]
    [InlineData("/confidentialite")]
    public async Task Get_PublicPage_HasLandmarksTitleAndNoInlineScript(string url)
    {
        var page = await host.Visitor().GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.EndsWith(" · MonOPCO", page.Title);
        Assert.Contains("<html lang=\"fr\"", page.Html);
        Assert.Contains("href=\"#contenu\"", page.Html);
        Assert.Single(Heading().Matches(page.Html));
        Assert.DoesNotContain("style=\"", page.Html);
        Assert.DoesNotMatch("<script(?![^>]*src=)", page.Html);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//(?!formulaire.defenseurdesdroits|www.cnil)", page.Html);
    }

    [Theory]
    [InlineData("/nimporte", HttpStatusCode.NotFound, "Page introuvable")]
    [InlineData("/console", HttpStatusCode.Forbidden, "Accès refusé")]
    public async Task Get_RefusedToCompany_FrenchPageWithReference(string url, HttpStatusCode status, string title)
    {
        var page = await (await host.SignInAsync(Roles.Entreprise)).GetAsync(url);
        Assert.Equal(status, page.Status);
        Assert.Contains(title, page.Title);
        Assert.Matches("référence [0-9A-F]{4}-[0-9A-F]{4}", page.Text);
    }

    [Fact]
    public async Task Post_RefusedFormWithAFieldNamedCode_KeepsItsStatus()
    {
        // Without the form's token; the field must not be taken for the number of the error page.
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["Code"] = "124549" });
        var page = await HtmlPage.ReadAsync(await host.Visitor().Client.PostAsync("/connexion?handler=Lien", form));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.DoesNotContain("Page introuvable", page.Title);
    }

    [Fact]
    public async Task Get_VisitorOnUnknownAddress_NotFoundRatherThanSignIn() =>
        Assert.Equal(HttpStatusCode.NotFound, (await host.Visitor().GetAsync("/nimporte")).Status);

    [Theory]
    [InlineData(Roles.Operateur, "/console", HttpStatusCode.OK)]
    [InlineData(Roles.Operateur, "/espace", HttpStatusCode.Forbidden)]
    [InlineData(Roles.Beneficiaire, "/espace", HttpStatusCode.OK)]
    [InlineData(Roles.Consultant, "/console", HttpStatusCode.Forbidden)]
    public async Task Get_Home_ByRole(string role, string url, HttpStatusCode status) => Assert.Equal(status, (await (await host.SignInAsync(role)).GetAsync(url)).Status);

    [Fact]
    public async Task Headers_AreStrict()
    {
        var response = (await host.Visitor().GetAsync("/connexion")).Response;
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString());
        Assert.All(response.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie));
    }

    [Fact]
    public async Task Assets_ArePrecompressedAndKeptForEver()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, host.Services.GetRequiredService<AssetManifest>().Url("monopco.css"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        var response = await host.Visitor().Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/css", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("br", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString());
        Assert.True((await response.Content.ReadAsByteArrayAsync()).Length < 120_000);
    }

    [Theory]
    [InlineData("dark", "data-bs-theme=\"dark\"")]
    [InlineData("light", "data-bs-theme=\"light\"")]
    [InlineData("auto", null)]
    public async Task Affichage_Chosen_IsRemembered(string theme, string? expected)
    {
        var browser = host.Visitor();
        var answer = await browser.PostAsync(await browser.GetAsync("/accessibilite"), "/affichage", new() { ["theme"] = theme });
        Assert.Equal("/accessibilite", answer.Location);
        var html = (await browser.GetAsync("/")).Html;
        Assert.Equal(expected is not null, html.Contains("data-bs-theme=", StringComparison.Ordinal));
        Assert.Contains(expected ?? "<html lang=\"fr\"", html);
    }

    [Fact]
    public async Task Field_WithError_IsTiedToItsMessageAndKeepsWhatWasTyped()
    {
        var page = await host.Visitor().GetAsync("/style");
        var siret = page.TagById("Siret")!;
        Assert.Equal("123 456 782 0001", HtmlPage.Attribute(siret, "value"));
        Assert.Equal("Siret-aide Siret-erreur", HtmlPage.Attribute(siret, "aria-describedby"));
        Assert.Equal("true", HtmlPage.Attribute(siret, "aria-invalid"));
        Assert.NotNull(page.TagById("Siret-erreur"));
        Assert.Contains("href=\"#Siret\"", page.Html);
        Assert.Contains("Objectifs (facultatif)", page.Text);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_Answers(string url) => Assert.Equal(HttpStatusCode.OK, (await host.Visitor().GetAsync(url)).Status);

    [Fact]
    public async Task Demonstration_InProduction_DoesNotExist()
    {
        var browser = host.Visitor();
        var home = await browser.GetAsync("/");
        Assert.DoesNotContain("Démonstration", home.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/demonstration/role")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(await browser.GetAsync("/connexion"), "/demonstration/role", new() { ["personne"] = "operateur" })).Status);
        Assert.Null(await host.WithAsync((Microsoft.AspNetCore.Identity.UserManager<User> users) => users.FindByEmailAsync("operateur@demo.monopco.test")));
    }

    [Fact]
    public void StatusLook_EveryState_HasWordIconAndTone()
    {
        var icons = host.Services.GetRequiredService<AssetManifest>().IconNames;
        Assert.All(Enum.GetValues<DossierState>(), state =>
        {
            var look = StatusLook.Of(state);
            Assert.NotEmpty(look.Label);
            Assert.Contains(look.Icon, icons);
            Assert.Contains(look.Tone, (string[])["neutral", "info", "waiting", "warning", "success", "danger"]);
        });
    }

    [GeneratedRegex("<h1\\b")]
    private static partial Regex Heading();
}
