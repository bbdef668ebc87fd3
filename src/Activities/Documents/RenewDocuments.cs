using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Documents.RenewDocuments.Output>;

namespace MonOPCO.Activities.Documents;

[Activity("MonOPCO.RenewDocuments", Title = "Reprendre les documents périmés", Category = "Documents", Description = "Le dossier a changé après l'édition de documents : dit lesquels, et d'où reprendre. Ce qui reste juste n'est ni refait ni signé de nouveau.")]
[Outcome("Quote", "Depuis le devis")]
[Outcome("Agreement", "Depuis la convention")]
[Outcome("UpToDate", "Rien à refaire")]
public sealed class RenewDocuments(StaleDocuments stale, DossierService dossiers) : Activity<NoInput, RenewDocuments.Output>
{
    /// <param name="Types">Codes of the documents to make again.</param>
    public sealed record Output([property: Display(Name = "Types de documents à refaire")] string[] Types);

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var found = await stale.OfDossierAsync(context.DossierId(), context.CancellationToken);
        if (found.Count == 0)
        {
            return new Done(new Output([]), "UpToDate");
        }

        var fromQuote = found.Any(x => x.Type.Code is DocumentTypes.Devis or DocumentTypes.Programme);
        var text = $"Documents à refaire : {string.Join(", ", found.Select(x => $"{x.Type.Label} ({string.Join(", ", x.Changes.Select(c => c.Label))})"))}.";
        if (fromQuote)
        {
            await dossiers.ChangeStateAsync(context.DossierId(), DossierState.AnalyseBesoin, context.Change(), context.CancellationToken, text);
        }
        else
        {
            await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.Edited, text, context.Change(), context.CancellationToken);
        }

        return new Done(new Output([.. found.Select(x => x.Type.Code)]), fromQuote ? "Quote" : "Agreement");
    }
}
