using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Publishing the latest version: what changes, what is still wrong, a note, and from when.</summary>
[Authorize(Policies.ProceduresPublish)]
public sealed class PublierModel(ProcedureReads procedures, DefinitionStore definitions, DefinitionProblems problems, DefinitionComparison comparison, Publications publications, TrialBook trials, TimeProvider clock) : PageModel
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    public ProcedureView Procedure { get; private set; } = null!;

    public IReadOnlyList<DefinitionProblem> Problems { get; private set; } = [];

    public IReadOnlyList<Difference> Differences { get; private set; } = [];

    public bool NeedsApproval { get; private set; }

    /// <summary>Test cases as they go with the version to be published.</summary>
    public IReadOnlyList<CaseRun> Cases { get; private set; } = [];

    public bool Fails => Cases.Any(x => x.Verdict.IsFailure);

    [BindProperty]
    [StringLength(500)]
    [Display(Name = "Publier quand même : pourquoi ?")]
    public string? Malgre { get; set; }

    public bool IsBlocked => Problems.Any(problem => problem.IsError);

    [BindProperty]
    [Required(ErrorMessage = "Dites ce qui change : c’est ce que liront ceux qui suivent la procédure.")]
    [StringLength(1000)]
    [Display(Name = "Ce qui change")]
    public string? Note { get; set; }

    /// <summary>« maintenant » or « date ».</summary>
    [BindProperty]
    public string Quand { get; set; } = "maintenant";

    [BindProperty]
    [Display(Name = "Date")]
    public DateOnly? Jour { get; set; }

    [BindProperty]
    [Display(Name = "Heure")]
    public string? Heure { get; set; } = "08:00";

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken) =>
        !await LoadAsync(definitionId, cancellationToken) ? NotFound() : Procedure.Latest.IsPublished ? Redirect(ProcedureLook.Url(definitionId)) : await WithCasesAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        var at = Quand == "date" ? When() : null;
        if (!ModelState.IsValid)
        {
            await WithCasesAsync(cancellationToken);
            return this.Invalid();
        }

        try
        {
            var outcome = await publications.RequestAsync(definitionId, Note!, at, Malgre, User.Change(clock.GetUtcNow()), cancellationToken);
            if (outcome.Failing.Count > 0)
            {
                ModelState.AddModelError(nameof(Malgre), "Des cas de test échouent : dites pourquoi publier quand même, ou corrigez.");
                await WithCasesAsync(cancellationToken);
                return this.Invalid();
            }

            if (outcome.IsRefused)
            {
                ModelState.AddModelError("", "La version a encore des erreurs : elle n’est pas publiée.");
                return this.Invalid();
            }

            this.Flash("success", outcome switch
            {
                { Pending: { State: Domain.Workflows.PublicationState.Scheduled, EffectiveAt: { } time } } => $"La version {outcome.Version!.Version} sera publiée le {Fr.DateTime(time)}.",
                { Pending: not null } => "Votre demande est enregistrée : une seconde personne doit l’approuver.",
                _ => $"La version {outcome.Version!.Version} est en vigueur.",
            });
            return Redirect(ProcedureLook.Url(definitionId));
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError("", refused.Message);
            return this.Invalid();
        }
    }

    /// <summary>The moment in Paris; an hour that the change to summer time skips does not exist.</summary>
    private DateTimeOffset? When()
    {
        if (Jour is not { } day)
        {
            ModelState.TryAddModelError(nameof(Jour), "Indiquez la date.");
            return null;
        }

        if (!TimeOnly.TryParse(Heure, System.Globalization.CultureInfo.InvariantCulture, out var hour))
        {
            ModelState.AddModelError(nameof(Heure), "Indiquez l’heure, par exemple 08:00.");
            return null;
        }

        var local = day.ToDateTime(hour);
        if (Paris.IsInvalidTime(local))
        {
            ModelState.AddModelError(nameof(Heure), "Cette heure n’existe pas ce jour-là (passage à l’heure d’été).");
            return null;
        }

        var at = new DateTimeOffset(local, Paris.GetUtcOffset(local)).ToUniversalTime();
        if (at <= clock.GetUtcNow())
        {
            ModelState.AddModelError(nameof(Jour), "Choisissez un moment à venir, ou publiez maintenant.");
            return null;
        }

        return at;
    }

    private async Task<IActionResult> WithCasesAsync(CancellationToken cancellationToken)
    {
        Cases = IsBlocked ? [] : await trials.RunCasesAsync((await definitions.FindAsync(Procedure.Latest.Id, cancellationToken))!, cancellationToken);
        return Page();
    }

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found || await definitions.FindAsync(found.Latest.Id, cancellationToken) is not { } latest)
        {
            return false;
        }

        Procedure = found;
        Problems = await problems.OfAsync(latest, cancellationToken);
        NeedsApproval = await publications.NeedsApprovalAsync(definitionId, cancellationToken);
        if (found.Published is { } pointer && await definitions.FindAsync(pointer.Id, cancellationToken) is { } published)
        {
            Differences = comparison.Compare(DefinitionDocument.Parse(published), DefinitionDocument.Parse(latest));
        }

        return true;
    }
}
