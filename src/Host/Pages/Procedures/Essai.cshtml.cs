using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Activities.Trials;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Plans;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>One trial, played at each look: its way on the map and as a list, its variables, and what it waits for now with the answers that may be given.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class EssaiModel(TrialBook trials, DefinitionStore definitions, ActivityRegistry activities, PlanDrawing drawing, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private const int LongestDelay = 3660;

    public TrialView Trial { get; private set; } = null!;

    public TrialTelling Telling { get; private set; } = null!;

    public IReadOnlyList<TrialQuestion> Questions { get; private set; } = [];

    /// <summary>What really happened and is not in the script.</summary>
    public IReadOnlyList<TrialAnswer> Left { get; private set; } = [];

    public IReadOnlyList<DefinitionVersion> Versions { get; private set; } = [];

    public InstanceWay? Way { get; private set; }

    public IReadOnlyList<TrialDrawing> Drawings { get; private set; } = [];

    public IReadOnlyDictionary<string, PlanMark> Marks { get; private set; } = new Dictionary<string, PlanMark>();

    public bool MayEdit { get; private set; }

    public bool ShowsValues { get; private set; }

    public string Address => $"{ProcedureLook.Url(Trial.Row.DefinitionId)}/essais/{Trial.Row.Id}";

    [BindProperty]
    public Reply Reponse { get; set; } = new();

    [BindProperty]
    public string? Nom { get; set; }

    public async Task<IActionResult> OnGetAsync(string definitionId, Guid essai, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, essai, cancellationToken))
        {
            return NotFound();
        }

        await trials.KeepAsync(Trial, cancellationToken);
        return Page();
    }

    public Task<IActionResult> OnPostRepondreAsync(string definitionId, Guid essai, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        await trials.AddAsync(Trial, [Answer()], cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>What really happened at this step.</summary>
    public Task<IActionResult> OnPostEnregistreAsync(string definitionId, Guid essai, string activite, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        var answer = Questions.FirstOrDefault(x => x.Need.Activity == activite)?.Recorded ?? throw new RuleBrokenException("trial", "Le dossier réel n’a pas de réponse à cette étape.");
        await trials.AddAsync(Trial, [answer], cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Everything that really happened and is not in the script yet.</summary>
    public Task<IActionResult> OnPostSuiteAsync(string definitionId, Guid essai, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        await trials.AddAsync(Trial, Left, cancellationToken);
        return null;
    }, cancellationToken);

    public Task<IActionResult> OnPostAvancerAsync(string definitionId, Guid essai, int? nombre, string? unite, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        if (nombre is < 1 or > LongestDelay)
        {
            throw new RuleBrokenException("trial-time", $"Indiquez une durée de 1 à {LongestDelay}.");
        }

        TimeSpan? by = nombre is { } count ? unite == "heures" ? TimeSpan.FromHours(count) : TimeSpan.FromDays(count) : null;
        await trials.AddAsync(Trial, [new TrialAnswer(TrialAnswerKind.Clock) { By = by }], cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Back to where that answer was waited for.</summary>
    public Task<IActionResult> OnPostReprendreAsync(string definitionId, Guid essai, int ligne, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        await trials.CutAsync(Trial, ligne, cancellationToken);
        return "L’essai reprend d’ici : la suite est oubliée.";
    }, cancellationToken);

    public Task<IActionResult> OnPostVersionAsync(string definitionId, Guid essai, int version, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async _ =>
    {
        var chosen = Versions.FirstOrDefault(x => x.Version == version) ?? throw new RuleBrokenException("trial-version", "Cette version n’existe plus.");
        await trials.ChooseVersionAsync(Trial, chosen.Id, cancellationToken);
        return $"L’essai est joué sur la version {version}.";
    }, cancellationToken);

    public Task<IActionResult> OnPostCasAsync(string definitionId, Guid essai, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async change =>
    {
        await trials.SaveCaseAsync(Trial, Nom, change, cancellationToken);
        return "Le cas de test est enregistré : il sera rejoué à chaque publication.";
    }, cancellationToken);

    public Task<IActionResult> OnPostRenommerAsync(string definitionId, Guid essai, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async change =>
    {
        await trials.RenameAsync(Trial, Nom, change, cancellationToken);
        return "Le nom est changé.";
    }, cancellationToken);

    public Task<IActionResult> OnPostSupprimerAsync(string definitionId, Guid essai, CancellationToken cancellationToken) => ActAsync(definitionId, essai, async change =>
    {
        await trials.DeleteAsync(Trial, change, cancellationToken);
        return Trial.Row.Name is { } name ? $"Le cas de test « {name} » est supprimé." : "L’essai est supprimé.";
    }, cancellationToken, ProcedureLook.Url(definitionId) + "/essais");

    /// <summary>The plan in pieces that fit a screen; a procedure in one piece is always on the way.</summary>
    private IEnumerable<TrialDrawing> Draw()
    {
        var number = 0;
        foreach (var chart in Trial.Plan.Plan.Charts)
        {
            var grid = Trial.Plan.Grids[chart.Id];
            var parts = PlanDrawing.Parts(grid, whole: false);
            foreach (var part in parts)
            {
                var name = chart.Title.Length > 0 ? chart.Title : Trial.Version.Name;
                var label = parts.Count > 1 ? $"{name}, partie {part.Number} sur {parts.Count}" : name;
                var svg = drawing.Draw(chart, grid, part, parts, Marks, Way!.Walked, $"plan{++number}", label, "Les mêmes étapes sont écrites dans « Déroulement ».");
                yield return new TrialDrawing(svg, label, parts.Count > 1 ? $"Partie {part.Number} sur {parts.Count}" : null, part.To - part.From < 3)
                {
                    IsOnTheWay = parts.Count == 1 || chart.Nodes.Any(x => grid.Cells[x.Id].Column >= part.From && grid.Cells[x.Id].Column <= part.To && (Way.Seen.ContainsKey(x.Id) || Way.Here.Contains(x.Id))),
                };
            }
        }
    }

    private TrialAnswer Answer()
    {
        if (!Enum.TryParse<TrialAnswerKind>(Reponse.Nature, out var kind))
        {
            throw new RuleBrokenException("trial", "Choisissez une réponse.");
        }

        var failed = kind == TrialAnswerKind.Effect && Reponse.Issue == Reply.Failure;
        return new TrialAnswer(kind)
        {
            Activity = Reponse.Acte is DossierActs.Signature or DossierActs.Complements ? null : Reponse.Activite,
            Act = Reponse.Acte,
            Outcome = failed ? null : Reponse.Issue,
            Data = Reponse.Acte == DossierActs.Signature
                ? new System.Text.Json.Nodes.JsonObject { ["document"] = Reponse.Document, ["role"] = Reponse.Role, ["rank"] = Reponse.Rang }
                : kind == TrialAnswerKind.Retry || failed ? null : TrialScripts.Typed(Reponse.Donnees),
            Code = failed ? "essai" : null,
            Message = string.IsNullOrWhiteSpace(Reponse.Motif) ? failed ? "Échec choisi pour l’essai." : null : Reponse.Motif.Trim(),
            Actor = kind == TrialAnswerKind.Effect ? null : User.Change(clock.GetUtcNow()).ActorName,
        };
    }

    private async Task<IActionResult> ActAsync(string definitionId, Guid essai, Func<Domain.Audit.ChangeContext, Task<string?>> act, CancellationToken cancellationToken, string? then = null)
    {
        if (!await LoadAsync(definitionId, essai, cancellationToken))
        {
            return NotFound();
        }

        if (!MayEdit)
        {
            return Forbid();
        }

        try
        {
            if (await act(User.Change(clock.GetUtcNow())) is { } told)
            {
                this.Flash("success", told);
            }

            return Redirect(then ?? Address + "#attendu");
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError("", refused.Message);
            return this.Invalid();
        }
    }

    private async Task<bool> LoadAsync(string definitionId, Guid essai, CancellationToken cancellationToken)
    {
        if (await trials.LookAsync(definitionId, essai, cancellationToken) is not { } found)
        {
            return false;
        }

        Trial = found;
        MayEdit = (await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded;
        ShowsValues = (await authorization.AuthorizeAsync(User, Policies.Staff)).Succeeded;
        Versions = await definitions.ListAsync(definitionId, cancellationToken);
        Telling = new TrialTelling(found, activities, ShowsValues);
        if (found.Result is not { } result)
        {
            return true;
        }

        Left = await trials.LeftAsync(found, cancellationToken);
        Questions = Telling.Questions(Left);
        Way = InstanceWay.Of(result);
        Marks = found.Plan.Plan.Charts.SelectMany(x => x.Nodes).DistinctBy(x => x.Id).ToDictionary(x => x.Id, x => Way.Mark(x.Id), StringComparer.Ordinal);
        Drawings = [.. Draw()];
        return true;
    }

    /// <summary>What is answered in the place of people and of the outside.</summary>
    public sealed class Reply
    {
        public const string Failure = "!";

        public string? Nature { get; set; }

        public string? Activite { get; set; }

        public string? Acte { get; set; }

        public string? Issue { get; set; }

        public string? Donnees { get; set; }

        public string? Motif { get; set; }

        public string? Document { get; set; }

        public string? Role { get; set; }

        public int Rang { get; set; }
    }
}

/// <summary>A piece of the plan, drawn.</summary>
public sealed record TrialDrawing(string Svg, string Label, string? Caption, bool IsSmall)
{
    public bool IsOnTheWay { get; init; }
}
