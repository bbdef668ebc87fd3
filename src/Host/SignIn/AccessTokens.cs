using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>What programs show: a short-lived opaque token (from <c>POST /elsa/api/identity/login</c>) or an API key.</summary>
public sealed class AccessTokens(MonOpcoDbContext database, UserManager<User> users, IDataProtectionProvider protection, IOptions<SignInSettings> settings, TimeProvider clock)
{
    private const string KeyPrefix = "mo_";
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("MonOPCO.AccessToken.v1").ToTimeLimitedDataProtector();

    /// <summary>A token that dies with its time, with the account's password and with its security stamp.</summary>
    public async Task<string> IssueAsync(User user) =>
        _protector.Protect($"{user.Id}|{await users.GetSecurityStampAsync(user)}", clock.GetUtcNow() + settings.Value.TokenLifetime);

    /// <summary>The account behind a token or an API key, with the key's scopes.</summary>
    public async Task<(User User, string[] Scopes)?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        if (credential.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            return await FindKeyAsync(credential, cancellationToken);
        }

        try
        {
            var parts = _protector.Unprotect(credential, out var expires).Split('|');
            var user = expires > clock.GetUtcNow() ? await users.FindByIdAsync(parts[0]) : null;
            return user is not null && await users.GetSecurityStampAsync(user) == parts[1] && !await users.IsLockedOutAsync(user) ? (user, []) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Makes an API key; its text is shown once and stored hashed.</summary>
    public async Task<string> CreateKeyAsync(User user, string name, string[] scopes, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var key = KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        database.ApiKeys.Add(new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            Name = name,
            Prefix = key[..9],
            Hash = Hash(key),
            Scopes = scopes,
            UserId = user.Id,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
        await database.SaveChangesAsync(cancellationToken);
        return key;
    }

    private async Task<(User, string[])?> FindKeyAsync(string credential, CancellationToken cancellationToken)
    {
        var hash = Hash(credential);
        var now = clock.GetUtcNow();
        var key = await database.ApiKeys.AsNoTracking().SingleOrDefaultAsync(x => x.Hash == hash && x.RevokedAt == null && x.ExpiresAt > now, cancellationToken);
        return key is not null && await users.FindByIdAsync(key.UserId.ToString()) is { } user && !await users.IsLockedOutAsync(user) ? (user, key.Scopes) : null;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
