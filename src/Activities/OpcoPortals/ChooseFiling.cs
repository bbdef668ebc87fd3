using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.OpcoPortals;

[Activity("MonOPCO.ChooseFiling", Title = "Choisir le mode de dépôt", Category = "Portails OPCO", Description = "Prépare le dépôt et choisit selon le réglage du portail : copilote (une personne dépose) ou robot.")]
[Outcome("Assisted", "Copilote")]
[Outcome("Bot", "Robot")]
public sealed class ChooseFiling(FilingService filings, PortalData data, MonOpcoDbContext db) : Activity<NoInput, NoOutput>
{
    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var dossier = await db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
        if (dossier.OpcoSlug is null)
        {
            return new Failed("opco-missing", "L'OPCO du dossier n'est pas déterminé : choisissez-le sur le dossier, puis réessayez.");
        }

        var mode = await filings.ModeAsync(dossier.OpcoSlug, context.CancellationToken);
        var package = await db.Documents.Where(x => x.DossierId == dossier.Id && x.TypeCode == DocumentTypes.Paquet).OrderByDescending(x => x.CreatedAt).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(context.CancellationToken);
        await filings.PrepareAsync(dossier.Id, dossier.OpcoSlug, mode, dossier.Numero, await data.BuildAsync(dossier.Id, context.CancellationToken), package, context.Change(), context.CancellationToken);
        return new Done(NoOutput.Instance, mode == FilingMode.Assisted ? "Assisted" : "Bot");
    }
}
