using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.SignIn;

/// <summary>Hosts are stateless: keys are in the database, and there only as the master key makes them readable.</summary>
public sealed class ProtectionKeysTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Cookie_OfOneHost_OpensTheSessionOnAnother()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        using var first = host.Visitor().Client;
        var browser = new Browser(first);
        var page = await browser.GetAsync("/connexion");
        var signedIn = await browser.PostAsync(page, "/connexion", new() { ["Email"] = user.Email!, ["Password"] = HostFixture.Password }, "MotDePasse");
        var cookie = signedIn.Response.Headers.GetValues("Set-Cookie").Single(x => x.StartsWith("monopco=", StringComparison.Ordinal)).Split(';')[0];

        await using var other = host.AnotherHost();
        using var client = other.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false, BaseAddress = new Uri("https://localhost") });
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/taches")).StatusCode);
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/taches")).StatusCode);
    }

    [Fact]
    public async Task Keys_InTheDatabase_AreUnreadableWithoutTheMasterKey()
    {
        var sealedText = host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("essai").Protect("secret");
        var rows = await host.WithAsync((MonOpcoDbContext db) => db.ProtectionKeys.AsNoTracking().Select(x => x.Xml).ToListAsync());
        Assert.NotEmpty(rows);
        Assert.All(rows, xml =>
        {
            Assert.Contains("<masterKey", xml);
            Assert.DoesNotContain("<masterKey></masterKey>", xml);
            Assert.DoesNotContain("<value>", xml);
        });
        Assert.All(host.Services.GetRequiredService<IKeyManager>().GetAllKeys(), key => Assert.NotNull(key.CreateEncryptor()));

        await using var other = host.AnotherHost();
        Assert.Equal("secret", other.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("essai").Unprotect(sealedText));
    }

    [Fact]
    public async Task Session_AccountChangedElsewhere_EndsAtOnce()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/taches")).Status);
        await host.WithAsync(async (UserManager<User> users) => await users.UpdateSecurityStampAsync((await users.FindByIdAsync(user.Id.ToString()))!));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/taches")).Status);
    }
}
