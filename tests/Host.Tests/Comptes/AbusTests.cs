using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

/// <summary>A Host that believes the address a proxy names, so that a test can come from anywhere.</summary>
public sealed class AbuseFixture : AccountsFixture
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = "web", ["SignIn:Guard:Failures"] = "12", ["SignIn:Guard:Targets"] = "5" };

    protected override void Configure(IServiceCollection services) => services.AddSingleton<IStartupFilter, SomeAddress>();

    /// <summary>A visitor from that address.</summary>
    public Browser From(string address)
    {
        var browser = Visitor();
        browser.Client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return browser;
    }

    // The test server has no network; what is in front of a real one is on loopback.
    private sealed class SomeAddress : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, then) =>
            {
                context.Connection.RemoteIpAddress ??= IPAddress.Loopback;
                return then(context);
            });
            next(app);
        };
    }
}

public sealed class AbusTests(AbuseFixture host) : IClassFixture<AbuseFixture>
{
    [Fact]
    public async Task BruteForce_OnOneAccount_LocksItAndIsVisible()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.Operateur);

        // From many addresses, so that none of them is held back.
        for (var i = 0; i < 6; i++)
        {
            await TryAsync(host.From($"198.51.100.{i + 1}"), user.Email!, "faux " + i);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(host.From("198.51.100.200"), user.Email!, HostFixture.Password)).Status);
        await host.SqlAsync($"update users set display_name = 'Personne Visée' where id = '{user.Id}'");
        var page = await admin.GetAsync("/admin/securite");
        Assert.Contains("Personne Visée", page.Text);
        Assert.Contains("198.51.100.1", page.Text);
        await admin.PostAsync(page, "/admin/securite", new() { ["id"] = user.Id.ToString() }, "Debloquer");
        await host.From("198.51.100.200").SignInAsync(user.Email!, HostFixture.Password);
    }

    [Fact]
    public async Task Spraying_ManyAccountsFromOneAddress_HoldsTheAddressOnEveryHost()
    {
        var (admin, _, _) = await host.AdminAsync();
        const string attacker = "203.0.113.50";
        var users = new List<User>();
        for (var i = 0; i < 5; i++)
        {
            users.Add(await host.CreateUserAsync(Roles.Operateur));
            await TryAsync(host.From(attacker), users[^1].Email!, "Printemps2026!");
        }

        // Held: even a right password gets the very same answer, and it is not looked at.
        var wrong = await TryAsync(host.From(attacker), users[0].Email!, "encore faux");
        var right = await TryAsync(host.From(attacker), users[0].Email!, HostFixture.Password);
        Assert.Equal(HttpStatusCode.BadRequest, right.Status);
        Assert.Equal(wrong.Text, right.Text);
        await host.From("203.0.113.51").SignInAsync(users[0].Email!, HostFixture.Password);
        await using (var another = host.AnotherHost())
        {
            using var client = another.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") });
            client.DefaultRequestHeaders.Add("X-Forwarded-For", attacker);
            Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(new Browser(client), users[1].Email!, HostFixture.Password)).Status);
        }

        var page = await admin.GetAsync("/admin/securite");
        Assert.Contains(attacker, page.Text);
        Assert.Contains("sur 5 comptes", page.Text);
        var hold = await host.WithAsync((MonOpcoDbContext db) => db.AddressHolds.AsNoTracking().SingleAsync(x => x.Address == attacker));
        await admin.PostAsync(page, "/admin/securite", new() { ["id"] = hold.Id.ToString() }, "Liberer");
        await host.From(attacker).SignInAsync(users[0].Email!, HostFixture.Password);
        Assert.Equal(["Held", "Released"], await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Where(x => x.Subject == "address-hold" && x.SubjectId == hold.Id.ToString()).OrderBy(x => x.Id).Select(x => x.Action).ToListAsync()));
    }

    [Fact]
    public async Task UnknownAddresses_AreKeptOnlyAsKeyedHashes()
    {
        await TryAsync(host.From("192.0.2.9"), "invente@exemple.fr", "faux");
        var attempt = await host.WithAsync((MonOpcoDbContext db) => db.SignInAttempts.AsNoTracking().OrderByDescending(x => x.Id).FirstAsync(x => x.Address == "192.0.2.9"));
        Assert.Equal((AttemptOutcome.Unknown, 32), (attempt.Outcome, attempt.EmailHash!.Length));
        Assert.Null(attempt.UserId);
    }

    [Fact]
    public async Task Holds_GrowLonger_AndEndByThemselves()
    {
        const string address = "192.0.2.77";
        for (var round = 1; round <= 2; round++)
        {
            for (var i = 0; i < 12; i++)
            {
                await TryAsync(host.From(address), $"personne{i % 2}@exemple.fr", "faux");
            }

            var hold = await host.WithAsync((MonOpcoDbContext db) => db.AddressHolds.AsNoTracking().Where(x => x.Address == address).OrderByDescending(x => x.Since).FirstAsync());
            Assert.Equal(TimeSpan.FromMinutes(15 * round), hold.Until - hold.Since);
            host.Clock.Advance(TimeSpan.FromMinutes((15 * round) + 1));
        }

        var user = await host.CreateUserAsync(Roles.Operateur);
        await host.From(address).SignInAsync(user.Email!, HostFixture.Password);
    }

    private static async Task<HtmlPage> TryAsync(Browser browser, string email, string password) =>
        await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = password }, "MotDePasse");
}
