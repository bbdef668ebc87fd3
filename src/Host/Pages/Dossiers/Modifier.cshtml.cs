using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>Corrects the fields of a dossier.</summary>
[Authorize(Policies.Operators)]
public sealed class ModifierModel(MonOpcoDbContext database, DossierService dossiers, TimeProvider clock) : PageModel
{
    public Dossier Dossier { get; private set; } = null!;

    [BindProperty]
    public EditFields Edit { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(string numero, CancellationToken cancellationToken)
    {
        if (await database.FindDossierAsync(numero, cancellationToken) is not { } dossier)
        {
            return NotFound();
        }

        Dossier = dossier;
        Edit.Fill(dossier);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string numero, CancellationToken cancellationToken)
    {
        if (await database.FindDossierAsync(numero, cancellationToken) is not { } dossier)
        {
            return NotFound();
        }

        Dossier = dossier;
        Edit.Check(ModelState);
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var changed = await dossiers.EditAsync(dossier.Id, Edit.Command(), User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash(changed ? "success" : "info", changed ? "Le dossier est modifié." : "Rien n’a changé.");
        return RedirectToPage("Dossier", new { numero });
    }
}
