using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

/// <summary>A Host where roles must have their second factor, as in production.</summary>
public class AccountsFixture : HostFixture
{
    protected override bool SecondFactorIsCompulsory => true;

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = "web", ["SignIn:Guard:Failures"] = "100000", ["SignIn:Guard:Targets"] = "100000" };

    /// <summary>An administrator's browser, its second factor set and given.</summary>
    public async Task<(Browser Browser, User User, byte[] Secret)> AdminAsync(string role = Roles.SuperAdmin)
    {
        var user = await CreateUserAsync(role);
        var browser = Visitor();
        await browser.SignInAsync(user.Email!, Password);
        var secret = await EnrolAsync(browser);
        return (browser, user, secret);
    }

    /// <summary>Sets the authenticator up through its page.</summary>
    public async Task<byte[]> EnrolAsync(Browser browser)
    {
        var page = await browser.GetAsync("/mon-compte/second-facteur");
        var secret = SecretOf(page);
        var done = await browser.PostAsync(page, "/mon-compte/second-facteur", new() { ["Code"] = CodeOf(secret) });
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Contains("Vos codes de secours", done.Text);
        return secret;
    }

    public static byte[] SecretOf(HtmlPage page) => Totp.Decode(System.Text.RegularExpressions.Regex.Match(page.Html, "mo-secret\">([^<]+)<").Groups[1].Value);

    public string CodeOf(byte[] secret) => Totp.CodeAt(secret, Totp.StepOf(Clock.GetUtcNow()));

    /// <summary>The link of the last mail to that address, ready to open.</summary>
    public async Task<string> LinkToAsync(string email, string template)
    {
        var link = Mails.Last(x => x.Recipient == email && x.Template == template).Link!;
        return link.Path + await WithAsync((MagicLinkService links) => Task.FromResult(links.TokenOf(link.Id)));
    }

    public Task<List<AuditEntry>> HistoryAsync(Guid userId) => WithAsync((MonOpcoDbContext db) => db.AuditEntries.AsNoTracking().Where(x => x.Subject == Accounts.Subject && x.SubjectId == userId.ToString()).OrderBy(x => x.Id).ToListAsync());

    public Task<User> ReadAsync(Guid id) => WithAsync((MonOpcoDbContext db) => db.Users.AsNoTracking().SingleAsync(x => x.Id == id));
}
