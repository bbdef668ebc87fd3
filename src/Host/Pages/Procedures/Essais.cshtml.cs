using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Trials of a procedure and its test cases, each with how it went last.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class EssaisModel(ProcedureReads procedures, DefinitionStore definitions, TrialBook trials, MonOpcoDbContext database, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private const int Proposed = 20;

    public ProcedureView Procedure { get; private set; } = null!;

    public IReadOnlyList<TrialLine> Lines { get; private set; } = [];

    public IEnumerable<TrialLine> Cases => Lines.Where(x => x.Name is not null);

    public IEnumerable<TrialLine> Others => Lines.Where(x => x.Name is null);

    /// <summary>Dossiers that follow the procedure, the last first.</summary>
    public IReadOnlyList<string> Recent { get; private set; } = [];

    public bool MayEdit { get; private set; }

    [BindProperty]
    [Display(Name = "Dossier")]
    [StringLength(40)]
    public string? Dossier { get; set; }

    [BindProperty]
    public int? Version { get; set; }

    /// <summary>« reel » or « vide ».</summary>
    [BindProperty]
    public string Depart { get; set; } = "reel";

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken) => await LoadAsync(definitionId, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostCreerAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!MayEdit)
        {
            return Forbid();
        }

        if (string.IsNullOrWhiteSpace(Dossier))
        {
            ModelState.AddModelError(nameof(Dossier), "Indiquez le numéro du dossier sur lequel essayer, par exemple 2026-00012.");
            return this.Invalid();
        }

        try
        {
            var version = Procedure.Versions.FirstOrDefault(x => x.Version == Version) ?? Procedure.Latest;
            var id = await trials.CreateAsync(definitionId, version.Id, Dossier, Depart != "vide", User.Change(clock.GetUtcNow()), cancellationToken);
            return Redirect($"{ProcedureLook.Url(definitionId)}/essais/{id}");
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError(nameof(Dossier), refused.Message);
            return this.Invalid();
        }
    }

    /// <summary>All test cases against one version, the latest by default.</summary>
    public async Task<IActionResult> OnPostRejouerAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!MayEdit)
        {
            return Forbid();
        }

        var version = Procedure.Versions.FirstOrDefault(x => x.Version == Version) ?? Procedure.Latest;
        var runs = await trials.RunCasesAsync((await definitions.FindAsync(version.Id, cancellationToken))!, cancellationToken);
        var failing = runs.Count(x => x.Verdict.IsFailure);
        this.Flash(failing == 0 ? "success" : "warning", failing == 0 ? $"{Fr.Plural(runs.Count, "cas de test joué", "cas de test joués")} sur la version {version.Version} : tout est comme attendu." : $"{Fr.Plural(failing, "cas de test échoue", "cas de test échouent")} sur la version {version.Version}.");
        return Redirect($"{ProcedureLook.Url(definitionId)}/essais");
    }

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return false;
        }

        Procedure = found;
        Lines = await trials.ListAsync(definitionId, cancellationToken);
        MayEdit = (await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded;
        Recent = MayEdit
            ? await database.Set<WorkflowInstanceRow>().AsNoTracking().Where(x => x.DefinitionId == definitionId).Join(database.Dossiers, x => (Guid?)x.Id, x => x.WorkflowInstanceId, (_, dossier) => new { dossier.CreatedAt, dossier.Numero })
                .OrderByDescending(x => x.CreatedAt).Take(Proposed).Select(x => x.Numero).ToListAsync(cancellationToken)
            : [];
        return true;
    }
}
