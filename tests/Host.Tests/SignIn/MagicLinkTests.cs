using System.Net;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.SignIn;

public sealed class MagicLinkTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Link_OpenedByScannerThenConfirmed_SignsInOnce()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise, password: null);
        var url = await AskAsync(user.Email!);

        // A program that scans mail opens the link, twice: nothing is used up.
        Assert.Equal(HttpStatusCode.OK, (await host.Visitor().GetAsync(url)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Visitor().GetAsync(url)).Status);

        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        Assert.Contains("•••@exemple.fr", page.Text);
        Assert.Equal("/espace", (await browser.PostAsync(page, "/connexion/lien", [])).Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/espace")).Status);

        var second = host.Visitor();
        var used = await second.PostAsync(await second.GetAsync(url), "/connexion/lien", []);
        Assert.Equal(HttpStatusCode.Gone, used.Status);
        Assert.Contains("Ce lien a déjà servi", used.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await second.GetAsync("/espace")).Status);

        // The page of the used link gives a new one, which opens.
        Assert.EndsWith("/connexion/lien-envoye", (await second.PostAsync(used, "/connexion/lien", [], "Nouveau")).Location);
        var fresh = await UrlOfLastMailAsync(user.Email!);
        Assert.NotEqual(url, fresh);
        Assert.Equal("/espace", (await second.PostAsync(await second.GetAsync(fresh), "/connexion/lien", [])).Location);
    }

    [Fact]
    public async Task Link_Expired_OffersANewOneOnTheSamePage()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise, password: null);
        var url = await AskAsync(user.Email!);
        host.Clock.Advance(TimeSpan.FromMinutes(31));

        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Contains("Ce lien a expiré", page.Text);
        Assert.Equal(HttpStatusCode.Gone, (await browser.PostAsync(page, "/connexion/lien", [])).Status);

        Assert.EndsWith("/connexion/lien-envoye", (await browser.PostAsync(page, "/connexion/lien", [], "Nouveau")).Location);
        var fresh = await UrlOfLastMailAsync(user.Email!);
        Assert.NotEqual(url, fresh);
        Assert.Equal("/espace", (await browser.PostAsync(await browser.GetAsync(fresh), "/connexion/lien", [])).Location);
    }

    [Fact]
    public async Task Link_Unknown_SaysSo()
    {
        var page = await host.Visitor().GetAsync("/connexion/lien?jeton=nimportequoi");
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Contains("Ce lien n’est pas valable", page.Text);
    }

    [Fact]
    public async Task Ask_UnknownAddress_SameAnswerAndNoMail()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var known = await SendAsync(user.Email!);
        var before = host.Mails.Count;
        var unknown = await SendAsync("personne@exemple.fr");
        Assert.Equal(known.Location, unknown.Location);
        Assert.Equal(before, host.Mails.Count);
    }

    [Fact]
    public async Task Ask_FormSentTwice_IsOneMail()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var browser = host.Visitor();
        var page = await browser.GetAsync("/connexion");
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => browser.PostAsync(page, "/connexion", new() { ["Email"] = user.Email!, ["Password"] = "" }, "Lien")));
        Assert.All(answers, x => Assert.EndsWith("/connexion/lien-envoye", x.Location));
        Assert.Single(host.Mails, x => x.Recipient == user.Email);
    }

    [Fact]
    public async Task Ask_TooOften_MailboxIsNotFlooded()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        for (var i = 0; i < 9; i++)
        {
            await SendAsync(user.Email!);
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(6, host.Mails.Count(x => x.Recipient == user.Email));
    }

    [Fact]
    public async Task Mail_CarriesNoSecret()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var token = (await AskAsync(user.Email!)).Split('=')[1];
        var mail = host.Mails.Last(x => x.Recipient == user.Email);
        Assert.DoesNotContain(mail.Values.Values, x => x.Contains(token, StringComparison.Ordinal));
    }

    private async Task<string> AskAsync(string email)
    {
        Assert.EndsWith("/connexion/lien-envoye", (await SendAsync(email)).Location);
        return await UrlOfLastMailAsync(email);
    }

    private async Task<HtmlPage> SendAsync(string email)
    {
        var browser = host.Visitor();
        return await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = "" }, "Lien");
    }

    private async Task<string> UrlOfLastMailAsync(string email)
    {
        var link = host.Mails.Last(x => x.Recipient == email).Link!;
        return link.Path + await host.WithAsync((MagicLinkService links) => Task.FromResult(links.TokenOf(link.Id)));
    }
}
