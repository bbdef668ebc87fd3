using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Name and password.</summary>
public sealed class IndexModel(UserManager<User> users, SignInService signIn, Accounts accounts, AccountMails mails, Profiles profiles, TimeProvider clock) : AccountPage(users)
{
    public bool HasPassword => Account.PasswordHash is not null;

    [BindProperty, Display(Name = "Prénom et nom"), StringLength(120)]
    public string? Nom { get; set; }

    [BindProperty, Display(Name = "Mot de passe actuel"), DataType(DataType.Password), StringLength(256)]
    public string? Current { get; set; }

    [BindProperty, Display(Name = "Nouveau mot de passe"), DataType(DataType.Password), StringLength(256)]
    public string? New { get; set; }

    public void OnGet() => Nom = Account.DisplayName;

    public async Task<IActionResult> OnPostProfilAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Nom))
        {
            ModelState.AddModelError(nameof(Nom), "Indiquez votre nom.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        await profiles.RenameAsync(Account, Nom!, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", "Votre profil est enregistré.");
        return LocalRedirect("/mon-compte");
    }

    public async Task<IActionResult> OnPostMotDePasseAsync(CancellationToken cancellationToken)
    {
        Nom ??= Account.DisplayName;
        if (!ModelState.IsValid || !await PasswordChange.TryAsync(this, Users, Account, HasPassword, Current, New, signIn, accounts, mails, User.Change(clock.GetUtcNow()), cancellationToken))
        {
            return this.Invalid();
        }

        this.Flash("success", "Votre mot de passe est enregistré. Vos autres sessions sont fermées.");
        return LocalRedirect("/mon-compte");
    }

    /// <summary>Signs out everywhere, here too.</summary>
    public async Task<IActionResult> OnPostPartoutAsync([FromServices] SessionService sessions, CancellationToken cancellationToken)
    {
        await sessions.EndAllAsync(Account.Id, SessionEnd.EndedByOwner, User.Change(clock.GetUtcNow()), cancellationToken);
        await Users.UpdateSecurityStampAsync(Account);
        await signIn.CloseAsync();
        this.Flash("success", "Toutes vos sessions sont fermées.");
        return LocalRedirect("/");
    }
}

/// <summary>One's own new password, by the two pages that take it.</summary>
internal static class PasswordChange
{
    public static async Task<bool> TryAsync(
        AccountPage page, UserManager<User> users, User account, bool needsCurrent, string? current, string? wanted, SignInService signIn, Accounts accounts, AccountMails mails, ChangeContext change, CancellationToken cancellationToken)
    {
        var state = page.ModelState;
        if (needsCurrent && string.IsNullOrEmpty(current))
        {
            state.AddModelError("Current", "Indiquez votre mot de passe actuel.");
        }

        if (string.IsNullOrEmpty(wanted))
        {
            state.AddModelError("New", "Choisissez un mot de passe.");
        }

        if (state.IsValid && needsCurrent && await signIn.CheckPasswordAsync(account.Email!, current!) is null)
        {
            state.AddModelError("Current", "Le mot de passe actuel n’est pas le bon.");
        }

        if (state.IsValid && needsCurrent && current == wanted)
        {
            state.AddModelError("New", "Choisissez un mot de passe différent de l’actuel.");
        }

        if (state.IsValid)
        {
            var changed = await accounts.SetPasswordAsync(account, wanted!, change, cancellationToken, page.HttpContext.OpenSession()?.Id);
            foreach (var error in changed.Errors)
            {
                state.AddModelError("New", error.Description);
            }
        }

        if (!state.IsValid)
        {
            return false;
        }

        // The other sessions ended with the old password; this one goes on.
        await signIn.RefreshAsync(account);
        await mails.SendNoticeAsync(account, "Votre mot de passe a changé", "Le mot de passe de votre compte MonOPCO vient d’être remplacé. Vos autres sessions sont fermées.", cancellationToken);
        return true;
    }
}
