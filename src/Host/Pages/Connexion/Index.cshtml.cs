using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

[EnableRateLimiting(Limits.SignIn)]
public sealed class IndexModel(SignInService signIn, Passkeys passkeys) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Retour { get; set; }

    [BindProperty, Display(Name = "Adresse électronique"), Required(ErrorMessage = "Indiquez votre adresse électronique."), EmailAddress, StringLength(254)]
    public string Email { get; set; } = "";

    [BindProperty, Display(Name = "Mot de passe"), DataType(DataType.Password), StringLength(256)]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "Rester connecté sur cet appareil")]
    public bool Remember { get; set; }

    public IActionResult OnGet() => User.Identity?.IsAuthenticated == true ? LocalRedirect(LocalUrl.Or(Retour, User.Home())) : Page();

    public async Task<IActionResult> OnPostMotDePasseAsync()
    {
        if (string.IsNullOrEmpty(Password))
        {
            ModelState.AddModelError(nameof(Password), "Indiquez votre mot de passe, ou demandez un lien.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        if (await signIn.EvenlyAsync(() => signIn.CheckPasswordAsync(Email, Password!)) is not { } user)
        {
            ModelState.AddModelError("", "L’adresse ou le mot de passe n’est pas le bon, ou le compte est bloqué quelques minutes après plusieurs essais. Vous pouvez aussi demander un lien.");
            return this.Invalid();
        }

        return LocalRedirect(await signIn.ContinueAsync(user, SignInMethod.Password, Remember, Retour));
    }

    /// <summary>A passkey is both factors: something held, unlocked by its owner.</summary>
    public async Task<IActionResult> OnPostCleAccesAsync(string? cle, CancellationToken cancellationToken)
    {
        ModelState.Clear();
        if (await passkeys.CheckAsync(cle, cancellationToken) is { } user)
        {
            return LocalRedirect(LocalUrl.Or(Retour, (await signIn.OpenAsync(user, remember: false, SignInMethod.Passkey, withSecondFactor: true)).Home()));
        }

        ModelState.AddModelError("", "Cette clé d’accès n’ouvre aucun compte actif. Connectez-vous autrement, puis ajoutez-en une dans « Mon compte ».");
        return this.Invalid();
    }

    public async Task<IActionResult> OnPostLienAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        await signIn.EvenlyAsync(async () =>
        {
            await signIn.SendLinkAsync(Email, Retour, cancellationToken);
            return true;
        });
        TempData["Adresse"] = Email;
        return RedirectToPage("LienEnvoye");
    }
}
