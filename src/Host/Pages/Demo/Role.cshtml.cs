using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demo;

/// <summary>Opens the session of a demonstration account. The page has no address where the demonstration is not enabled (PageConventions).</summary>
[AllowAnonymous]
public sealed class RoleModel(SignInService signIn, UserManager<User> users, MonOpcoDbContext database) : PageModel
{
    public IActionResult OnGet() => NotFound();

    public async Task<IActionResult> OnPostAsync(string? personne)
    {
        var person = DemoAccounts.People.SingleOrDefault(x => x.Key == personne);
        if (person is null || await users.FindByEmailAsync(person.Email) is not { IsDemo: true } user)
        {
            return NotFound();
        }

        return LocalRedirect((await signIn.OpenAsync(user, remember: false, SignInMethod.Demonstration)).Home());
    }

    /// <summary>Plays the contact of a dossier whose company only the Sandbox's register knows, and goes to what waits there.</summary>
    public async Task<IActionResult> OnPostContactAsync(string? dossier, CancellationToken cancellationToken)
    {
        var contact = await database.Dossiers.Where(x => x.Numero == dossier && x.Company!.Origin == CompanyOrigin.Sandbox).Select(x => new { x.Numero, x.ContactEmail, x.CompanyId }).FirstOrDefaultAsync(cancellationToken);
        if (contact is null || await users.FindByEmailAsync(contact.ContactEmail) is not { } user || user.CompanyId != contact.CompanyId || await users.GetRolesAsync(user) is not [Roles.Entreprise])
        {
            return NotFound();
        }

        await signIn.OpenAsync(user, remember: false, SignInMethod.Demonstration);
        return LocalRedirect($"~/espace/dossiers/{contact.Numero}");
    }
}
