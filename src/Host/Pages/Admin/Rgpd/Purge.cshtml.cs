using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>A list of the retention schedule: what it held, who decided, what became of each line.</summary>
[Authorize(Policies.Administration)]
public sealed class PurgeModel(MonOpcoDbContext database) : PageModel
{
    public const int Shown = 500;

    public PurgePlan Plan { get; private set; } = null!;

    public IReadOnlyList<PurgeItem> Items { get; private set; } = [];

    public int Count { get; private set; }

    public Guid? TaskId { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.PurgePlans.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } plan)
        {
            return NotFound();
        }

        Plan = plan;
        Count = await database.PurgeItems.CountAsync(x => x.PlanId == id, cancellationToken);
        Items = await database.PurgeItems.AsNoTracking().Where(x => x.PlanId == id).OrderBy(x => x.RetentionClass).ThenBy(x => x.DueOn).ThenBy(x => x.SubjectId).Take(Shown).ToListAsync(cancellationToken);
        var key = id.ToString();
        TaskId = plan.Status == PurgePlanStatus.Prepared
            ? (await database.HumanTasks.AsNoTracking().Where(x => x.Code == "valider-purge" && x.Status == HumanTaskStatus.Open).ToListAsync(cancellationToken)).FirstOrDefault(x => x.Context?["planId"]?.ToString() == key)?.Id
            : null;
        return Page();
    }
}
