using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Privacy;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Pdf;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Retention.IssueCertificate.Output>;

namespace MonOPCO.Activities.Retention;

[Activity("MonOPCO.IssueCertificate", Title = "Établir le certificat de destruction", Category = "Conservation", Description = "Produit le PDF qui prouve une purge ou un effacement. Il ne porte aucune donnée de la personne.", Kind = ActivityKind.Effect, Queue = "pdf")]
public sealed class IssueCertificate(Documents.DocumentData data, ITemplateRenderer templates, PdfRenderer pdf, DocumentStore store, MonOpcoDbContext db) : Activity<IssueCertificate.Input, IssueCertificate.Output>
{
    public enum Proof
    {
        Purge,
        Erasure,
    }

    public sealed record Input
    {
        [Display(Name = "Prouve", Description = "Ce que le certificat prouve.", Order = 1)]
        [Editor("dropdown", Choices = ["Purge|Une purge", "Erasure|Un effacement"])]
        public required Proof Kind { get; init; }

        [Display(Name = "Identifiant", Description = "De la liste purgée ou de l'effacement.", Order = 2)]
        public required Guid Subject { get; init; }
    }

    public sealed record Output
    {
        [Display(Name = "Document")]
        public Guid DocumentId { get; init; }

        [Display(Name = "Nom du fichier")]
        public required string FileName { get; init; }

        [JsonIgnore]
        public byte[] Pdf { get; init; } = [];
    }

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            var (numero, content) = input.Kind == Proof.Purge ? await PurgeAsync(input.Subject, context) : await ErasureAsync(input.Subject, context);
            var document = templates.RenderDocument("certificat-destruction", content.ToElement());
            return await pdf.RenderAsync(new PdfRequest(document.Html, document.HeaderHtml, document.FooterHtml), context.CancellationToken) switch
            {
                PdfResult.Rendered rendered => new Done(new Output { FileName = $"certificat-{numero.ToLowerInvariant()}.pdf", Pdf = rendered.Pdf }),
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
        var document = await store.AddAsync(new NewDocument(DocumentTypes.CertificatDestruction, output.FileName), new MemoryStream(output.Pdf), context.Change(), context.CancellationToken);
        if (input.Kind == Proof.Purge)
        {
            (await db.PurgePlans.SingleAsync(x => x.Id == input.Subject, context.CancellationToken)).CertificateId = document.Id;
        }
        else
        {
            (await db.Erasures.SingleAsync(x => x.Id == input.Subject, context.CancellationToken)).CertificateId = document.Id;
        }

        await db.SaveChangesAsync(context.CancellationToken);
        return output with { DocumentId = document.Id };
    }

    private async Task<(string Numero, JsonObject Content)> PurgeAsync(Guid id, ActivityContext context)
    {
        var plan = await db.PurgePlans.AsNoTracking().SingleAsync(x => x.Id == id, context.CancellationToken);
        var items = await db.PurgeItems.AsNoTracking().Where(x => x.PlanId == id).OrderBy(x => x.RetentionClass).ThenBy(x => x.Numero).ToListAsync(context.CancellationToken);
        var content = await BaseAsync(plan.Numero, plan.FinishedAt ?? context.Now, plan.DecidedBy ?? "", "Purge au terme des durées de conservation", context);
        content["lignes"] = new JsonArray([.. items.Where(x => x.DestroyedAt is not null).GroupBy(x => (x.RetentionClass, x.Basis)).Select(x => Line(RetentionClasses.Label(x.Key.RetentionClass), x.Count(), x.Key.Basis, null))]);
        content["gardees"] = new JsonArray([.. items.Where(x => x.SkippedReason is not null).GroupBy(x => (x.RetentionClass, x.SkippedReason)).Select(x => Line(RetentionClasses.Label(x.Key.RetentionClass), x.Count(), x.Key.SkippedReason, null))]);
        content["empreintes"] = new JsonArray([.. items.Where(x => x.DestroyedAt is not null && x.Sha256 is not null).Select(x => new JsonObject { ["type"] = x.Label, ["dossier"] = x.Numero, ["terme"] = Iso(x.DueOn), ["sha256"] = x.Sha256 })]);
        return (plan.Numero, content);
    }

    private async Task<(string Numero, JsonObject Content)> ErasureAsync(Guid id, ActivityContext context)
    {
        var erasure = await db.Erasures.AsNoTracking().SingleAsync(x => x.Id == id, context.CancellationToken);
        var content = await BaseAsync(erasure.Numero, erasure.At, erasure.By, "Effacement à la demande d'une personne (RGPD, article 17)", context);
        content["lignes"] = Copy(erasure.Erased);
        content["gardees"] = Copy(erasure.Kept);
        content["empreintes"] = new JsonArray();
        return (erasure.Numero, content);
    }

    private async Task<JsonObject> BaseAsync(string numero, DateTimeOffset at, string by, string title, ActivityContext context)
    {
        var content = await data.ForBodyAsync(Fr.InParis(context.Now), context.CancellationToken);
        content["certificat"] = new JsonObject { ["numero"] = numero, ["titre"] = title, ["instant"] = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), ["par"] = by };
        return content;
    }

    private static JsonArray Copy(JsonObject lines) => new([.. (lines["lignes"] as JsonArray ?? []).OfType<JsonObject>().Select(x => Line(x["quoi"]!.ToString(), x["nombre"]!.GetValue<int>(), x["base"]?.ToString(), x["jusqua"]?.ToString()))]);

    private static JsonObject Line(string what, int count, string? basis, string? until) => new() { ["quoi"] = what, ["combien"] = count, ["base"] = basis, ["jusqua"] = until };

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
