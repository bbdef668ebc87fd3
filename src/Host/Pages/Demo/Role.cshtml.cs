using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demo;

/// <summary>Opens the session of a demonstration account. The page has no address where the demonstration is not enabled (PageConventions).</summary>
[AllowAnonymous]
public sealed class RoleModel(SignInService signIn, UserManager<User> users) : PageModel
{
    public IActionResult OnGet() => NotFound();

    public async Task<IActionResult> OnPostAsync(string? personne)
    {
        var person = DemoAccounts.People.SingleOrDefault(x => x.Key == personne);
        if (person is null || await users.FindByEmailAsync(person.Email) is not { IsDemo: true } user)
        {
            return NotFound();
        }

        return LocalRedirect((await signIn.OpenAsync(user, remember: false)).Home());
    }
}
