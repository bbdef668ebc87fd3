using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

[Collection(AccountTests.Name)]
[Trait("Requirement", "S003-7.5")]
[Trait("Requirement", "S002-4.1.4")]
public sealed partial class SecondFacteurTests(AccountsFixture host)
{
    [Theory]
    [InlineData(Roles.SuperAdmin)]
    [InlineData(Roles.Comptable)]
    public async Task CompulsoryRole_WithoutOne_ReachesNothingButTheEnrolment(string role)
    {
        var user = await host.CreateUserAsync(role);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        foreach (var path in new[] { "/console", "/taches", "/dossiers", "/mon-compte", "/mon-compte/sessions", "/admin/comptes" })
        {
            Assert.Equal("/mon-compte/second-facteur", (await browser.GetAsync(path)).Location);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.GetAsync("/elsa/api/workflow-definitions")).StatusCode);

        // A program is not let in by password alone either.
        var login = await (await host.Visitor().Client.PostAsJsonAsync("/elsa/api/identity/login", new { username = user.Email, password = HostFixture.Password })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(login.GetProperty("isAuthenticated").GetBoolean());

        await host.EnrolAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task SignIn_AsksForTheCode_WhichServesOnce()
    {
        var (_, user, secret) = await host.AdminAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = host.CodeOf(secret);
        var first = await HalfWayAsync(user.Email!);
        Assert.Equal(HttpStatusCode.Redirect, (await first.GetAsync("/console")).Status);
        var wrong = await first.PostAsync(await first.GetAsync("/connexion/second-facteur"), "/connexion/second-facteur", new() { ["Code"] = code == "000000" ? "000001" : "000000" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("Ce code n’est pas le bon", wrong.Text);
        Assert.Equal("/console", (await GiveAsync(first, code)).Location);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/console")).Status);

        // Whoever looked over the shoulder comes too late.
        var second = await HalfWayAsync(user.Email!);
        Assert.Equal(HttpStatusCode.BadRequest, (await GiveAsync(second, code)).Status);
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "SignInFailed" && x.NewValues!.ToJsonString().Contains("SecondFactor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondFactor_GuessedAtRandom_LocksTheAccount()
    {
        var (_, user, secret) = await host.AdminAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var browser = await HalfWayAsync(user.Email!);
        for (var i = 0; i < 6; i++)
        {
            await GiveAsync(browser, "12345" + i);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await GiveAsync(browser, host.CodeOf(secret))).Status);
        Assert.True((await host.ReadAsync(user.Id)).LockoutEnd > TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task RecoveryCode_ServesOnce_AndRenewalKillsTheOthers()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        var page = await browser.GetAsync("/mon-compte/second-facteur");
        var secret = AccountsFixture.SecretOf(page);
        var shown = await browser.PostAsync(page, "/mon-compte/second-facteur", new() { ["Code"] = host.CodeOf(secret) });
        var codes = Codes().Matches(shown.Html).Select(x => x.Groups[1].Value).ToList();
        Assert.Equal(10, codes.Count);
        Assert.DoesNotContain(codes[0], (await browser.GetAsync("/mon-compte/second-facteur")).Html);
        var rows = await host.WithAsync((MonOpcoDbContext db) => db.RecoveryCodes.AsNoTracking().Where(x => x.UserId == user.Id).ToListAsync());
        Assert.All(rows, x => Assert.Equal(32, x.Hash.Length));
        var stored = await host.WithAsync((MonOpcoDbContext db) => db.SecondFactors.AsNoTracking().SingleAsync(x => x.UserId == user.Id));
        Assert.True(stored.SealedSecret.AsSpan().IndexOf(secret) < 0);

        Assert.Equal("/console", (await GiveAsync(await HalfWayAsync(user.Email!), codes[0].ToUpperInvariant())).Location);
        Assert.Equal(HttpStatusCode.BadRequest, (await GiveAsync(await HalfWayAsync(user.Email!), codes[0])).Status);

        var renewed = Codes().Matches((await browser.PostAsync(await browser.GetAsync("/mon-compte/second-facteur"), "/mon-compte/second-facteur", [], "Codes")).Html).Select(x => x.Groups[1].Value).ToList();
        Assert.Equal(10, renewed.Except(codes).Count());
        Assert.Equal(HttpStatusCode.BadRequest, (await GiveAsync(await HalfWayAsync(user.Email!), codes[1])).Status);
        Assert.Equal("/console", (await GiveAsync(await HalfWayAsync(user.Email!), renewed[0])).Location);
    }

    [Fact]
    public async Task StepUp_OldConfirmation_AsksAgainBeforeRolesAreShown()
    {
        var (admin, _, secret) = await host.AdminAsync();
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/comptes/inviter")).Status);
        host.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("/mon-compte/confirmer?retour=%2Fadmin%2Fcomptes%2Finviter", (await admin.GetAsync("/admin/comptes/inviter")).Location);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/comptes")).Status);
        var page = await admin.GetAsync("/mon-compte/confirmer?retour=%2Fadmin%2Fcomptes%2Finviter");
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsync(page, "/mon-compte/confirmer", new() { ["Code"] = "abc" })).Status);
        Assert.Equal("/admin/comptes/inviter", (await admin.PostAsync(page, "/mon-compte/confirmer", new() { ["Code"] = host.CodeOf(secret) })).Location);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/comptes/inviter")).Status);
    }

    [Fact]
    public async Task StepUp_WithoutSecondFactor_AsksForThePassword()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        host.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/mon-compte/confirmer", (await browser.GetAsync("/mon-compte/adresse")).Location);
        var page = await browser.GetAsync("/mon-compte/confirmer?retour=/mon-compte/adresse");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, "/mon-compte/confirmer", new() { ["MotDePasse"] = "faux" })).Status);
        Assert.Equal("/mon-compte/adresse", (await browser.PostAsync(page, "/mon-compte/confirmer", new() { ["MotDePasse"] = HostFixture.Password })).Location);
    }

    [Fact]
    public async Task Reset_ByAnAdministrator_NeedsAReasonAndTellsTheOwner()
    {
        var (admin, _, _) = await host.AdminAsync();
        var (lost, user, _) = await host.AdminAsync(Roles.Comptable);
        var url = $"/admin/comptes/{user.Id}/modifier";
        var page = await admin.GetAsync(url);
        var refused = await admin.PostAsync(page, url, new() { ["Motif"] = "" }, "SecondFacteur");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Indiquez le motif", refused.Text);
        await admin.PostAsync(page, url, new() { ["Motif"] = "Rappelée à son numéro connu" }, "SecondFacteur");
        Assert.Equal(HttpStatusCode.Redirect, (await lost.GetAsync("/console")).Status);
        Assert.Contains(host.Mails, x => x.Recipient == user.Email && x.Template == "compte-modifie" && x.Values["quoi"].Contains("réinitialisé", StringComparison.Ordinal));
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "SecondFactorReset" && x.Reason == "Rappelée à son numéro connu");
        var again = host.Visitor();
        await again.SignInAsync(user.Email!, HostFixture.Password);
        Assert.Equal("/mon-compte/second-facteur", (await again.GetAsync("/console")).Location);
    }

    [Fact]
    public async Task Rule_IsData_AndMeetsOpenSessions()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.ReferentHandicap);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/mon-compte")).Status);
        await SetAsync(Roles.SuperAdmin, Roles.Admin, Roles.Comptable, Roles.ReferentHandicap);
        Assert.Equal("/mon-compte/second-facteur", (await browser.GetAsync("/mon-compte")).Location);
        await SetAsync(Roles.SuperAdmin, Roles.Admin, Roles.Comptable);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/mon-compte")).Status);
        var (plain, _, _) = await host.AdminAsync(Roles.Admin);
        Assert.Equal(HttpStatusCode.NotFound, (await plain.PostAsync(await plain.GetAsync("/admin/securite"), "/admin/securite", [], "Roles")).Status);

        async Task SetAsync(params string[] roles)
        {
            var page = await admin.GetAsync("/admin/securite");
            using var form = new FormUrlEncodedContent(roles.Select(x => KeyValuePair.Create("roles", x)).Append(KeyValuePair.Create("__RequestVerificationToken", page.HiddenFields["__RequestVerificationToken"])));
            Assert.Equal(HttpStatusCode.Redirect, (await admin.Client.PostAsync("/admin/securite?handler=Roles", form)).StatusCode);
        }
    }

    [Fact]
    public async Task Link_OfAnAccountWithSecondFactor_StillAsksForIt()
    {
        var (_, user, secret) = await host.AdminAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = user.Email!, ["Password"] = "" }, "Lien");
        var url = await host.LinkToAsync(user.Email!, "connexion");
        Assert.Equal("/connexion/second-facteur", (await browser.PostAsync(await browser.GetAsync(url), "/connexion/lien", [])).Location);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
        Assert.Equal("/console", (await GiveAsync(browser, host.CodeOf(secret))).Location);
    }

    private async Task<Browser> HalfWayAsync(string email)
    {
        var browser = host.Visitor();
        Assert.Equal("/connexion/second-facteur", (await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = HostFixture.Password }, "MotDePasse")).Location);
        return browser;
    }

    private static async Task<HtmlPage> GiveAsync(Browser browser, string code) =>
        await browser.PostAsync(await browser.GetAsync("/connexion/second-facteur"), "/connexion/second-facteur", new() { ["Code"] = code });

    [GeneratedRegex("<code>([a-z0-9]{5}-[a-z0-9]{5})</code>")]
    private static partial Regex Codes();
}
