using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Compte;

public sealed class IndexModel(UserManager<User> users, SignInManager<User> session) : PageModel
{
    public User Account { get; private set; } = null!;

    public bool HasPassword => Account.PasswordHash is not null;

    [BindProperty, Display(Name = "Mot de passe actuel"), DataType(DataType.Password), StringLength(256)]
    public string? Current { get; set; }

    [BindProperty, Display(Name = "Nouveau mot de passe"), Required(ErrorMessage = "Choisissez un mot de passe."), DataType(DataType.Password), StringLength(256)]
    public string New { get; set; } = "";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await users.GetUserAsync(User) is not { } account)
        {
            context.Result = Challenge();
            return;
        }

        Account = account;
        await next();
    }

    public async Task<IActionResult> OnPostMotDePasseAsync()
    {
        if (HasPassword && string.IsNullOrEmpty(Current))
        {
            ModelState.AddModelError(nameof(Current), "Indiquez votre mot de passe actuel.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var changed = HasPassword ? await users.ChangePasswordAsync(Account, Current!, New) : await users.AddPasswordAsync(Account, New);
        if (!changed.Succeeded)
        {
            foreach (var error in changed.Errors)
            {
                ModelState.AddModelError(error.Code == nameof(IdentityErrorDescriber.PasswordMismatch) ? nameof(Current) : nameof(New), error.Description);
            }

            return this.Invalid();
        }

        // The other sessions end with the old password; this one goes on.
        await session.RefreshSignInAsync(Account);
        this.Flash("success", "Votre mot de passe est enregistré. Vos autres sessions sont fermées.");
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostPartoutAsync()
    {
        await users.UpdateSecurityStampAsync(Account);
        await session.SignOutAsync();
        this.Flash("success", "Toutes vos sessions sont fermées.");
        return LocalRedirect("/");
    }
}
