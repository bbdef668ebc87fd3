using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Documents.BuildPackage.Output>;

namespace MonOPCO.Activities.Documents;

[Activity("MonOPCO.BuildPackage", Title = "Composer le paquet pour l'OPCO", Category = "Documents", Description = "Réunit en un ZIP les pièces de la liste blanche, dans l'ordre ; jamais un contenu de bilan.")]
public sealed class BuildPackage(DossierPackage package, DocumentStore store, DossierService dossiers) : Activity<NoInput, BuildPackage.Output>
{
    public sealed record Output([property: Display(Name = "Document")] Guid DocumentId, [property: Display(Name = "Fichiers du paquet")] string[] Files);

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        try
        {
            var (content, zip) = await package.BuildAsync(context.DossierId(), context.CancellationToken);
            var document = await store.AddAsync(new NewDocument(DocumentTypes.Paquet, content.FileName, context.DossierId()), new MemoryStream(zip), context.Change(), context.CancellationToken);
            await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.DocumentAdded, $"Paquet composé pour l'OPCO : {content.Items.Count} pièces.", context.Change(), context.CancellationToken, [document.Id]);
            return new Done(new Output(document.Id, [.. content.Items.Select(x => x.FileName)]));
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }
    }
}
