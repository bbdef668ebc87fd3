using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Pdf;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Documents.GenerateDocument.Output>;

namespace MonOPCO.Activities.Documents;

[Activity("MonOPCO.GenerateDocument", Title = "Établir un document", Category = "Documents", Description = "Produit un PDF accessible à partir d'un modèle et des données du dossier.", Kind = ActivityKind.Effect, Queue = "pdf")]
public sealed class GenerateDocument(DocumentData data, ITemplateRenderer templates, PdfRenderer pdf, DocumentStore store, DossierService dossiers, MonOpcoDbContext db) : Activity<GenerateDocument.Input, GenerateDocument.Output>
{
    public sealed record Input
    {
        [Display(Name = "Modèle", Description = "Le texte à mettre en page.", Order = 1)]
        [Editor("dropdown", Source = "documentTemplates")]
        public required string Template { get; init; }

        [Display(Name = "Type de document", Description = "Sous quel type le document est rangé dans le dossier.", Order = 2)]
        [Editor("dropdown", Source = "documentTypes")]
        public required string DocumentType { get; init; }

        [Display(Name = "Seulement s'il est périmé", Description = "Un document de ce type qui imprime encore les valeurs du dossier est gardé, avec ses signatures.", Order = 3)]
        public bool OnlyIfStale { get; init; }
    }

    public sealed record Output
    {
        [Display(Name = "Document")]
        public Guid DocumentId { get; init; }

        [Display(Name = "Nom du fichier")]
        public required string FileName { get; init; }

        [JsonIgnore]
        public byte[] Pdf { get; init; } = [];

        [JsonIgnore]
        public JsonObject? Facts { get; init; }
    }

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            if (input.OnlyIfStale && await CurrentAsync(input.DocumentType, context) is { } current)
            {
                return new Done(new Output { DocumentId = current.Id, FileName = current.Name });
            }

            // One reading for the print and for the facts that are compared before filing.
            var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Beneficiaires).SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
            var document = templates.RenderDocument(input.Template, (await data.BuildAsync(dossier.Id, Prefix(input.DocumentType), context.Now, context.CancellationToken)).ToElement());
            return await pdf.RenderAsync(new PdfRequest(document.Html, document.HeaderHtml, document.FooterHtml), context.CancellationToken) switch
            {
                PdfResult.Rendered rendered => new Done(new Output { FileName = $"{input.DocumentType.ToLowerInvariant().Replace('_', '-')}-{dossier.Numero}.pdf", Pdf = rendered.Pdf, Facts = DocumentFacts.Of(dossier) }),
                PdfResult.Failed { Failure: { Retryable: true } failure } => new RetryLater(TimeSpan.FromSeconds(10), failure.Reason),
                PdfResult.Failed { Failure: var failure } => new Failed("pdf-failed", failure.Reason),
                _ => throw new InvalidOperationException("The PDF renderer answered neither."),
            };
        }
        catch (TemplateException problem)
        {
            return new Failed("template", problem.Message);
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }
    }

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        if (output.Pdf.Length == 0)
        {
            return output;
        }

        var document = await store.AddAsync(new NewDocument(input.DocumentType, output.FileName, context.DossierId()) { Facts = output.Facts }, new MemoryStream(output.Pdf), context.Change(), context.CancellationToken);
        var label = await db.DocumentTypes.Where(x => x.Code == input.DocumentType).Select(x => x.Label).SingleAsync(context.CancellationToken);
        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.DocumentAdded, $"Document établi : {label}.", context.Change(), context.CancellationToken, [document.Id]);
        return output with { DocumentId = document.Id };
    }

    public override async Task<JsonObject> RehearseAsync(Input input, string outcome, JsonObject output, ActivityContext context)
    {
        if (input.OnlyIfStale && await CurrentAsync(input.DocumentType, context) is { } current)
        {
            return new JsonObject { ["documentId"] = current.Id, ["fileName"] = current.Name };
        }

        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Beneficiaires).SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
        var name = $"{input.DocumentType.ToLowerInvariant().Replace('_', '-')}-{dossier.Numero}.pdf";
        var document = await store.AddAsync(new NewDocument(input.DocumentType, name, dossier.Id) { Facts = DocumentFacts.Of(dossier) }, StandIn.Of(FileSniffer.Pdf), context.Change(), context.CancellationToken);
        return new JsonObject { ["documentId"] = document.Id, ["fileName"] = document.Name };
    }

    /// <summary>The last document of this type, when we did not make it or it still prints what the dossier says.</summary>
    private async Task<Document?> CurrentAsync(string type, ActivityContext context)
    {
        var last = await db.Documents.AsNoTracking().Where(x => x.DossierId == context.DossierId() && x.TypeCode == type && x.DestroyedAt == null)
            .OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id).FirstOrDefaultAsync(context.CancellationToken);
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Beneficiaires).SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
        return last is not null && (last.Facts is null || DocumentFacts.Differences(last.Facts, DocumentFacts.Of(dossier)).Count == 0) ? last : null;
    }

    private static string Prefix(string documentType) => documentType switch
    {
        DocumentTypes.Devis => "D",
        DocumentTypes.Convention => "CV",
        DocumentTypes.Mandat => "MD",
        DocumentTypes.Programme => "P",
        _ => "L",
    };
}
