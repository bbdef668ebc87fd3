using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>« Valider la purge »: the whole list, by class; the decision is written in the transaction of the answer.</summary>
public sealed class ValiderPurge(MonOpcoDbContext db) : TaskScreen
{
    private Guid PlanId => Guid.TryParse(Work.Context?["planId"]?.ToString(), out var id) ? id : Guid.Empty;

    public PurgePlan? Plan { get; private set; }

    public IReadOnlyList<PurgeItem> Items { get; private set; } = [];

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Plan = await db.PurgePlans.AsNoTracking().FirstOrDefaultAsync(x => x.Id == PlanId, cancellationToken);
        Items = await db.PurgeItems.AsNoTracking().Where(x => x.PlanId == PlanId).OrderBy(x => x.RetentionClass).ThenBy(x => x.DueOn).ThenBy(x => x.Numero).ToListAsync(cancellationToken);
    }

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (outcome.Name == "Valider" && form["verifie"] != "true")
        {
            errors.AddModelError("", "Cochez la case : ce qui est détruit ne revient pas.");
            return Task.FromResult<ScreenAnswer?>(null);
        }

        if (Plain(outcome, form, errors) is not { } plain)
        {
            return Task.FromResult<ScreenAnswer?>(null);
        }

        // Names of outcomes are the procedure's: only this one approves.
        return Task.FromResult<ScreenAnswer?>(plain with
        {
            Alongside = services => services.GetRequiredService<RetentionService>().DecideAsync(PlanId, outcome.Name == "Valider", plain.Reason, Change, cancellationToken),
        });
    }
}
