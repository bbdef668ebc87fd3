using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;

namespace MonOPCO.Host.SignIn;

/// <summary>Signs people in: password, personal link, passkey, an identity provider. No answer and no duration tells whether an account exists.</summary>
public sealed class SignInService(
    UserManager<User> users, SignInManager<User> signIn, MagicLinkService links, SessionService sessions, SecondFactorService secondFactors, SignInGuard guard, PendingSignIn pending, MailQueue mails,
    IPasswordHasher<User> hasher, IHttpContextAccessor accessor, IOptions<SignInSettings> settings, TimeProvider clock)
{
    /// <summary>Where the second factor is asked for.</summary>
    public const string SecondFactorPath = "/connexion/second-facteur";

    private const string DeviceCookie = "monopco.appareil";

    // Verified when there is no account (or no password), so that this costs the same as a wrong password.
    private static readonly User Nobody = new() { DisplayName = "" };
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<User>().HashPassword(Nobody, Guid.NewGuid().ToString()));

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>Is the address that this request comes from held back?</summary>
    public async Task<bool> IsHeldAsync(AttemptKind kind, CancellationToken cancellationToken)
    {
        if (await guard.HeldUntilAsync(Http.Origin(), clock.GetUtcNow(), cancellationToken) is null)
        {
            return false;
        }

        await NoteAsync(kind, AttemptOutcome.Held, null, null);
        return true;
    }

    /// <summary>The account if the password is right and the account may enter; counts and notes the failures.</summary>
    public async Task<User?> CheckPasswordAsync(string email, string password)
    {
        if (await IsHeldAsync(AttemptKind.Password, Http.RequestAborted))
        {
            hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
            return null;
        }

        var user = await users.FindByEmailAsync(email.Trim());
        if (user?.PasswordHash is null || !user.MayEnter || await users.IsLockedOutAsync(user))
        {
            hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
            await NoteAsync(AttemptKind.Password, user is null ? AttemptOutcome.Unknown : AttemptOutcome.Refused, user, email);
            return null;
        }

        var right = (await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true)).Succeeded;
        await NoteAsync(AttemptKind.Password, right ? AttemptOutcome.Success : AttemptOutcome.Wrong, user, email);
        return right ? user : null;
    }

    /// <summary>After the first factor: opens the session, or leads to the second factor. Gives the address to go to (for <c>LocalRedirect</c>).</summary>
    public async Task<string> ContinueAsync(User user, SignInMethod method, bool remember, string? returnUrl)
    {
        if (await secondFactors.HasAnyAsync(user.Id, Http.RequestAborted))
        {
            pending.Write(new PendingSignIn.Entry(user.Id, method, remember, returnUrl, clock.GetUtcNow()));
            return "~" + SecondFactorPath;
        }

        return LocalUrl.Or(returnUrl, (await OpenAsync(user, remember, method)).Home());
    }

    /// <summary>Opens the session and gives the person it is for. Callers have asked for whatever this account needs.</summary>
    public async Task<ClaimsPrincipal> OpenAsync(User user, bool remember, SignInMethod method = SignInMethod.Link, bool withSecondFactor = false)
    {
        if (!user.MayEnter)
        {
            throw new InvalidOperationException("An account that may not enter was let through.");
        }

        var (now, cancellationToken, rules) = (clock.GetUtcNow(), Http.RequestAborted, settings.Value);
        var (idle, lifetime) = remember ? (rules.RememberedIdle, rules.RememberedLifetime) : (rules.SessionIdle, rules.SessionLifetime);
        var device = Device.Of(Http.Request);
        var session = await sessions.OpenAsync(user, method, device, SignInGuard.Shortened(Http.Address()), idle, lifetime, withSecondFactor, Change(user), cancellationToken);
        var known = await IsKnownDeviceAsync(user, now, cancellationToken);
        // The cookie outlives the row, which says when it is over and why.
        await signIn.SignInWithClaimsAsync(user, new AuthenticationProperties { IsPersistent = remember, ExpiresUtc = now + lifetime + TimeSpan.FromDays(1) }, [new Claim(SessionClaims.Session, session.Id.ToString())]);
        pending.Clear();
        if (!known && method is not (SignInMethod.Demonstration or SignInMethod.Activation) && user.Email is not null)
        {
            var values = new Dictionary<string, string> { ["nom"] = user.DisplayName, ["appareil"] = device, ["reseau"] = session.Network, ["date"] = Fr.DateTime(now) };
            await mails.AddAsync(new QueuedMail("nouvelle-connexion", user.Email, values), cancellationToken);
        }

        return await signIn.CreateUserPrincipalAsync(user);
    }

    /// <summary>Writes the cookie of this session anew, after the account's security stamp changed by its owner's own act.</summary>
    public async Task RefreshAsync(User user)
    {
        if (Http.OpenSession() is { } session)
        {
            var properties = (await Http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Properties ?? new AuthenticationProperties();
            await signIn.SignInWithClaimsAsync(user, properties, [new Claim(SessionClaims.Session, session.Id.ToString())]);
        }
    }

    /// <summary>Ends the session of this request, in the database too.</summary>
    public async Task CloseAsync()
    {
        if (Http.OpenSession() is { } session)
        {
            await sessions.EndAsync(session.Id, session.UserId, SessionEnd.SignedOut, Http.User.Change(clock.GetUtcNow()), Http.RequestAborted);
        }

        pending.Clear();
        await signIn.SignOutAsync();
    }

    /// <summary>Queues a sign-in link if the account exists and its mailbox was not flooded; says nothing either way.</summary>
    public async Task SendLinkAsync(string email, string? returnUrl, CancellationToken cancellationToken)
    {
        if (await IsHeldAsync(AttemptKind.Link, cancellationToken))
        {
            return;
        }

        var user = await users.FindByEmailAsync(email.Trim());
        await NoteAsync(AttemptKind.Link, AttemptOutcome.Asked, user, email);
        if (user?.Email is null || !user.MayEnter)
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

    /// <summary>Uses a sign-in link; gives where to go next, or null when the link does not open any more.</summary>
    public async Task<string?> OpenByLinkAsync(string? token, CancellationToken cancellationToken)
    {
        if (await IsHeldAsync(AttemptKind.Link, cancellationToken))
        {
            return null;
        }

        var used = await links.UseAsync(token ?? "", LinkPurpose.SignIn, Change(), cancellationToken);
        if (used is not { Refusal: null, Link: { Subject: { } subject } link } || await users.FindByIdAsync(subject) is not { MayEnter: true } user)
        {
            await NoteAsync(AttemptKind.Link, used.Refusal == LinkRefusal.Unknown ? AttemptOutcome.Unknown : AttemptOutcome.Refused, null, null);
            return null;
        }

        // Whoever opens the link reads this mailbox.
        await NoteAsync(AttemptKind.Link, AttemptOutcome.Success, user, null);
        user.EmailConfirmed = true;
        await users.UpdateAsync(user);
        return await ContinueAsync(user, SignInMethod.Link, remember: false, (string?)link.Payload?["returnUrl"]);
    }

    /// <summary>The second factor of somebody on the way in: a code of the application or a recovery code. Null: wrong, locked or too late.</summary>
    public async Task<string?> FinishAsync(string code)
    {
        if (await IsHeldAsync(AttemptKind.SecondFactor, Http.RequestAborted) || pending.Read() is not { } entry || await users.FindByIdAsync(entry.UserId.ToString()) is not { MayEnter: true } user)
        {
            return null;
        }

        if (!await CheckCodeAsync(user, code))
        {
            return null;
        }

        return LocalUrl.Or(entry.ReturnUrl, (await OpenAsync(user, entry.Remember, entry.Method, withSecondFactor: true)).Home());
    }

    /// <summary>A code of that account; failures count toward its lock like wrong passwords.</summary>
    public async Task<bool> CheckCodeAsync(User user, string code)
    {
        if (await users.IsLockedOutAsync(user))
        {
            await NoteAsync(AttemptKind.SecondFactor, AttemptOutcome.Refused, user, null);
            return false;
        }

        var right = await secondFactors.VerifyAsync(user.Id, code, Change(user), Http.RequestAborted);
        await NoteAsync(AttemptKind.SecondFactor, right ? AttemptOutcome.Success : AttemptOutcome.Wrong, user, null);
        if (!right)
        {
            await users.AccessFailedAsync(user);
        }

        return right;
    }

    public Task NoteAsync(AttemptKind kind, AttemptOutcome outcome, User? user, string? email) =>
        guard.NoteAsync(kind, outcome, Http.Origin(), user?.Id, user is null ? email : null, settings.Value.Guard, clock.GetUtcNow(), Http.RequestAborted);

    /// <summary>Runs an answer so that it never comes back sooner than the minimum.</summary>
    public async Task<T> EvenlyAsync<T>(Func<Task<T>> answer)
    {
        var floor = Task.Delay(settings.Value.MinimumAnswerTime, clock);
        var result = await answer();
        await floor;
        return result;
    }

    private async Task<bool> IsKnownDeviceAsync(User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Http.Request.Cookies[DeviceCookie] is not { Length: 43 } token)
        {
            token = Tokens.New();
        }

        Http.Response.Cookies.Append(DeviceCookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = Http.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
            IsEssential = true,
            Path = "/",
        });
        return !await sessions.IsNewDeviceAsync(user.Id, Tokens.Hash(token), now, cancellationToken);
    }

    private ChangeContext Change() => ChangeContext.System("Connexion", clock.GetUtcNow());

    private ChangeContext Change(User user) => new(ActorKind.Human, user.DisplayName, user.Id, clock.GetUtcNow());
}
