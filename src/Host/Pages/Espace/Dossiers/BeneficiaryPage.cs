using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>A page of a dossier for the one whom it is about; it does not exist for the employer, the consultant or anybody else.</summary>
public abstract class BeneficiaryPage(PortalSessions sessions) : SpacePage(sessions)
{
    [BindProperty(SupportsGet = true)]
    public string Numero { get; set; } = "";

    public Dossier Dossier { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        await using (var session = await OpenAsync(HttpContext.RequestAborted))
        {
            var numero = RouteData.Values["numero"] as string;
            if (await session.Db.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.Beneficiaires).FirstOrDefaultAsync(x => x.Numero == numero, HttpContext.RequestAborted) is not { } dossier || !BeneficiaryOf.Is(User, dossier))
            {
                context.Result = NotFound();
                return;
            }

            Dossier = dossier;
        }

        await next();
    }
}
