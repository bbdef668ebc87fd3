using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>The second half of a sign-in. Nothing is open before it.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class SecondFacteurModel(SignInService signIn, PendingSignIn pending, SecondFactorService secondFactors, Passkeys passkeys, UserManager<User> users) : PageModel
{
    [BindProperty, Display(Name = "Code"), Required(ErrorMessage = "Tapez le code à six chiffres, ou un code de secours."), StringLength(40)]
    public string Code { get; set; } = "";

    public bool HasAuthenticator { get; private set; }

    public bool HasPasskeys { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await LoadAsync(cancellationToken) ? Page() : LocalRedirect("~/connexion");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return LocalRedirect("~/connexion");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        if (await signIn.FinishAsync(Code) is { } next)
        {
            return LocalRedirect(next);
        }

        ModelState.AddModelError(nameof(Code), "Ce code n’est pas le bon ou a déjà servi, ou le compte est bloqué quelques minutes après plusieurs essais. Attendez le code suivant de votre application.");
        return this.Invalid();
    }

    public async Task<IActionResult> OnPostCleAccesAsync(string? cle, CancellationToken cancellationToken)
    {
        if (pending.Read() is not { } entry || !await LoadAsync(cancellationToken))
        {
            return LocalRedirect("~/connexion");
        }

        ModelState.Clear();
        if (await passkeys.CheckAsync(cle, cancellationToken) is { } user && user.Id == entry.UserId)
        {
            return LocalRedirect(LocalUrl.Or(entry.ReturnUrl, (await signIn.OpenAsync(user, entry.Remember, entry.Method, withSecondFactor: true)).Home()));
        }

        ModelState.AddModelError("", "Cette clé d’accès n’est pas celle de ce compte.");
        return this.Invalid();
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (pending.Read() is not { } entry || await users.FindByIdAsync(entry.UserId.ToString()) is not { MayEnter: true } user)
        {
            return false;
        }

        HasAuthenticator = await secondFactors.HasAuthenticatorAsync(user.Id, cancellationToken);
        HasPasskeys = (await users.GetPasskeysAsync(user)).Count > 0;
        return true;
    }
}
