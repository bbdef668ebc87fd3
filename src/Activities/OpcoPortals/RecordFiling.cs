using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.OpcoPortals;

[Activity("MonOPCO.RecordFiling", Title = "Enregistrer le dépôt", Category = "Portails OPCO", Description = "Note la référence et l'accusé de réception d'un dépôt fait à la main.")]
public sealed class RecordFiling(DossierService dossiers, FilingService filings, MonOpcoDbContext db) : Activity<RecordFiling.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "Référence du portail", Description = "Celle que l'OPCO a donnée au dépôt.", Order = 1)]
        public required string Reference { get; init; }

        [Display(Name = "Accusé de réception", Description = "Identifiant du document.", Order = 2)]
        public Guid? ReceiptDocumentId { get; init; }
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            await dossiers.RecordDepositAsync(context.DossierId(), new RecordDeposit(input.Reference, context.Now, input.ReceiptDocumentId), context.Change(), context.CancellationToken);
            var filing = await db.Filings.Where(x => x.DossierId == context.DossierId()).OrderByDescending(x => x.CreatedAt).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(context.CancellationToken);
            if (filing is { } id)
            {
                await filings.RecordSubmittedAsync(id, input.Reference, input.ReceiptDocumentId, [], context.Change(), context.CancellationToken);
            }
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }

        return new Done(NoOutput.Instance);
    }
}
