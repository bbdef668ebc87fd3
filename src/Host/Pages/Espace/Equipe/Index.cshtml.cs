using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Admin.Comptes;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Equipe;

/// <summary>The colleagues of a company, invited by its own HR.</summary>
[Authorize(Policies.Company), EnableRateLimiting(Limits.SignIn)]
public sealed class IndexModel(Accounts accounts, AccountMails mails, SignInService signIn, MonOpcoDbContext db, TimeProvider clock) : PageModel
{
    public static IReadOnlyList<string> Choices => Accounts.TeamRoles;

    [BindProperty, Display(Name = "Prénom et nom"), Required(ErrorMessage = "Indiquez le nom de votre collègue."), StringLength(120)]
    public string Nom { get; set; } = "";

    [BindProperty, Display(Name = "Adresse électronique"), Required(ErrorMessage = "Indiquez son adresse."), EmailAddress, StringLength(254)]
    public string Email { get; set; } = "";

    [BindProperty, Display(Name = "Rôle")]
    public string Role { get; set; } = Roles.Entreprise;

    public bool MayInvite { get; private set; }

    public IReadOnlyList<AccountLine> Rows { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken) || !MayInvite)
        {
            return NotFound();
        }

        if (!Choices.Contains(Role))
        {
            ModelState.AddModelError(nameof(Role), "Choisissez un rôle de la liste.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        // Whether the address has an account elsewhere is not this person's business: same answer, same time.
        await signIn.EvenlyAsync(async () =>
        {
            if (await accounts.InviteColleagueAsync(new InviteAccount(Email, Nom, [Role]), User.CompanyId()!.Value, User.Change(clock.GetUtcNow()), cancellationToken) is var (user, link))
            {
                await mails.SendInvitationAsync(user, link, cancellationToken);
            }

            return true;
        });
        this.Flash("success", $"Si cette adresse n’a pas encore de compte, une invitation vient de lui être envoyée. Elle est valable {Accounts.InvitationLifetime.Days} jours.");
        return LocalRedirect("/espace/equipe");
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (User.CompanyId() is not { } company)
        {
            return false;
        }

        MayInvite = User.IsInRole(Roles.Entreprise) && await accounts.MayInviteAsync(company, cancellationToken);
        var now = clock.GetUtcNow().ToUniversalTime();
        var people = await db.Users.AsNoTracking().Where(x => x.CompanyId == company && x.DeactivatedAt == null && !x.IsService).OrderBy(x => x.DisplayName).Take(500)
            .Select(x => new { User = x, Roles = db.UserRoles.Where(r => r.UserId == x.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!).ToList() })
            .ToListAsync(cancellationToken);
        Rows = [.. people.Select(x => new AccountLine(x.User.Id, x.User.DisplayName, x.User.Email, null, x.Roles, x.User.State(now) == AccountState.Locked ? AccountState.Active : x.User.State(now), x.User.LastSignInAt, false, 0))];
        return true;
    }
}
