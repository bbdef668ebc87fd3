using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Asks for another address; it changes when both have confirmed. The answer does not say whether the new one is somebody's.</summary>
[StepUp]
public sealed class AdresseModel(UserManager<User> users, EmailChanges changes, AccountMails mails, TimeProvider clock) : AccountPage(users)
{
    [BindProperty, Display(Name = "Nouvelle adresse électronique"), Required(ErrorMessage = "Indiquez la nouvelle adresse."), EmailAddress, StringLength(254)]
    public string Nouvelle { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (string.Equals(Nouvelle?.Trim(), Account.Email, StringComparison.OrdinalIgnoreCase))
        {
            ModelState.AddModelError(nameof(Nouvelle), "C’est déjà votre adresse.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        if (await changes.AskAsync(Account, Nouvelle!, User.Change(clock.GetUtcNow()), cancellationToken) is { } asked)
        {
            await mails.SendEmailChangeAsync(Account, asked, cancellationToken);
        }

        this.Flash("success", $"Si cette adresse est libre, un courriel est parti à {Account.Email} et un autre à {Nouvelle!.Trim()}. L’adresse change quand les deux ont confirmé, sous 24 heures.");
        return LocalRedirect("/mon-compte");
    }
}
