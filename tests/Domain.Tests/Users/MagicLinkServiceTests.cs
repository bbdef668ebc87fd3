using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tests.Users;

public sealed class MagicLinkServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    [Trait("Requirement", "S004-3.5")]
    public async Task Use_TenAtOnce_OpensOnce()
    {
        var token = await CreateAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => UseAsync(token)));
        Assert.Single(results, x => x.Refusal is null && x.Link!.Email == "Anna@Exemple.test");
        Assert.Equal(9, results.Count(x => x.Refusal == LinkRefusal.AlreadyUsed));
    }

    [Fact]
    public async Task Use_ExpiredWrongPurposeOrUnknown_SaysWhy()
    {
        var token = await CreateAsync();
        Assert.Equal(LinkRefusal.WrongPurpose, (await UseAsync(token, LinkPurpose.SignIn)).Refusal);
        Assert.Equal(LinkRefusal.Expired, (await UseAsync(token, now: DomainFixture.Now.AddMinutes(15))).Refusal);
        Assert.Equal(LinkRefusal.Unknown, (await UseAsync(token + "x")).Refusal);
        Assert.Null((await UseAsync(token)).Refusal);
    }

    [Fact]
    public async Task Create_Token_IsNotStored()
    {
        var token = await CreateAsync();
        Assert.True(await fixture.InDbAsync(db => db.MagicLinks.AnyAsync(x => x.TokenHash == Tokens.Hash(token))));
        Assert.DoesNotContain(await fixture.InDbAsync(db => db.AuditEntries.ToListAsync()), x => (x.NewValues?.ToJsonString() ?? "").Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task UseCode_FiveWrongTries_KillTheCode()
    {
        var code = await fixture.InScopeAsync<MagicLinkService, string>(x => x.CreateCodeAsync("bob@exemple.test", TimeSpan.FromMinutes(10), DomainFixture.Change(), CancellationToken.None));
        for (var i = 0; i < 5; i++)
        {
            Assert.False(await UseCodeAsync(code == "000000" ? "000001" : "000000"));
        }

        Assert.False(await UseCodeAsync(code));
        var second = await fixture.InScopeAsync<MagicLinkService, string>(x => x.CreateCodeAsync("BOB@exemple.test", TimeSpan.FromMinutes(10), DomainFixture.Change(DomainFixture.Now.AddSeconds(1)), CancellationToken.None));
        Assert.True(await UseCodeAsync(second.Insert(3, " ")));
        Assert.False(await UseCodeAsync(second));
    }

    [Fact]
    public async Task ApiKey_ScopeExpiryAndRevocation_AreKept()
    {
        var user = new User { DisplayName = "Programme", UserName = $"p{Guid.NewGuid():N}" };
        await fixture.InDbAsync(db =>
        {
            db.Users.Add(user);
            return db.SaveChangesAsync();
        });
        var (key, text) = await fixture.InScopeAsync<ApiKeyService, (ApiKey, string)>(x => x.CreateAsync("CRM", user.Id, ["dossiers:read"], TimeSpan.FromDays(30), DomainFixture.Change(), CancellationToken.None));
        Assert.True(ApiKeyService.Allows((await FindAsync(text, DomainFixture.Now))!, "dossiers:read"));
        Assert.False(ApiKeyService.Allows(key, "dossiers:write"));
        Assert.Null(await FindAsync(text, DomainFixture.Now.AddDays(31)));
        Assert.Null(await FindAsync(text[..^1], DomainFixture.Now));
        Assert.True(await fixture.InScopeAsync<ApiKeyService, bool>(x => x.RevokeAsync(key.Id, DomainFixture.Change(), CancellationToken.None)));
        Assert.Null(await FindAsync(text, DomainFixture.Now));
    }

    private async Task<string> CreateAsync() => (await fixture.InScopeAsync<MagicLinkService, (MagicLink Link, string Token)>(
        x => x.CreateAsync(LinkPurpose.CheckEmail, "Anna@Exemple.test", TimeSpan.FromMinutes(15), DomainFixture.Change(), CancellationToken.None))).Token;

    private Task<LinkResult> UseAsync(string token, LinkPurpose purpose = LinkPurpose.CheckEmail, DateTimeOffset? now = null) =>
        fixture.InScopeAsync<MagicLinkService, LinkResult>(x => x.UseAsync(token, purpose, DomainFixture.Change(now), CancellationToken.None));

    private Task<bool> UseCodeAsync(string code) => fixture.InScopeAsync<MagicLinkService, bool>(x => x.UseCodeAsync("Bob@exemple.test", code, DomainFixture.Now.AddSeconds(2), CancellationToken.None));

    private Task<ApiKey?> FindAsync(string text, DateTimeOffset now) => fixture.InScopeAsync<ApiKeyService, ApiKey?>(x => x.FindAsync(text, now, CancellationToken.None));
}
