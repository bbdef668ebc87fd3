using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure;

namespace MonOPCO.Host.Pages.Demande;

public sealed class ActionModel(RequestDrafts drafts, MonOpcoDbContext database, RuleBook rules, TimeProvider clock) : DraftPage(drafts, database)
{
    private readonly MonOpcoDbContext _database = database;

    [BindProperty]
    public ActionForm Action { get; set; } = new();

    public IReadOnlyList<TrainingBody> Bodies { get; private set; } = [];

    /// <summary>By the rule of the day; null when there is none for this kind.</summary>
    public decimal? MaxHours { get; private set; }

    public IEnumerable<SelectListItem> BodyItems => Bodies.Select(x => new SelectListItem(
        $"{x.Name} – NDA {x.Nda} – Qualiopi {string.Join(", ", x.QualiopiCategories)}{(x.QualiopiTo is { } to ? $" jusqu’au {Fr.Date(to)}" : "")}", x.Id.ToString()));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Action = Form.Action;
        await LoadBodiesAsync(cancellationToken);
        Action.TrainingBody ??= Bodies.Count == 1 ? Bodies[0].Id.ToString() : null;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await KeepAsync(cancellationToken);
        await LoadBodiesAsync(cancellationToken);
        Action.Check(ModelState, "Action.", Fr.InParis(clock.GetUtcNow()), [.. Bodies]);
        return ModelState.IsValid ? Step("recapitulatif") : this.Invalid();
    }

    public async Task<IActionResult> OnPostRevenirAsync(CancellationToken cancellationToken)
    {
        await KeepAsync(cancellationToken);
        return Step("beneficiaires");
    }

    /// <summary>Only those whose certificate covers this kind of action: another would be refused later.</summary>
    internal static Task<List<TrainingBody>> BodiesFor(MonOpcoDbContext database, DossierKind kind, CancellationToken cancellationToken)
    {
        var category = kind == DossierKind.Bilan ? "BC" : "AF";
        return database.TrainingBodies.AsNoTracking().Where(x => x.NdaActive && x.QualiopiCategories.Contains(category)).OrderBy(x => x.Name).ToListAsync(cancellationToken);
    }

    private async Task LoadBodiesAsync(CancellationToken cancellationToken)
    {
        Bodies = await BodiesFor(_database, Draft.Kind, cancellationToken);
        MaxHours = await rules.NumberAsync(RuleCodes.MaxHours, Fr.InParis(clock.GetUtcNow()), cancellationToken, kind: Draft.Kind);
    }

    private Task KeepAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        Form.Action = Action;
        return SaveAsync(cancellationToken);
    }
}
