using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>One procedure: its versions, what is planned, and what its owners may do with it.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class ProcedureModel(
    ProcedureReads procedures, ProcedureActs acts, Publications publications, DefinitionProblems problems, DefinitionStore definitions, Editors editors, MonOpcoDbContext database,
    EndpointDataSource endpoints, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public ProcedureView Procedure { get; private set; } = null!;

    public bool MayEdit { get; private set; }

    public bool MayPublish { get; private set; }

    public bool MayOperate { get; private set; }

    public bool MayAdminister { get; private set; }

    /// <summary>The map is a page of its own; linked where the Host has it.</summary>
    public bool HasPlan => endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/') == "procedures/{definitionId}/plan");

    public bool NeedsApprovalEverywhere { get; private set; }

    public IReadOnlyList<DefinitionProblem> Problems { get; private set; } = [];

    public IReadOnlyList<OpenEditor> Open { get; private set; } = [];

    public IReadOnlyList<WorkflowDraftCopyRow> Copies { get; private set; } = [];

    public IReadOnlyList<TimelineItem> History { get; private set; } = [];

    [BindProperty]
    [StringLength(300)]
    public string? Etiquettes { get; set; }

    [BindProperty]
    [StringLength(1000)]
    public string? Motif { get; set; }

    [BindProperty]
    [StringLength(120)]
    public string? NomCopie { get; set; }

    /// <summary>Typed by hand before deleting.</summary>
    [BindProperty]
    [StringLength(200)]
    public string? Confirmation { get; set; }

    [BindProperty]
    public string? Regle { get; set; }

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken) => await LoadAsync(definitionId, cancellationToken) ? Page() : NotFound();

    public Task<IActionResult> OnPostDepublierAsync(string definitionId, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresPublish, nameof(Motif), async change =>
    {
        await publications.RetractAsync(definitionId, change, cancellationToken);
        return "La procédure est dépubliée : plus aucun dossier ne la commence. Ceux qui sont en cours continuent.";
    }, cancellationToken);

    public Task<IActionResult> OnPostRetablirAsync(string definitionId, int version, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresPublish, nameof(Motif), async change =>
    {
        var outcome = await publications.RollBackAsync(definitionId, version, Motif!, change, cancellationToken);
        if (outcome.IsRefused)
        {
            throw new RuleBrokenException("invalid", $"La version {version} ne peut plus être publiée : {string.Join(" ", outcome.Problems.Where(problem => problem.IsError).Select(problem => problem.Sentence))}");
        }

        return outcome.Pending is null
            ? $"La version {version} est de nouveau en vigueur, sous le numéro {outcome.Version!.Version}."
            : $"La version {version} est redevenue le brouillon ; une seconde personne doit approuver sa publication.";
    }, cancellationToken);

    public Task<IActionResult> OnPostReprendreAsync(string definitionId, int version, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresEdit, null, async change =>
    {
        var draft = await acts.ReviveAsync(definitionId, version, change, cancellationToken);
        return $"La version {version} est reprise dans le brouillon {draft.Version}.";
    }, cancellationToken);

    public Task<IActionResult> OnPostRetirerAsync(string definitionId, Guid publication, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresPublish, null, async change =>
    {
        await publications.WithdrawAsync(publication, change, cancellationToken);
        return "La publication est retirée. La version reste disponible, sans être en vigueur.";
    }, cancellationToken);

    /// <summary>A publication that test cases held at its time.</summary>
    public Task<IActionResult> OnPostMalgreAsync(string definitionId, Guid publication, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresPublish, nameof(Motif), async change =>
    {
        var outcome = await publications.ReleaseAsync(publication, Motif!, change, cancellationToken);
        return $"La version {outcome.Version!.Version} est en vigueur.";
    }, cancellationToken);

    public Task<IActionResult> OnPostNoteAsync(string definitionId, Guid publication, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresPublish, nameof(Motif), async change =>
    {
        await publications.SetNoteAsync(publication, Motif!, change with { Reason = null }, cancellationToken);
        return "La note est enregistrée.";
    }, cancellationToken);

    public Task<IActionResult> OnPostEtiquettesAsync(string definitionId, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.ProceduresEdit, null, async change =>
    {
        await acts.SetLabelsAsync(definitionId, Etiquettes ?? "", change, cancellationToken);
        return "Les étiquettes sont enregistrées.";
    }, cancellationToken);

    /// <summary>Whoever may publish must not be able to lift the rule that binds them: administrators only.</summary>
    public Task<IActionResult> OnPostRegleAsync(string definitionId, CancellationToken cancellationToken) => ActAsync(definitionId, Policies.Administration, null, async change =>
    {
        await acts.SetApprovalAsync(definitionId, Regle switch { "oui" => true, "non" => false, _ => null }, change, cancellationToken);
        return "La règle d’approbation est enregistrée.";
    }, cancellationToken);

    public async Task<IActionResult> OnPostCopierAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await MayAsync(Policies.ProceduresEdit))
        {
            return Forbid();
        }

        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (string.IsNullOrWhiteSpace(NomCopie))
        {
            ModelState.AddModelError(nameof(NomCopie), "Donnez un nom à la copie.");
            return this.Invalid();
        }

        var copy = await acts.CopyAsync(definitionId, NomCopie, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", $"« {copy.Name} » est créée à partir de cette procédure, en brouillon.");
        return Redirect(ProcedureLook.Url(copy.DefinitionId));
    }

    public async Task<IActionResult> OnPostSupprimerAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await MayAsync(Policies.ProceduresPublish))
        {
            return Forbid();
        }

        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!string.Equals(Confirmation?.Trim().Curly(), Procedure.Latest.Name.Trim().Curly(), StringComparison.OrdinalIgnoreCase))
        {
            ModelState.AddModelError(nameof(Confirmation), $"Écrivez exactement « {Procedure.Latest.Name} ».");
            return this.Invalid();
        }

        try
        {
            await acts.DeleteAsync(definitionId, User.Change(clock.GetUtcNow()), cancellationToken);
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError(nameof(Confirmation), refused.Message);
            return this.Invalid();
        }

        this.Flash("success", $"« {Procedure.Latest.Name} » est supprimée.");
        return Redirect("/procedures");
    }

    public async Task<IActionResult> OnPostOublierAsync(string definitionId, Guid copie, CancellationToken cancellationToken) => await ActAsync(definitionId, Policies.ProceduresEdit, null, async change =>
    {
        await database.Set<WorkflowDraftCopyRow>().Where(x => x.Id == copie && x.DefinitionId == definitionId).ExecuteDeleteAsync(cancellationToken);
        return "La copie est supprimée.";
    }, cancellationToken);

    private async Task<IActionResult> ActAsync(string definitionId, string policy, string? required, Func<ChangeContext, Task<string>> act, CancellationToken cancellationToken)
    {
        if (!await MayAsync(policy))
        {
            return Forbid();
        }

        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (required is not null && string.IsNullOrWhiteSpace(Motif))
        {
            ModelState.AddModelError(required, "Dites pourquoi : cela s’écrit dans l’historique.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            this.Flash("success", await act(User.Change(clock.GetUtcNow(), string.IsNullOrWhiteSpace(Motif) ? null : Motif.Trim())));
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError("", refused.Message);
            return this.Invalid();
        }

        return Redirect(ProcedureLook.Url(definitionId));
    }

    private async Task<bool> MayAsync(string policy) => (await authorization.AuthorizeAsync(User, policy)).Succeeded;

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return false;
        }

        Procedure = found;
        (MayEdit, MayPublish) = (await MayAsync(Policies.ProceduresEdit), await MayAsync(Policies.ProceduresPublish));
        (MayOperate, MayAdminister) = (await MayAsync(Policies.ProceduresOperate), await MayAsync(Policies.Administration));
        NeedsApprovalEverywhere = await procedures.NeedsApprovalEverywhereAsync(cancellationToken);
        var now = clock.GetUtcNow();
        Open = await editors.OpenAsync(definitionId, now, cancellationToken);
        Copies = MayEdit ? await database.Set<WorkflowDraftCopyRow>().AsNoTracking().Where(x => x.DefinitionId == definitionId).OrderByDescending(x => x.At).ToListAsync(cancellationToken) : [];
        if (!found.Latest.IsPublished && await definitions.FindAsync(found.Latest.Id, cancellationToken) is { } latest)
        {
            Problems = await problems.OfAsync(latest, cancellationToken);
        }

        var entries = await database.AuditEntries.AsNoTracking().Where(x => x.Subject == ProcedureAudit.Subject && x.SubjectId == definitionId).OrderByDescending(x => x.Id).Take(30).ToListAsync(cancellationToken);
        History = [.. entries.Select(Told)];
        return true;
    }

    private static TimelineItem Told(AuditEntry entry)
    {
        var version = entry.NewValues?["version"]?.ToString();
        var title = entry.Action switch
        {
            "Created" => "Procédure créée",
            "Copied" => $"Créée par copie de {entry.NewValues?["from"]}, version {version}",
            "Imported" => $"Fichier importé dans la version {version}",
            "DraftSaved" => $"Brouillon {version} modifié",
            "ConflictKept" => "Modification refusée et gardée à part",
            "Revived" => $"Version {entry.NewValues?["from"]} reprise dans le brouillon {version}",
            "Published" => $"Version {version} publiée",
            "PublicationScheduled" => $"Publication de la version {version} programmée",
            "ApprovalRequested" => $"Approbation de la version {version} demandée",
            "PublicationApproved" => $"Publication de la version {version} approuvée",
            "PublicationRefused" => $"Publication de la version {version} refusée",
            "PublicationWithdrawn" => $"Publication de la version {version} retirée",
            "PublicationHeld" => $"Publication de la version {version} retenue par des cas de test",
            "TestCaseSaved" => $"Cas de test « {entry.NewValues?["name"]} » enregistré",
            "TestCaseChanged" => $"Attente du cas de test « {entry.NewValues?["name"]} » changée",
            "TestCaseRenamed" => $"Cas de test « {entry.OldValues?["name"]} » renommé « {entry.NewValues?["name"]} »",
            "TestCaseDeleted" => $"Cas de test « {entry.OldValues?["name"]} » supprimé",
            "Replayed" => $"Version {version} rejouée sur {entry.NewValues?["dossiers"]} dossier(s) fini(s)",
            "PublicationFailed" => $"La version {version} n’a pas pu être publiée",
            "PublicationNoteChanged" => $"Note de la version {version} changée",
            "RolledBack" => $"Version {entry.NewValues?["formerVersion"]} rétablie sous le numéro {version}",
            "Retracted" => "Procédure dépubliée",
            "InstancesMigrated" => $"{entry.NewValues?["moved"]} exécution(s) passée(s) à la version {entry.NewValues?["to"]}",
            "MigrationUndone" => $"Migration annulée pour {entry.NewValues?["undone"]} exécution(s)",
            "LabelsChanged" => "Étiquettes changées",
            "ApprovalRuleChanged" => "Règle d’approbation changée",
            _ => entry.Action,
        };
        var (tone, icon) = entry.Action switch
        {
            "Published" or "RolledBack" => ("success", "circle-check"),
            "PublicationFailed" or "PublicationRefused" or "PublicationHeld" => ("danger", "alert-triangle"),
            "ConflictKept" or "Retracted" => ("warning", "alert-circle"),
            _ => ("neutral", "circle-dashed"),
        };
        return new TimelineItem(entry.At, title, entry.Actor, entry.ActorKind != ActorKind.Human, tone, icon, entry.Reason);
    }
}
