using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Procedures from files: each becomes a draft, none when one has errors.</summary>
[Authorize(Policies.ProceduresEdit)]
public sealed class ImporterModel(DefinitionEditing editing) : PageModel
{
    [BindProperty]
    public List<IFormFile> Fichiers { get; set; } = [];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Fichiers.Count == 0)
        {
            ModelState.AddModelError(nameof(Fichiers), "Choisissez au moins un fichier.");
            return this.Invalid();
        }

        try
        {
            var (saved, problems) = await editing.ImportAsync(await DefinitionFiles.ReadAsync(Fichiers, cancellationToken), cancellationToken);
            if (saved.Count > 0)
            {
                this.Flash("success", saved.Count == 1 ? $"« {saved[0].Name} » est importée en brouillon (version {saved[0].Version})." : $"{saved.Count} procédures sont importées en brouillon.");
                return Redirect(saved.Count == 1 ? ProcedureLook.Url(saved[0].DefinitionId) : "/procedures");
            }

            foreach (var sentence in problems.Where(problem => problem.IsError).Select(problem => problem.Sentence).DefaultIfEmpty("Aucune procédure dans ces fichiers.").Distinct())
            {
                ModelState.AddModelError(nameof(Fichiers), sentence);
            }
        }
        catch (InvalidDataException refused)
        {
            ModelState.AddModelError(nameof(Fichiers), refused.Message);
        }

        return this.Invalid();
    }
}
