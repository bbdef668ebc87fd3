using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>The link of the mail opens this page; the new password uses it up. The second factor is still asked for afterwards.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class NouveauMotDePasseModel(SignInService signIn, Accounts accounts, AccountMails mails, MagicLinkService links, UserManager<User> users, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Jeton { get; set; }

    [BindProperty, Display(Name = "Nouveau mot de passe"), Required(ErrorMessage = "Choisissez un mot de passe."), DataType(DataType.Password), StringLength(256)]
    public string Nouveau { get; set; } = "";

    public LinkRefusal? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await PeekAsync(cancellationToken);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken) is not { } user)
        {
            return Shown();
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var change = new ChangeContext(ActorKind.Human, user.DisplayName, user.Id, clock.GetUtcNow());
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, user, Nouveau) is { Succeeded: false } refused)
            {
                ModelState.AddModelError(nameof(Nouveau), refused.Errors.First().Description);
                return this.Invalid();
            }
        }

        if ((await links.UseAsync(Jeton!, LinkPurpose.PasswordReset, change, cancellationToken)).Refusal is { } late)
        {
            Refusal = late;
            return Shown();
        }

        user.EmailConfirmed = true;
        await accounts.SetPasswordAsync(user, Nouveau, change, cancellationToken);
        await mails.SendNoticeAsync(user, "Votre mot de passe a changé", "Le mot de passe de votre compte MonOPCO vient d’être remplacé par le lien envoyé à votre adresse. Vos sessions ouvertes sont fermées.", cancellationToken);
        this.Flash("success", "Votre nouveau mot de passe est enregistré.");
        return LocalRedirect(await signIn.ContinueAsync(user, SignInMethod.Link, remember: false, null));
    }

    private async Task<User?> PeekAsync(CancellationToken cancellationToken)
    {
        var found = await links.PeekAsync(Jeton ?? "", LinkPurpose.PasswordReset, clock.GetUtcNow(), cancellationToken);
        var user = found.Refusal is null ? await users.FindByIdAsync(found.Link!.Subject!) : null;
        Refusal = found.Refusal ?? (user is { MayEnter: true } ? null : LinkRefusal.Unknown);
        return Refusal is null ? user : null;
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = Refusal is null ? StatusCodes.Status200OK : StatusCodes.Status410Gone;
        return page;
    }
}
