using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Sandbox;

namespace MonOPCO.Host.Tests.Comptes;

/// <summary>A Host whose configuration names the Sandbox's identity provider, once without and once with self-registration.</summary>
public sealed class OpenIdConnectFixture : AccountsFixture
{
    private SandboxServer _sandbox = null!;
    private string _secret = "";

    public SandboxServer Sandbox => _sandbox;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["roles"] = "web",
        ["SignIn:OpenIdConnect:0:Name"] = "annuaire",
        ["SignIn:OpenIdConnect:0:Label"] = "Compte de l’entreprise fictive",
        ["SignIn:OpenIdConnect:0:Authority"] = _sandbox.BaseUrl + "/identite",
        ["SignIn:OpenIdConnect:0:ClientId"] = "monopco",
        ["SignIn:OpenIdConnect:0:ClientSecretFile"] = _secret,
        ["SignIn:OpenIdConnect:0:EmailDomains:0"] = "exemple.fr",
        ["SignIn:OpenIdConnect:1:Name"] = "ouvert",
        ["SignIn:OpenIdConnect:1:Label"] = "Compte ouvert",
        ["SignIn:OpenIdConnect:1:Authority"] = _sandbox.BaseUrl + "/identite",
        ["SignIn:OpenIdConnect:1:ClientId"] = "monopco",
        ["SignIn:OpenIdConnect:1:ClientSecretFile"] = _secret,
        ["SignIn:OpenIdConnect:1:EmailDomains:0"] = "ouvert.exemple",
        ["SignIn:OpenIdConnect:1:SelfRegistration"] = "true",
        ["SignIn:OpenIdConnect:1:AcceptsTheirSecondFactor"] = "true",
        ["SignIn:OpenIdConnect:1:Roles:compta"] = Roles.Comptable,
        ["SignIn:OpenIdConnect:1:Roles:chefs"] = Roles.SuperAdmin,
    };

    public override async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        _secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(_secret, "secret-du-bac-a-sable\n");
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _sandbox.DisposeAsync();
        File.Delete(_secret);
    }
}

[Trait("Requirement", "S003-7.4")]
public sealed class OpenIdConnectTests(OpenIdConnectFixture host) : IClassFixture<OpenIdConnectFixture>
{
    [Fact]
    public async Task KnownAddress_SignsIn_AndIsRememberedByItsSubject()
    {
        var user = await host.CreateUserAsync(Roles.Operateur, password: null);
        var browser = host.Visitor();
        Assert.Equal("/dossiers", (await GoAsync(browser, "annuaire", user.Email!, retour: "/dossiers")).Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dossiers")).Status);
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "ExternalLoginLinked");

        // Linked: it stays this account even when its address changes here.
        var other = $"{Guid.NewGuid():N}@exemple.fr";
        await host.SqlAsync($"update users set email = '{other}', normalized_email = upper('{other}') where id = '{user.Id}'");
        Assert.Equal("/console", (await GoAsync(host.Visitor(), "annuaire", user.Email!)).Location);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("issuer")]
    [InlineData("signature")]
    public async Task WrongToken_OpensNothing(string fault)
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        host.Sandbox.Identity.Mode = fault;
        try
        {
            var answer = await GoAsync(browser, "annuaire", user.Email!);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains("Rien n’a été ouvert", answer.Text);
        }
        finally
        {
            host.Sandbox.Identity.Mode = "ok";
        }

        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
        Assert.DoesNotContain(await host.HistoryAsync(user.Id), x => x.Action == "SignedIn");
    }

    [Fact]
    public async Task UnverifiedAddress_OrForeignDomain_IsNotBelieved()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        host.Sandbox.Identity.Mode = "unverified";
        Assert.Contains("ne garantit pas cette adresse", (await GoAsync(host.Visitor(), "annuaire", user.Email!)).Text);
        host.Sandbox.Identity.Mode = "ok";
        Assert.Contains("ne garantit pas cette adresse", (await GoAsync(host.Visitor(), "ouvert", user.Email!)).Text);
    }

    [Fact]
    public async Task UnknownOrDeactivated_SameRefusal()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        await host.SqlAsync($"update users set deactivated_at = now() where id = '{user.Id}'");
        var closed = await GoAsync(host.Visitor(), "annuaire", user.Email!);
        var unknown = await GoAsync(host.Visitor(), "annuaire", $"{Guid.NewGuid():N}@exemple.fr");
        Assert.Equal(HttpStatusCode.BadRequest, closed.Status);
        Assert.Contains("Aucun compte actif", closed.Text);
        Assert.Equal(unknown.Text, closed.Text);
    }

    [Fact]
    public async Task SelfRegistration_OnlyWhereConfigured_ByGroups_NeverAnAdministrator()
    {
        var email = $"{Guid.NewGuid():N}@ouvert.exemple";
        var browser = host.Visitor();
        Assert.Equal("/console", (await GoAsync(browser, "ouvert", email, "compta")).Location);

        // An accountant needs a second factor; the provider's own one was accepted by the configuration.
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).Status);
        var made = await host.WithAsync((MonOpcoDbContext db) => db.Users.AsNoTracking().SingleAsync(x => x.Email == email));
        Assert.Equal([Roles.Comptable], await host.WithAsync((Accounts accounts) => accounts.RolesOfAsync(made.Id, CancellationToken.None)));
        foreach (var groups in new[] { "", "chefs", "inconnu" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await GoAsync(host.Visitor(), "ouvert", $"{Guid.NewGuid():N}@ouvert.exemple", groups)).Status);
        }
    }

    [Fact]
    public async Task Invited_IsActivatedByTheProvider_AndOwnSecondFactorIsStillAsked()
    {
        var (_, user, secret) = await host.AdminAsync(Roles.Admin);
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var browser = host.Visitor();
        Assert.Equal("/connexion/second-facteur", (await GoAsync(browser, "annuaire", user.Email!)).Location);
        Assert.Equal("/console", (await browser.PostAsync(await browser.GetAsync("/connexion/second-facteur"), "/connexion/second-facteur", new() { ["Code"] = host.CodeOf(secret) })).Location);

        var invited = await host.CreateUserAsync(Roles.Operateur, password: null);
        await host.SqlAsync($"update users set invited_at = now() where id = '{invited.Id}'");
        Assert.Equal("/console", (await GoAsync(host.Visitor(), "annuaire", invited.Email!)).Location);
        Assert.NotNull((await host.ReadAsync(invited.Id)).ActivatedAt);
    }

    [Fact]
    public async Task UnknownProvider_NotFound_AndButtonsAreThoseConfigured()
    {
        var browser = host.Visitor();
        var page = await browser.GetAsync("/connexion");
        Assert.Contains("Compte de l’entreprise fictive", page.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, "/connexion/externe", new() { ["fournisseur"] = "autre" })).Status);
    }

    /// <summary>From the button to the provider's form, and back to the Host; gives what the Host answers at the end.</summary>
    private static async Task<HtmlPage> GoAsync(Browser browser, string provider, string email, string groups = "", string? retour = null)
    {
        var page = await browser.GetAsync("/connexion");
        var away = await browser.PostAsync(page, "/connexion/externe", new() { ["fournisseur"] = provider, ["Retour"] = retour ?? "" });
        Assert.Equal(HttpStatusCode.Redirect, away.Status);
        Assert.Contains("code_challenge_method=S256", away.Location);
        using var outside = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        Assert.Contains("Se connecter à votre entreprise", await outside.GetStringAsync(away.Location));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = email, ["nom"] = "Personne Fictive", ["groupes"] = groups });
        var back = (await outside.PostAsync(away.Location, form)).Headers.Location!;
        Assert.Equal("monopco.test", back.Host);
        var callback = await HtmlPage.ReadAsync(await browser.Client.GetAsync(back.PathAndQuery));
        Assert.Equal(HttpStatusCode.Redirect, callback.Status);
        return await HtmlPage.ReadAsync(await browser.Client.GetAsync(callback.Location));
    }
}
