using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;

namespace MonOPCO.Host.SignIn;

/// <summary>Where to go, or why not. A refusal does not say whether there is an account: the provider's own people are told to ask.</summary>
public sealed record ExternalResult(string? Next, string? Refusal);

/// <summary>From a provider's answer, already proved, to an account of ours.</summary>
public sealed class ExternalSignIn(IdentityProviders providers, UserManager<User> users, ExternalAccounts accounts, SignInService signIn, IHttpContextAccessor accessor, TimeProvider clock)
{
    private const string NoAccount = "Aucun compte actif de MonOPCO ne correspond à votre compte d’entreprise. Demandez une invitation à votre administrateur.";

    public async Task<ExternalResult> FinishAsync(string? returnUrl, CancellationToken cancellationToken)
    {
        var http = accessor.HttpContext!;
        var answer = await http.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        if (answer is not { Succeeded: true, Principal: { } person, Properties: { } properties } || providers.All.FirstOrDefault(x => properties.Items[".AuthScheme"] == x.Scheme) is not { } provider
            || person.FindFirstValue("sub") is not { Length: > 0 } subject)
        {
            return new ExternalResult(null, "La connexion par le compte de votre entreprise n’a pas abouti. Recommencez.");
        }

        if (await signIn.IsHeldAsync(AttemptKind.OpenIdConnect, cancellationToken))
        {
            return new ExternalResult(null, NoAccount);
        }

        var email = person.FindFirstValue("email");
        var user = await users.FindByLoginAsync(provider.Scheme, subject);
        if (user is null && (email is null || !provider.SpeaksFor(email) || !(provider.TrustsEmail || person.FindFirstValue("email_verified") is "true" or "True")))
        {
            await signIn.NoteAsync(AttemptKind.OpenIdConnect, AttemptOutcome.Refused, null, email);
            return new ExternalResult(null, "Votre entreprise ne garantit pas cette adresse : MonOPCO ne peut pas s’y fier.");
        }

        user ??= await users.FindByEmailAsync(email!);
        if (user is null && provider.SelfRegistration)
        {
            user = await accounts.RegisterAsync(email!, person.FindFirstValue("name") ?? email!, RolesOf(provider, person), provider.CompanySiret, clock.GetUtcNow(), cancellationToken);
        }

        if (user is null || user.DeactivatedAt is not null || user.IsService)
        {
            await signIn.NoteAsync(AttemptKind.OpenIdConnect, user is null ? AttemptOutcome.Unknown : AttemptOutcome.Refused, user, email);
            return new ExternalResult(null, NoAccount);
        }

        user = await accounts.LinkAsync(user, new UserLoginInfo(provider.Scheme, subject, provider.Label), new ChangeContext(ActorKind.Human, user.DisplayName, user.Id, clock.GetUtcNow()), cancellationToken);
        await signIn.NoteAsync(AttemptKind.OpenIdConnect, AttemptOutcome.Success, user, null);
        if (provider.AcceptsTheirSecondFactor && person.FindAll("amr").Any(x => x.Value == "mfa"))
        {
            return new ExternalResult(LocalUrl.Or(returnUrl, (await signIn.OpenAsync(user, remember: false, SignInMethod.OpenIdConnect, withSecondFactor: true)).Home()), null);
        }

        return new ExternalResult(await signIn.ContinueAsync(user, SignInMethod.OpenIdConnect, remember: false, returnUrl), null);
    }

    private static List<string> RolesOf(OpenIdConnectSettings provider, ClaimsPrincipal person)
    {
        var groups = person.FindAll(provider.GroupClaim).Select(x => x.Value).Append("*").ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. provider.Roles.Where(x => groups.Contains(x.Key)).Select(x => x.Value).Distinct()];
    }
}
