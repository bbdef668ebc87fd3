using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Endpoints;

/// <summary>« Valider » in the list: to the task that validates the request, or to the dossier, which says why there is none.</summary>
internal static class DossierShortcuts
{
    public static void MapDossierShortcuts(this WebApplication app) => app.MapGet("/dossiers/{numero}/valider", async (string numero, MonOpcoDbContext database, CancellationToken cancellationToken) =>
    {
        if (await database.Dossiers.AsNoTracking().Where(x => x.Numero == numero).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken) is not { } id)
        {
            return Results.NotFound();
        }

        var task = await database.HumanTasks.AsNoTracking().Where(x => x.DossierId == id && x.Status == HumanTaskStatus.Open && x.Code == "valider-demande").Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken);
        return Results.Redirect(task is { } open ? $"/taches/{open}" : $"/dossiers/{numero}");
    }).RequireAuthorization(Policies.Operators);
}
