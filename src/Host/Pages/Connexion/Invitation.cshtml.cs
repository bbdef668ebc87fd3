using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>The invited person opens the account: name, conditions, and a way to sign in – a password, or a passkey made right after.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class InvitationModel(SignInService signIn, Accounts accounts, UserManager<User> users, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Jeton { get; set; }

    [BindProperty, Display(Name = "Prénom et nom"), Required(ErrorMessage = "Indiquez votre nom."), StringLength(120)]
    public string Nom { get; set; } = "";

    [BindProperty, Display(Name = "Mot de passe"), DataType(DataType.Password), StringLength(256)]
    public string? MotDePasse { get; set; }

    [BindProperty, Display(Name = "J’ai lu comment MonOPCO traite mes données et j’accepte ses conditions d’utilisation")]
    public bool Conditions { get; set; }

    public string? Email { get; private set; }

    public LinkRefusal? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        if (await PeekAsync(cancellationToken) is { } user)
        {
            Nom = user.DisplayName;
        }

        return Shown();
    }

    /// <summary>Activates with a password.</summary>
    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(MotDePasse))
        {
            ModelState.AddModelError(nameof(MotDePasse), "Choisissez un mot de passe, ou activez avec une clé d’accès.");
        }

        return ActivateAsync(MotDePasse, null, cancellationToken);
    }

    /// <summary>Activates without a password; the next page makes the passkey.</summary>
    public Task<IActionResult> OnPostCleAccesAsync(CancellationToken cancellationToken)
    {
        ModelState.Remove(nameof(MotDePasse));
        return ActivateAsync(null, "/mon-compte/cles-acces", cancellationToken);
    }

    private async Task<IActionResult> ActivateAsync(string? password, string? then, CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken) is not { } invited)
        {
            return Shown();
        }

        if (!Conditions)
        {
            ModelState.AddModelError(nameof(Conditions), "Sans votre accord, le compte ne peut pas être activé.");
        }

        if (!string.IsNullOrEmpty(password))
        {
            invited.DisplayName = Nom ?? "";
            foreach (var validator in users.PasswordValidators)
            {
                if (await validator.ValidateAsync(users, invited, password) is { Succeeded: false } refused)
                {
                    ModelState.AddModelError(nameof(MotDePasse), refused.Errors.First().Description);
                }
            }
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        if (await accounts.ActivateAsync(Jeton!, Nom!, password, clock.GetUtcNow(), cancellationToken) is not { } user)
        {
            await PeekAsync(cancellationToken);
            Refusal ??= LinkRefusal.AlreadyUsed;
            return Shown();
        }

        this.Flash("success", "Votre compte est activé. Bienvenue !");
        var person = await signIn.OpenAsync(user, remember: false, SignInMethod.Activation);
        return LocalRedirect("~" + (then ?? person.Home()));
    }

    private async Task<User?> PeekAsync(CancellationToken cancellationToken)
    {
        var (user, link) = await accounts.PeekInvitationAsync(Jeton, clock.GetUtcNow(), cancellationToken);
        (Refusal, Email) = (link.Refusal, user?.Email);
        return user;
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = Refusal is null ? StatusCodes.Status200OK : StatusCodes.Status410Gone;
        return page;
    }
}
