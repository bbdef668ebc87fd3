using System.Net;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

[Collection(AccountTests.Name)]
[Trait("Requirement", "S002-4.1.5")]
public sealed class MotDePasseTests(AccountsFixture host)
{
    [Fact]
    public async Task Reset_ByMail_ReplacesThePasswordAndEndsSessions()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var open = host.Visitor();
        await open.SignInAsync(user.Email!, HostFixture.Password);
        var browser = host.Visitor();
        var known = await AskAsync(browser, user.Email!);
        var unknown = await AskAsync(host.Visitor(), "personne@exemple.fr");
        Assert.Equal(known.Text.Replace(user.Email!, "", StringComparison.Ordinal), unknown.Text.Replace("personne@exemple.fr", "", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Mails, x => x.Recipient == "personne@exemple.fr");

        var url = await host.LinkToAsync(user.Email!, "mot-de-passe");
        var page = await browser.GetAsync(url);
        var weak = await browser.PostAsync(page, "/connexion/nouveau-mot-de-passe", new() { ["Nouveau"] = "motdepasse2026!" });
        Assert.Equal(HttpStatusCode.BadRequest, weak.Status);
        Assert.Contains("parmi les plus courants", weak.Text);
        Assert.Equal("/console", (await browser.PostAsync(page, "/connexion/nouveau-mot-de-passe", new() { ["Nouveau"] = "un chat dort au soleil" })).Location);
        Assert.Equal(HttpStatusCode.Redirect, (await open.GetAsync("/console")).Status);
        Assert.Equal(HttpStatusCode.Gone, (await host.Visitor().GetAsync(url)).Status);
        await host.Visitor().SignInAsync(user.Email!, "un chat dort au soleil");
        Assert.Contains(host.Mails, x => x.Recipient == user.Email && x.Template == "compte-modifie");
    }

    [Fact]
    public async Task Reset_LinkOfAnotherPurposeOrInvented_OpensNothing()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = user.Email!, ["Password"] = "" }, "Lien");
        var token = (await host.LinkToAsync(user.Email!, "connexion")).Split('=')[1];
        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync("/connexion/nouveau-mot-de-passe?jeton=" + token)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync("/connexion/invitation?jeton=" + token)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync("/connexion/nouveau-mot-de-passe?jeton=invente")).Status);
    }

    [Fact]
    [Trait("Requirement", "S002-4.1.2")]
    public async Task Email_ChangesOnceBothAddressesAgree()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        var wanted = $"{Guid.NewGuid():N}@exemple.fr";
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(await browser.GetAsync("/mon-compte/adresse"), "/mon-compte/adresse", new() { ["Nouvelle"] = user.Email! })).Status);
        Assert.Equal("/mon-compte", (await browser.PostAsync(await browser.GetAsync("/mon-compte/adresse"), "/mon-compte/adresse", new() { ["Nouvelle"] = wanted })).Location);

        // An address that is somebody's: the same answer, no mail.
        var taken = await host.CreateUserAsync(Roles.Operateur);
        var second = host.Visitor();
        var other = await host.CreateUserAsync(Roles.Operateur);
        await second.SignInAsync(other.Email!, HostFixture.Password);
        Assert.Equal("/mon-compte", (await second.PostAsync(await second.GetAsync("/mon-compte/adresse"), "/mon-compte/adresse", new() { ["Nouvelle"] = taken.Email! })).Location);
        Assert.DoesNotContain(host.Mails, x => x.Recipient == taken.Email);

        var visitor = host.Visitor();
        var fromNew = await host.LinkToAsync(wanted, "adresse-nouvelle");
        Assert.Contains("Encore une confirmation", (await visitor.PostAsync(await visitor.GetAsync(fromNew), "/connexion/adresse", [])).Text);
        Assert.Equal(user.Email, (await host.ReadAsync(user.Id)).Email);
        Assert.Equal(HttpStatusCode.Gone, (await visitor.GetAsync(fromNew)).Status);
        var fromOld = await host.LinkToAsync(user.Email!, "adresse-ancienne");
        Assert.Contains("Votre adresse est changée", (await visitor.PostAsync(await visitor.GetAsync(fromOld), "/connexion/adresse", [])).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
        await host.Visitor().SignInAsync(wanted, HostFixture.Password);
        Assert.Equal(2, host.Mails.Count(x => x.Template == "compte-modifie" && (x.Recipient == wanted || x.Recipient == user.Email)));
    }

    [Theory]
    [InlineData("azertyuiop123", false)]
    [InlineData("MotDePasse2026!", false)]
    [InlineData("P@ssw0rd123456", false)]
    [InlineData("123456789012345", false)]
    [InlineData("abcabcabcabcabc", false)]
    [InlineData("Haguenau67500!", false)]
    [InlineData("claire.martin99", false)]
    [InlineData("une phrase assez longue", true)]
    [InlineData("Troupeau-lampe-7-vert", true)]
    public void Password_CommonOnesAreRefused(string password, bool good) => Assert.Equal(good, PasswordWeakness.Of(password, "claire.martin@exemple.fr", "Claire Martin") is null);

    private static async Task<HtmlPage> AskAsync(Browser browser, string email)
    {
        var answer = await browser.PostAsync(await browser.GetAsync("/connexion/mot-de-passe-oublie"), "/connexion/mot-de-passe-oublie", new() { ["Email"] = email });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer;
    }
}
