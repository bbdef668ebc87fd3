using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Tests.Comptes;

[Collection(AccountTests.Name)]
public sealed class SessionsTests(AccountsFixture host)
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Fact]
    public async Task List_ShowsDevicesInWords_AndEndsOneOrAllOthers()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var (here, there, elsewhere) = (await OpenAsync(user), await OpenAsync(user, Firefox), await OpenAsync(user));
        var page = await here.GetAsync("/mon-compte/sessions");
        Assert.Contains("Firefox sous Windows", page.Text);
        Assert.Contains("Cette session", page.Text);
        var theirs = await host.WithAsync((MonOpcoDbContext db) => db.UserSessions.AsNoTracking().SingleAsync(x => x.UserId == user.Id && x.Device == "Firefox sous Windows"));
        Assert.Equal("/mon-compte/sessions", (await here.PostAsync(page, "/mon-compte/sessions", new() { ["session"] = theirs.Id.ToString() }, "Fermer")).Location);
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync("/console")).Status);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/console")).Status);

        await here.PostAsync(await here.GetAsync("/mon-compte/sessions"), "/mon-compte/sessions", [], "Autres");
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/console")).Status);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/console")).Status);

        // Somebody else's session does not exist.
        var stranger = await OpenAsync(await host.CreateUserAsync(Roles.Operateur));
        var mine = await host.WithAsync((MonOpcoDbContext db) => db.UserSessions.AsNoTracking().SingleAsync(x => x.UserId == user.Id && x.EndedAt == null));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync(await stranger.GetAsync("/mon-compte/sessions"), "/mon-compte/sessions", new() { ["session"] = mine.Id.ToString() }, "Fermer")).Status);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task Administrator_SeesAndEndsThem()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = await OpenAsync(user, Firefox);
        var sheet = $"/admin/comptes/{user.Id}";
        var page = await admin.GetAsync(sheet);
        Assert.Contains("Firefox sous Windows", page.Text);
        await admin.PostAsync(page, sheet, [], "Session");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task CookieKeptAfterSignOut_OpensNothing()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        var answer = await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = user.Email!, ["Password"] = HostFixture.Password }, "MotDePasse");
        var cookie = answer.Response.Headers.GetValues("Set-Cookie").Single(x => x.StartsWith("monopco=", StringComparison.Ordinal)).Split(';')[0];
        await browser.PostAsync(await browser.GetAsync("/deconnexion"), "/deconnexion", []);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console");
        request.Headers.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Visitor().Client.SendAsync(request)).StatusCode);
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "SignedOut");
    }

    [Fact]
    public async Task Session_IdleOrTooOld_Ends()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var idle = await OpenAsync(user);
        host.Clock.Advance(TimeSpan.FromHours(4) + TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Redirect, (await idle.GetAsync("/console")).Status);

        var busy = await OpenAsync(user);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/console")).Status);
            host.Clock.Advance(TimeSpan.FromHours(3));
        }

        Assert.Equal(HttpStatusCode.Redirect, (await busy.GetAsync("/console")).Status);
        var ends = await host.WithAsync((MonOpcoDbContext db) => db.UserSessions.AsNoTracking().Where(x => x.UserId == user.Id).OrderBy(x => x.StartedAt).Select(x => x.EndReason).ToListAsync());
        Assert.Equal([SessionEnd.Idle, SessionEnd.TooOld], ends.Select(x => x!.Value));
    }

    [Fact]
    public async Task NewDevice_IsToldByMail_KnownOneIsNot()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var first = host.Visitor();
        await first.SignInAsync(user.Email!, HostFixture.Password);
        await first.PostAsync(await first.GetAsync("/deconnexion"), "/deconnexion", []);
        await first.SignInAsync(user.Email!, HostFixture.Password);
        Assert.DoesNotContain(host.Mails, x => x.Recipient == user.Email && x.Template == "nouvelle-connexion");
        await OpenAsync(user, Firefox);
        var mail = Assert.Single(host.Mails, x => x.Recipient == user.Email && x.Template == "nouvelle-connexion");
        Assert.Equal("Firefox sous Windows", mail.Values["appareil"]);
    }

    [Theory]
    [InlineData(Firefox, "Firefox sous Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari sur iPhone")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge sous Windows")]
    [InlineData("Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome sous Android")]
    [InlineData("", "Appareil inconnu")]
    public void Device_InWords(string agent, string words) => Assert.Equal(words, Device.Of(agent));

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.77", "203.0.113.x")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:…")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.x")]
    public void Origin_AndItsShortForm(string address, string origin, string shortened)
    {
        Assert.Equal(origin, SignInGuard.OriginOf(IPAddress.Parse(address)));
        Assert.Equal(shortened, SignInGuard.Shortened(IPAddress.Parse(address)));
    }

    private async Task<Browser> OpenAsync(User user, string? agent = null)
    {
        var browser = host.Visitor();
        if (agent is not null)
        {
            browser.Client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        }

        await browser.SignInAsync(user.Email!, HostFixture.Password);
        return browser;
    }
}
