using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Host.Bulk;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>How an act on many dossiers goes: each dossier's result, another try for what failed, the undoing where there is one. One's own runs only.</summary>
[Authorize(Policies.Operators)]
public sealed class LotSuiviModel(BulkRuns runs, BulkActs acts, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    private const int Shown = 200;

    public BulkRun Run { get; private set; } = null!;

    public BulkProgress Progress { get; private set; } = new(0, 0, 0, 0, 0);

    public IReadOnlyList<(string Numero, string Company, BulkItem Item)> Items { get; private set; } = [];

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var id = Guid.Parse((string)RouteData.Values["id"]!);
        if (await database.BulkRuns.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id && x.OwnerId == User.Id(), HttpContext.RequestAborted) is not { } run)
        {
            context.Result = NotFound();
            return;
        }

        Run = run;
        await next();
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Progress = await runs.ProgressAsync(Run.Id, cancellationToken);
        var rows = await database.BulkItems.AsNoTracking().Where(x => x.RunId == Run.Id).OrderByDescending(x => x.Status == BulkItemStatus.Failed).ThenByDescending(x => x.Status == BulkItemStatus.Refused).ThenBy(x => x.DossierId).Take(Shown)
            .Join(database.Dossiers, x => x.DossierId, x => x.Id, (item, dossier) => new { item, dossier.Numero, dossier.CompanyName }).ToListAsync(cancellationToken);
        Items = [.. rows.Select(x => (x.Numero, x.CompanyName, x.item))];
        return Request.Headers.ContainsKey("HX-Request") && !Request.Headers.ContainsKey("HX-History-Restore-Request") ? Partial("_LotSuivi", this) : Page();
    }

    public async Task<IActionResult> OnPostReessayerAsync(CancellationToken cancellationToken)
    {
        this.Flash("info", $"{Fr.Plural(await runs.RetryAsync(Run.Id, cancellationToken), "dossier repris", "dossiers repris")}.");
        return RedirectToPage(new { id = Run.Id });
    }

    public async Task<IActionResult> OnPostAnnulerAsync(CancellationToken cancellationToken)
    {
        var undone = await acts.UndoAsync(Run, User.Change(clock.GetUtcNow(), $"Annulation : {Run.Title}"), cancellationToken);
        this.Flash(undone > 0 ? "success" : "warning", undone > 0 ? $"{Fr.Plural(undone, "dossier remis", "dossiers remis")} comme avant." : "Rien à annuler : ces dossiers ont changé depuis.");
        return RedirectToPage(new { id = Run.Id });
    }

    public static StatusLook Look(BulkItemStatus status) => status switch
    {
        BulkItemStatus.Pending => new("En attente", "waiting", "hourglass"),
        BulkItemStatus.Done => new("Fait", "success", "circle-check"),
        BulkItemStatus.Refused => new("Non concerné", "warning", "ban"),
        BulkItemStatus.Failed => new("Échec", "danger", "alert-triangle"),
        _ => new("Annulé", "neutral", "history"),
    };
}
