using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Before a sensitive act: the second factor again, or the password where there is none.</summary>
[DuringEnrolment, EnableRateLimiting(Limits.SignIn)]
public sealed class ConfirmerModel(UserManager<User> users, SignInService signIn, SecondFactorService secondFactors, SessionService sessions, Passkeys passkeys, TimeProvider clock) : AccountPage(users)
{
    [BindProperty(SupportsGet = true)]
    public string? Retour { get; set; }

    [BindProperty, Display(Name = "Code"), StringLength(40)]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "Mot de passe"), DataType(DataType.Password), StringLength(256)]
    public string? MotDePasse { get; set; }

    public bool HasAuthenticator { get; private set; }

    public bool HasPasskeys { get; private set; }

    public bool AsksPassword => !HasAuthenticator && !HasPasskeys && Account.PasswordHash is not null;

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var session = HttpContext.OpenSession();
        if (session is not null && HasAuthenticator && await signIn.CheckCodeAsync(Account, Code ?? ""))
        {
            await sessions.StrengthenAsync(session.Id, Account.Id, "Authenticator", User.Change(clock.GetUtcNow()), cancellationToken);
            return Back();
        }

        if (session is not null && AsksPassword && !string.IsNullOrEmpty(MotDePasse) && await signIn.CheckPasswordAsync(Account.Email!, MotDePasse) is not null)
        {
            await sessions.ConfirmAsync(session.Id, Account.Id, clock.GetUtcNow(), cancellationToken);
            return Back();
        }

        ModelState.AddModelError(AsksPassword ? nameof(MotDePasse) : nameof(Code), AsksPassword ? "Le mot de passe n’est pas le bon." : "Ce code n’est pas le bon ou a déjà servi. Attendez le code suivant de votre application.");
        return this.Invalid();
    }

    public async Task<IActionResult> OnPostCleAccesAsync(string? cle, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (HttpContext.OpenSession() is { } session && await passkeys.CheckAsync(cle, cancellationToken) is { } user && user.Id == Account.Id)
        {
            await sessions.StrengthenAsync(session.Id, Account.Id, "Passkey", User.Change(clock.GetUtcNow()), cancellationToken);
            return Back();
        }

        ModelState.AddModelError("", "Cette clé d’accès n’est pas celle de ce compte.");
        return this.Invalid();
    }

    private LocalRedirectResult Back() => LocalRedirect(LocalUrl.Or(Retour, User.Home()));

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        HasAuthenticator = await secondFactors.HasAuthenticatorAsync(Account.Id, cancellationToken);
        HasPasskeys = (await Users.GetPasskeysAsync(Account)).Count > 0;
    }
}
