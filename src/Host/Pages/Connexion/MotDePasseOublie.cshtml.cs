using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>Asks for a new password. The same answer in the same time, whoever asks.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class MotDePasseOublieModel(SignInService signIn, AccountMails mails, UserManager<User> users) : PageModel
{
    [BindProperty, Display(Name = "Adresse électronique"), Required(ErrorMessage = "Indiquez votre adresse électronique."), EmailAddress, StringLength(254)]
    public string Email { get; set; } = "";

    public bool Sent { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        await signIn.EvenlyAsync(async () =>
        {
            if (!await signIn.IsHeldAsync(AttemptKind.PasswordReset, cancellationToken))
            {
                var user = await users.FindByEmailAsync(Email.Trim());
                await signIn.NoteAsync(AttemptKind.PasswordReset, AttemptOutcome.Asked, user, Email);
                if (user is { MayEnter: true, Email: not null })
                {
                    await mails.SendResetAsync(user, cancellationToken);
                }
            }

            return true;
        });
        Sent = true;
        return Page();
    }
}
