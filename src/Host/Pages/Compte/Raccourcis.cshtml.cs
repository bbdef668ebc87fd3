using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Shortcuts of the console: what there is, and the switch.</summary>
[Authorize(Policies.Staff)]
public sealed class RaccourcisModel(UserManager<User> users, SignInManager<User> session) : PageModel
{
    public bool Off => User.HasClaim(SessionClaims.ShortcutsOff, "1");

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(bool actifs)
    {
        if (await users.GetUserAsync(User) is not { } account)
        {
            return Challenge();
        }

        account.ShortcutsOff = !actifs;
        await users.UpdateAsync(account);
        await session.RefreshSignInAsync(account);
        this.Flash("success", actifs ? "Les raccourcis à une touche sont actifs." : "Les raccourcis à une touche sont désactivés.");
        return RedirectToPage();
    }
}
