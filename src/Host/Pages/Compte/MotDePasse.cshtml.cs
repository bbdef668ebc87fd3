using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Where a session is led whose password must be changed.</summary>
[DuringEnrolment]
public sealed class MotDePasseModel(UserManager<User> users, SignInService signIn, Accounts accounts, AccountMails mails, TimeProvider clock) : AccountPage(users)
{
    [BindProperty, Display(Name = "Mot de passe actuel"), DataType(DataType.Password), StringLength(256)]
    public string? Current { get; set; }

    [BindProperty, Display(Name = "Nouveau mot de passe"), DataType(DataType.Password), StringLength(256)]
    public string? New { get; set; }

    public IActionResult OnGet() => Account.MustChangePassword ? Page() : LocalRedirect("/mon-compte");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || !await PasswordChange.TryAsync(this, Users, Account, Account.PasswordHash is not null, Current, New, signIn, accounts, mails, User.Change(clock.GetUtcNow()), cancellationToken))
        {
            return this.Invalid();
        }

        this.Flash("success", "Votre mot de passe est enregistré. Vos autres sessions sont fermées.");
        return LocalRedirect(User.Home());
    }
}
