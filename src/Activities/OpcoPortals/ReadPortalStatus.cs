using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.OpcoPortals.ReadPortalStatus.Output>;

namespace MonOPCO.Activities.OpcoPortals;

[Activity("MonOPCO.ReadPortalStatus", Title = "Relire le portail", Category = "Portails OPCO", Description = "Le robot lit l'état de la demande, la décision ou le complément demandé, avec une capture d'écran pour preuve.", Kind = ActivityKind.Effect, Queue = "bot", MaxAttempts = 50)]
[Outcome("Pending", "En instruction")]
[Outcome("ComplementAsked", "Complément demandé")]
[Outcome("Granted", "Accordé")]
[Outcome("Refused", "Refusé")]
public sealed class ReadPortalStatus(PortalRunner runner, DossierService dossiers, DocumentStore store, MonOpcoDbContext db) : Activity<NoInput, ReadPortalStatus.Output>
{
    public sealed record Output
    {
        [Display(Name = "Réponse de l'OPCO")]
        public required OpcoDecision Answer { get; init; }

        [JsonIgnore]
        public string Text { get; init; } = "";

        [JsonIgnore]
        public PortalResult? Result { get; init; }
    }

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        var values = (System.Text.Json.Nodes.JsonObject)filing.Values.DeepClone();
        values["depot"] = new System.Text.Json.Nodes.JsonObject { ["reference"] = filing.Reference };
        var result = await runner.RunAsync(new PortalRequest { Portal = runner.ScriptFor(filing), Phases = [PortalPhase.Connexion, PortalPhase.Statut], Data = values.ToElement() }, context.CancellationToken);
        return result switch
        {
            PortalResult.Completed done when done.Values.GetValueOrDefault("reference") is { } seen && seen != filing.OurReference =>
                new Failed("portal-mixed-up", $"Le portail montre la référence {seen} au lieu de {filing.OurReference} : vérifiez le dossier sur le portail."),
            PortalResult.Completed done => Understand(done),
            PortalResult.Unreachable { Failure: { Retryable: true } failure } => new RetryLater(failure.RetryAfter ?? TimeSpan.FromMinutes(2), failure.Reason),
            _ => new Failed("portal-stopped", PortalRuns.Stopped(result).Text),
        };
    }

    public override async Task<Output> RecordAsync(NoInput input, Output output, ActivityContext context)
    {
        // A poll that learns nothing leaves no trace: there may be hundreds.
        if (output.Text.Length > 0)
        {
            var pictures = await store.KeepPicturesAsync(output.Result!.Screenshots, context);
            await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.PortalRun, output.Text, context.BotChange(), context.CancellationToken, pictures, staffOnly: true);
        }

        return output;
    }

    /// <summary>From the portal's words to a decision. What cannot be understood is an incident, never a guess.</summary>
    private static ActivityResult<Output> Understand(PortalResult.Completed done)
    {
        string? Value(string name) => done.Values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Value("decision.issue") is { } issue)
        {
            if (issue.StartsWith("Refus", StringComparison.OrdinalIgnoreCase))
            {
                var refusal = new OpcoDecision { RefusalCode = PortalMotives.CodeOf(Value("decision.motif")), Comment = string.Join(" – ", new[] { Value("decision.motif"), Value("decision.message") }.OfType<string>()) };
                return new Done(new Output { Answer = refusal, Text = "Le portail affiche un refus de l'OPCO.", Result = done }, "Refused");
            }

            if (Amount(Value("decision.montant")) is not { } amount || Value("decision.numero") is not { } number || Date(Value("decision.date")) is not { } date)
            {
                return new Failed("decision-unreadable", "La décision affichée par le portail n'a pas pu être lue en entier : saisissez-la à la main.");
            }

            var accord = new OpcoDecision
            {
                Amount = amount,
                AccordNumber = number,
                AccordDate = date,
                Hours = Amount(Value("decision.heures")),
                Circuit = Circuit(Value("decision.circuit")),
                Comment = Value("decision.message"),
            };
            return new Done(new Output { Answer = accord, Text = $"Le portail affiche un accord de l'OPCO (n° {number}).", Result = done }, "Granted");
        }

        if (Value("complement.texte") is { } asked)
        {
            var complement = new OpcoDecision { ComplementText = asked, ComplementPieces = [.. (Value("complement.pieces") ?? "").Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] };
            return new Done(new Output { Answer = complement, Text = $"L'OPCO demande un complément : {asked}", Result = done }, "ComplementAsked");
        }

        return new Done(new Output { Answer = new OpcoDecision(), Result = done }, "Pending");
    }

    /// <summary>A date at the beginning of what the portal writes; an hour may follow.</summary>
    private static DateOnly? Date(string? text) =>
        text is { Length: >= 10 } && DateOnly.TryParseExact(text[..10], "dd/MM/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static PaymentCircuit? Circuit(string? text) => new[] { PaymentCircuit.Subrogation, PaymentCircuit.Remboursement, PaymentCircuit.Mixte }
        .Where(x => text?.Contains(x.ToString(), StringComparison.OrdinalIgnoreCase) == true).Select(x => (PaymentCircuit?)x).FirstOrDefault();

    private static decimal? Amount(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var digits = new string([.. text.Where(c => char.IsDigit(c) || c is ',' or '.' or '-')]).Replace(',', '.');
        return decimal.TryParse(digits, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : null;
    }
}
