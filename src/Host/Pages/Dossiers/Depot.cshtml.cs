using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Portails;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>The copilote de dépôt of a dossier, at any time; recording the deposit is the task's business.</summary>
[Authorize(Policies.Operators)]
public sealed class DepotModel(MonOpcoDbContext database, Copilot copilot, DossierPackage package, TimeProvider clock) : PageModel
{
    public Dossier Dossier { get; private set; } = null!;

    public CopilotSheet? Sheet { get; private set; }

    /// <summary>Open task that records the deposit.</summary>
    public Guid? TaskId { get; private set; }

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await database.FindDossierAsync(RouteData.Values["numero"] as string, HttpContext.RequestAborted) is not { } dossier)
        {
            context.Result = NotFound();
            return;
        }

        Dossier = dossier;
        await next();
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Sheet = await copilot.BuildAsync(Dossier, clock.GetUtcNow(), cancellationToken);
        TaskId = await database.HumanTasks.AsNoTracking().Where(x => x.DossierId == Dossier.Id && x.Status == HumanTaskStatus.Open && x.Code == "depot-assiste").Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The ZIP as it would leave now: the same bytes as the recorded one while nothing has changed.</summary>
    public async Task<IActionResult> OnGetPaquetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (content, zip) = await package.BuildAsync(Dossier.Id, cancellationToken);
            return File(zip, FileSniffer.Zip, content.FileName);
        }
        catch (RuleBrokenException broken)
        {
            this.Flash("warning", broken.Message);
            return RedirectToPage(null, new { Dossier.Numero });
        }
    }
}
