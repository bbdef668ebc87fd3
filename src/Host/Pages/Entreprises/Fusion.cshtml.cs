using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Entreprises;

/// <summary>Two records are one client: shows what would move before it moves. The one that is kept is typed, because no button brings the other back.</summary>
[Authorize(Policies.Operators)]
public sealed class FusionModel(MonOpcoDbContext database, CompanyDirectory directory, CompanyFile file, TimeProvider clock) : PageModel
{
    /// <summary>SIRET of the record that would be emptied.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Avec { get; set; }

    [BindProperty, Display(Name = "SIRET de la fiche gardée"), StringLength(30)]
    public string? Confirmation { get; set; }

    public Company Kept { get; private set; } = null!;

    public Company Emptied { get; private set; } = null!;

    public CompanyStatistics KeptStatistics { get; private set; } = CompanyStatistics.None;

    public CompanyStatistics EmptiedStatistics { get; private set; } = CompanyStatistics.None;

    public async Task<IActionResult> OnGetAsync(string siret, CancellationToken cancellationToken) => await LoadAsync(siret, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string siret, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        if (!Siret.TryParse(Confirmation, out var typed) || typed.Value != Kept.Siret)
        {
            ModelState.AddModelError(nameof(Confirmation), "Recopiez le SIRET de la fiche gardée pour confirmer.");
            return this.Invalid();
        }

        try
        {
            var moved = await file.MergeAsync(Emptied.Id, Kept.Id, User.Change(clock.GetUtcNow()), cancellationToken);
            this.Flash("success", moved == 0 ? "Les fiches sont fusionnées ; aucun dossier n’avait à être déplacé." : $"Les fiches sont fusionnées : {Fr.Plural(moved, "dossier déplacé", "dossiers déplacés")}.");
            return RedirectToPage("Entreprise", new { siret });
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
            return this.Invalid();
        }
    }

    private async Task<bool> LoadAsync(string siret, CancellationToken cancellationToken)
    {
        if (siret == Avec
            || await database.Companies.AsNoTracking().FirstOrDefaultAsync(x => x.Siret == siret, cancellationToken) is not { } kept
            || await database.Companies.AsNoTracking().FirstOrDefaultAsync(x => x.Siret == Avec, cancellationToken) is not { } emptied)
        {
            return false;
        }

        (Kept, Emptied) = (kept, emptied);
        KeptStatistics = await directory.StatisticsAsync(kept.Id, cancellationToken);
        EmptiedStatistics = await directory.StatisticsAsync(emptied.Id, cancellationToken);
        return true;
    }
}
