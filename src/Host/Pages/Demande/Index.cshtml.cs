using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>A request begins by an address that is proved; who is signed in for this company begins at once.</summary>
[AllowAnonymous, EnableRateLimiting(Limits.SignIn)]
public sealed class IndexModel(CompanyService companies, CompanyAccounts accounts, RequestDrafts drafts) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Siret { get; set; }

    [BindProperty(SupportsGet = true)]
    public DossierKind Type { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? Debut { get; set; }

    [BindProperty, Display(Name = "Votre prénom et votre nom"), StringLength(150)]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "Votre adresse électronique professionnelle"), EmailAddress, StringLength(254)]
    public string? Email { get; set; }

    public Company Company { get; private set; } = null!;

    /// <summary>Signed in for this very company.</summary>
    public bool IsMine => User.IsInRole(Roles.Entreprise) && User.CompanyId() == Company.Id;

    public string Query => $"siret={Company.Siret}&type={Type}&debut={Debut:yyyy-MM-dd}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        if (!await LoadAsync(cancellationToken))
        {
            return Refused();
        }

        Email = User.Identity?.IsAuthenticated == true && User.IsInRole(Roles.Entreprise) ? User.Email() : null;
        Name = Email is null ? null : User.ShownName();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return Refused();
        }

        Typed.Require(ModelState, nameof(Name), Name, "Indiquez votre nom : il figurera comme contact du dossier.", 150);
        if (Typed.Require(ModelState, nameof(Email), Email, "Indiquez votre adresse électronique.", 254) && !Typed.IsEmail(Email) && ModelState[nameof(Email)]!.Errors.Count == 0)
        {
            ModelState.AddModelError(nameof(Email), "Indiquez une adresse complète, par exemple nom@exemple.fr.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        await accounts.SendLinkAsync(Email!.Trim(), new RequestIntent(Company.Siret, Type, Debut, Name!.Trim()), cancellationToken);
        TempData["Adresse"] = Email.Trim();
        return LocalRedirect($"~/demande/verifiez?{Query}");
    }

    public async Task<IActionResult> OnPostCommencerAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken) || !IsMine)
        {
            return Refused();
        }

        var draft = await drafts.CreateAsync(User, Company, Type, Debut, cancellationToken);
        return LocalRedirect($"~/demande/{draft.Id}/beneficiaires");
    }

    /// <summary>The public page says why no request is possible: closed, unknown, mistyped.</summary>
    private LocalRedirectResult Refused() => LocalRedirect(Domain.Companies.Siret.TryParse(Siret, out var siret) && Debut is { } start ? $"~/?siret={siret.Value}&type={Type}&debut={start:yyyy-MM-dd}#reponse" : "~/");

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!Domain.Companies.Siret.TryParse(Siret, out var siret) || await companies.FindAsync(siret, cancellationToken) is not { IsOpen: true } company)
        {
            return false;
        }

        Company = company;
        return true;
    }
}
