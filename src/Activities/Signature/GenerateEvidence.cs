using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Documents;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Pdf;
using MonOPCO.Integrations.Sealing;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Signature.GenerateEvidence.Output>;

namespace MonOPCO.Activities.Signature;

[Activity("MonOPCO.GenerateEvidence", Title = "Établir le fichier de preuve", Category = "Signature", Description = "PDF qui réunit les empreintes, les horaires et le consentement de chaque signataire.", Kind = ActivityKind.Effect, Queue = "pdf")]
public sealed class GenerateEvidence(DocumentData data, ITemplateRenderer templates, PdfRenderer pdf, SealingKey key, SignatureService signatures, DocumentStore store, DossierService dossiers, MonOpcoDbContext db)
    : Activity<GenerateEvidence.Input, GenerateEvidence.Output>
{
    public sealed record Input
    {
        [Display(Name = "Document signé", Description = "Le document du dossier, par son type.")]
        [Editor("dropdown", Source = "documentTypes")]
        public required string DocumentType { get; init; }
    }

    public sealed record Output
    {
        [Display(Name = "Demande de signature")]
        public required Guid RequestId { get; init; }

        [Display(Name = "Fichier de preuve")]
        public Guid DocumentId { get; init; }

        [JsonIgnore]
        public byte[] Pdf { get; init; } = [];
    }

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            var request = await db.LatestRequestAsync(context.DossierId(), input.DocumentType, context.CancellationToken);
            if (request.EvidenceDocumentId is { } made)
            {
                return new Done(new Output { RequestId = request.Id, DocumentId = made });
            }

            var content = await data.BuildAsync(context.DossierId(), "PR", context.Now, context.CancellationToken);
            await AddProofAsync(content, request, context);
            var document = templates.RenderDocument("preuve-signature", content.ToElement());
            return await pdf.RenderAsync(new PdfRequest(document.Html, document.HeaderHtml, document.FooterHtml), context.CancellationToken) switch
            {
                PdfResult.Rendered rendered => new Done(new Output { RequestId = request.Id, Pdf = rendered.Pdf }),
                PdfResult.Failed { Failure: { Retryable: true } failure } => new RetryLater(TimeSpan.FromSeconds(10), failure.Reason),
                PdfResult.Failed { Failure: var failure } => new Failed("pdf-failed", failure.Reason),
                _ => throw new InvalidOperationException("The PDF renderer answered neither."),
            };
        }
        catch (TemplateException problem)
        {
            return new Failed("template", problem.Message);
        }
    }

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        if (output.Pdf.Length == 0)
        {
            return output;
        }

        var numero = await db.Dossiers.Where(x => x.Id == context.DossierId()).Select(x => x.Numero).SingleAsync(context.CancellationToken);
        var name = $"preuve-{input.DocumentType.ToLowerInvariant()}-{numero}.pdf";
        var document = await store.AddAsync(new NewDocument(DocumentTypes.PreuveSignature, name, context.DossierId()), new MemoryStream(output.Pdf), context.Change(), context.CancellationToken);
        await signatures.AttachAsync(output.RequestId, null, document.Id, context.Change(), context.CancellationToken);
        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.DocumentAdded, "Fichier de preuve de la signature établi.", context.Change(), context.CancellationToken, [document.Id]);
        return output with { DocumentId = document.Id };
    }

    public override async Task<JsonObject> RehearseAsync(Input input, string outcome, JsonObject output, ActivityContext context)
    {
        var request = await db.LatestRequestAsync(context.DossierId(), input.DocumentType, context.CancellationToken);
        if (request.EvidenceDocumentId is not { } made)
        {
            var document = await store.AddAsync(new NewDocument(DocumentTypes.PreuveSignature, $"preuve-{input.DocumentType.ToLowerInvariant()}.pdf", context.DossierId()), StandIn.Of(FileSniffer.Pdf), context.Change(), context.CancellationToken);
            await signatures.AttachAsync(request.Id, null, document.Id, context.Change(), context.CancellationToken);
            made = document.Id;
        }

        return new JsonObject { ["requestId"] = request.Id, ["documentId"] = made };
    }

    private async Task AddProofAsync(JsonObject content, SignatureRequest request, ActivityContext context)
    {
        var evidence = await signatures.EvidenceAsync(request.Id, context.CancellationToken);
        var versions = await db.Documents.AsNoTracking().Where(x => x.DossierId == request.DossierId && x.TypeCode == request.DocumentTypeCode && x.SourceDocumentId != null && x.CreatedAt >= request.CreatedAt)
            .OrderBy(x => x.CreatedAt).Select(x => x.Sha256).ToListAsync(context.CancellationToken);
        var consent = DatedTexts.Text("mentions.consentement", DossierKind.Formation, Fr.InParis(request.CreatedAt));
        var signed = evidence.Signers.Where(x => x.Status == SignerStatus.Signed).OrderBy(x => x.SignedAt).ToList();
        content["document"]!["etabliLe"] = Utc(context.Now);
        content["original"] = new JsonObject { ["titre"] = request.Title, ["reference"] = evidence.Numero, ["empreinte"] = evidence.OriginalSha256 };
        content["signatures"] = new JsonArray([.. signed.Select((x, i) => new JsonObject
        {
            ["nom"] = x.Name,
            ["partie"] = x.Role switch { SignerRole.Entreprise => "entreprise", SignerRole.Beneficiaire => "bénéficiaire", SignerRole.Organisme => "organisme", _ => throw new InvalidOperationException() },
            ["courriel"] = x.Email,
            ["lienEnvoye"] = Utc(x.InvitedAt),
            ["ouvert"] = Utc(x.ViewedAt),
            ["codeEnvoye"] = Utc(x.CodeSentAt),
            ["codeVerifie"] = Utc(x.SignedAt),
            ["signe"] = Utc(x.SignedAt),
            ["consentement"] = consent,
            ["empreinteIp"] = x.IpHash,
            ["navigateur"] = x.UserAgent ?? "",
            ["empreinteApres"] = i < versions.Count ? versions[i] : evidence.FinalSha256,
        })]);
        content["cachet"] = new JsonObject
        {
            ["titulaire"] = key.Certificate.Subject,
            ["empreinte"] = key.Fingerprint.ToLowerInvariant(),
            ["format"] = "ETSI.CAdES.detached, SHA-256, mise à jour incrémentale du PDF",
            ["horloge"] = "horloge du serveur, sans horodatage qualifié",
        };
    }

    private static string? Utc(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
