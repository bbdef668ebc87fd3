using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.OpcoPortals.PortalOutput>;

namespace MonOPCO.Activities.OpcoPortals;

[Activity("MonOPCO.AnswerPortal", Title = "Répondre au complément de l'OPCO", Category = "Portails OPCO", Description = "Le robot envoie la réponse et la pièce demandées sur le portail.", Kind = ActivityKind.Effect, Queue = "bot", MaxAttempts = 6)]
[Outcome("Sent", "Envoyé")]
[Outcome("Stopped", "Arrêté")]
public sealed class AnswerPortal(PortalRunner runner, DossierService dossiers, DocumentStore store, MonOpcoDbContext db) : Activity<AnswerPortal.Input, PortalOutput>
{
    public sealed record Input
    {
        [Display(Name = "Réponse", Description = "Objet : text, documentId.")]
        [Editor("json-editor")]
        public required Reply Answer { get; init; }
    }

    public sealed record Reply
    {
        public string? Text { get; init; }

        public Guid? DocumentId { get; init; }
    }

    public override async Task<ActivityResult<PortalOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        var values = (JsonObject)filing.Values.DeepClone();
        values["depot"] = new JsonObject { ["reference"] = filing.Reference };
        values["complement"] = new JsonObject { ["avecPiece"] = input.Answer.DocumentId is not null, ["reponse"] = input.Answer.Text };
        var files = new Dictionary<string, PortalFile>(StringComparer.Ordinal);
        if (input.Answer.DocumentId is { } id && await store.FindAsync(id, context.CancellationToken) is { } document)
        {
            files["complement"] = new PortalFile(document.Name, document.Mime, await store.ReadAsync(id, context.CancellationToken));
        }

        var result = await runner.RunAsync(
            new PortalRequest { Portal = runner.ScriptFor(filing), Phases = [PortalPhase.Connexion, PortalPhase.Complement], Data = values.ToElement(), Files = files }, context.CancellationToken);
        return result switch
        {
            PortalResult.Completed => new Done(new PortalOutput { Text = "Le robot a envoyé le complément sur le portail.", Result = result }, "Sent"),
            PortalResult.Unreachable { Failure: { Retryable: true } failure } => new RetryLater(failure.RetryAfter ?? TimeSpan.FromSeconds(30), failure.Reason),
            _ => new Done(PortalRuns.Stopped(result), "Stopped"),
        };
    }

    public override async Task<PortalOutput> RecordAsync(Input input, PortalOutput output, ActivityContext context)
    {
        var pictures = await store.KeepPicturesAsync(output.Result!.Screenshots, context);
        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.PortalRun, output.Text, context.BotChange(), context.CancellationToken, pictures, staffOnly: true);
        return output;
    }
}
