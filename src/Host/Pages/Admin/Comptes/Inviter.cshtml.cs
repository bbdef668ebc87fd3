using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>Invites somebody, with roles; the link goes by mail.</summary>
[Authorize(Policies.Administration), StepUp]
public sealed class InviterModel(Accounts accounts, AccountMails mails, MonOpcoDbContext db, TimeProvider clock) : PageModel
{
    [BindProperty, Display(Name = "Prénom et nom"), Required(ErrorMessage = "Indiquez le nom de la personne."), StringLength(120)]
    public string Nom { get; set; } = "";

    [BindProperty, Display(Name = "Adresse électronique"), Required(ErrorMessage = "Indiquez son adresse."), EmailAddress, StringLength(254)]
    public string Email { get; set; } = "";

    [BindProperty, Display(Name = "Rôles")]
    public List<string> Choix { get; set; } = [];

    [BindProperty, Display(Name = "SIRET de son entreprise"), StringLength(20)]
    public string? Siret { get; set; }

    public IEnumerable<string> Grantable => User.Authority().Grantable;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var company = await CompanyAsync(cancellationToken);
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var (user, link) = await accounts.InviteAsync(new InviteAccount(Email, Nom, Choix, company), User.Authority(), User.Change(clock.GetUtcNow()), cancellationToken);
            await mails.SendInvitationAsync(user, link, cancellationToken);
            this.Flash("success", $"L’invitation est envoyée à {user.Email}. Elle est valable jusqu’au {Fr.DateTime(link.ExpiresAt)}.");
            return LocalRedirect($"~/admin/comptes/{user.Id}");
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(broken.Code switch { "account.email" => nameof(Email), "account.company" => nameof(Siret), _ => nameof(Choix) }, broken.Message);
            return this.Invalid();
        }
    }

    private async Task<Guid?> CompanyAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Siret))
        {
            return null;
        }

        if (!Domain.Companies.Siret.TryParse(Siret, out var siret))
        {
            ModelState.AddModelError(nameof(Siret), "Un SIRET compte 14 chiffres ; vérifiez celui-ci.");
            return null;
        }

        var text = siret.ToString();
        var id = await db.Companies.Where(x => x.Siret == text).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken);
        if (id is null)
        {
            ModelState.AddModelError(nameof(Siret), "Cette entreprise n’est pas encore connue : elle le sera à sa première demande.");
        }

        return id;
    }
}
