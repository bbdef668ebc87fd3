using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>What programs show: a short-lived opaque token (from <c>POST /elsa/api/identity/login</c>) or an API key.</summary>
public sealed class AccessTokens(ApiKeyService keys, UserManager<User> users, IDataProtectionProvider protection, IOptions<SignInSettings> settings, TimeProvider clock)
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("MonOPCO.AccessToken.v1").ToTimeLimitedDataProtector();

    /// <summary>A token that dies with its time, with the account's password and with its security stamp.</summary>
    public async Task<string> IssueAsync(User user) =>
        _protector.Protect($"{user.Id}|{await users.GetSecurityStampAsync(user)}", clock.GetUtcNow() + settings.Value.TokenLifetime);

    /// <summary>The account behind a token or an API key, with the key's scopes; a token, like a session, has all of its account's.</summary>
    public async Task<(User User, string[] Scopes)?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        if (await FindKeyAsync(credential, cancellationToken) is { } found)
        {
            return found;
        }

        try
        {
            var parts = _protector.Unprotect(credential, out var expires).Split('|');
            var user = expires > clock.GetUtcNow() ? await users.FindByIdAsync(parts[0]) : null;
            return user is { MayEnter: true } && await users.GetSecurityStampAsync(user) == parts[1] && !await users.IsLockedOutAsync(user) ? (user, ["*"]) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<(User, string[])?> FindKeyAsync(string credential, CancellationToken cancellationToken) =>
        await keys.FindAsync(credential, clock.GetUtcNow(), cancellationToken) is { } key && await users.FindByIdAsync(key.UserId.ToString()) is { DeactivatedAt: null } user && !await users.IsLockedOutAsync(user)
            ? (user, key.Scopes)
            : null;
}
