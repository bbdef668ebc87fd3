using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Signs people in by password or by personal link. No answer and no duration tells whether an account exists.</summary>
public sealed class SignInService(
    UserManager<User> users, SignInManager<User> session, MagicLinkService links, MailQueue mails, IPasswordHasher<User> hasher, IOptions<SignInSettings> settings, TimeProvider clock)
{
    // Verified when there is no account (or no password), so that this costs the same as a wrong password.
    private static readonly User Nobody = new() { DisplayName = "" };
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<User>().HashPassword(Nobody, Guid.NewGuid().ToString()));

    /// <summary>The account if the password is right and the account not locked; counts the failures.</summary>
    public async Task<User?> CheckPasswordAsync(string email, string password)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user?.PasswordHash is null || await users.IsLockedOutAsync(user))
        {
            hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
            return null;
        }

        return (await session.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true)).Succeeded ? user : null;
    }

    /// <summary>Opens the session and gives the person it is for.</summary>
    public async Task<ClaimsPrincipal> OpenAsync(User user, bool remember)
    {
        user.LastSignInAt = clock.GetUtcNow();
        await users.UpdateAsync(user);
        await session.SignInAsync(user, remember);
        return await session.CreateUserPrincipalAsync(user);
    }

    public Task CloseAsync() => session.SignOutAsync();

    /// <summary>Queues a sign-in link if the account exists and its mailbox was not flooded; says nothing either way.</summary>
    public async Task SendLinkAsync(string email, string? returnUrl, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user?.Email is null)
        {
            return;
        }

        var payload = LocalUrl.IsLocal(returnUrl) ? new JsonObject { ["returnUrl"] = returnUrl } : null;
        if (await links.CreateOnceAsync(LinkPurpose.SignIn, user.Email, settings.Value.LinkLifetime, settings.Value.LinksPerHour, Change(), cancellationToken, user.Id.ToString(), payload) is not { } link)
        {
            return;
        }

        var values = new Dictionary<string, string> { ["nom"] = user.DisplayName, ["fin"] = Fr.DateTime(link.ExpiresAt) };
        await mails.AddAsync(new QueuedMail("connexion", user.Email, values, new MailLink(link.Id, "/connexion/lien?jeton=")), cancellationToken);
    }

    /// <summary>Looks at a sign-in link without using it.</summary>
    public Task<LinkResult> PeekAsync(string? token, CancellationToken cancellationToken) => links.PeekAsync(token ?? "", LinkPurpose.SignIn, clock.GetUtcNow(), cancellationToken);

    /// <summary>Uses a sign-in link and opens the session of its account; null when the link does not open any more.</summary>
    public async Task<(MagicLink Link, ClaimsPrincipal Person)?> OpenByLinkAsync(string? token, CancellationToken cancellationToken)
    {
        var used = await links.UseAsync(token ?? "", LinkPurpose.SignIn, Change(), cancellationToken);
        if (used is not { Refusal: null, Link: { Subject: { } subject } link } || await users.FindByIdAsync(subject) is not { } user)
        {
            return null;
        }

        // Whoever opens the link reads this mailbox.
        user.EmailConfirmed = true;
        return (link, await OpenAsync(user, remember: false));
    }

    /// <summary>Runs an answer so that it never comes back sooner than the minimum.</summary>
    public async Task<T> EvenlyAsync<T>(Func<Task<T>> answer)
    {
        var floor = Task.Delay(settings.Value.MinimumAnswerTime, clock);
        var result = await answer();
        await floor;
        return result;
    }

    private ChangeContext Change() => ChangeContext.System("Connexion", clock.GetUtcNow());
}
