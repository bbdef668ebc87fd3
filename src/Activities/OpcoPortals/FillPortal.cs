using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.OpcoPortals.PortalOutput>;

namespace MonOPCO.Activities.OpcoPortals;

/// <summary>What a run of the bot leaves: kept in the database by RecordAsync, the journal carries no value typed.</summary>
public sealed record PortalOutput
{
    /// <summary>French sentence for the timeline.</summary>
    [Display(Name = "Ce que le robot a fait")]
    public string Text { get; init; } = "";

    [Display(Name = "Référence du portail")]
    public string? Reference { get; init; }

    [JsonIgnore]
    public PortalResult? Result { get; init; }
}

[Activity("MonOPCO.FillPortal", Title = "Remplir le portail sans transmettre", Category = "Portails OPCO", Description = "Le robot ouvre le portail, cherche notre référence, remplit la demande, relit ce qui s'affiche et s'arrête avant la transmission.", Kind = ActivityKind.Effect, Queue = "bot", MaxAttempts = 4)]
[Outcome("Filled", "Rempli")]
[Outcome("AlreadyFiled", "Déjà déposé")]
[Outcome("Stopped", "Arrêté")]
public sealed class FillPortal(PortalRunner runner, PortalData data, FilingService filings, DossierService dossiers, DocumentStore store, MonOpcoDbContext db) : Activity<NoInput, PortalOutput>
{
    public override async Task<ActivityResult<PortalOutput>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        var request = new PortalRequest
        {
            Portal = runner.ScriptFor(filing),
            Phases = [PortalPhase.Connexion, PortalPhase.Recherche, PortalPhase.Remplir, PortalPhase.Relire],
            Data = filing.Values.ToElement(),
            Files = await data.FilesAsync(context.DossierId(), context.CancellationToken),
        };
        return await runner.RunAsync(request, context.CancellationToken) switch
        {
            PortalResult.Completed done => new Done(new PortalOutput { Text = "Le robot a rempli le portail et s'est arrêté avant la transmission.", Result = done }, "Filled"),
            PortalResult.AlreadyFiled there => new Done(new PortalOutput { Text = $"Notre demande est déjà sur le portail sous la référence {there.Reference}.", Reference = there.Reference, Result = there }, "AlreadyFiled"),
            PortalResult.Unreachable { Failure: { Retryable: true } failure } when context.Attempt < 4 => new RetryLater(failure.RetryAfter ?? TimeSpan.FromSeconds(20), failure.Reason),
            var stopped => new Done(PortalRuns.Stopped(stopped), "Stopped"),
        };
    }

    public override async Task<JsonObject> RehearseAsync(NoInput input, string outcome, JsonObject output, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        switch (outcome)
        {
            case "Filled":
                await filings.RecordFilledAsync(filing.Id, new JsonObject { ["lu"] = new JsonObject() }, [], context.BotChange(), context.CancellationToken);
                break;
            case "AlreadyFiled":
                await filings.RehearseSubmittedAsync(dossiers, filing, output, context);
                break;
            default:
                await filings.ReturnAsync(filing.Id, PortalRuns.TextOf(output), [], context.BotChange(), context.CancellationToken);
                break;
        }

        return output;
    }

    public override async Task<PortalOutput> RecordAsync(NoInput input, PortalOutput output, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        var pictures = await store.KeepPicturesAsync(output.Result!.Screenshots, context);
        switch (output.Result)
        {
            case PortalResult.Completed done:
                await filings.RecordFilledAsync(filing.Id, PortalRuns.Read(done.Values), pictures, context.BotChange(), context.CancellationToken);
                break;
            case PortalResult.AlreadyFiled there:
                await filings.RecordSubmittedAsync(filing.Id, there.Reference, null, pictures, context.BotChange(), context.CancellationToken);
                await dossiers.RecordDepositAsync(context.DossierId(), new RecordDeposit(there.Reference, context.Now), context.BotChange(), context.CancellationToken);
                break;
            default:
                await filings.ReturnAsync(filing.Id, output.Text, pictures, context.BotChange(), context.CancellationToken, PortalRuns.Differences(output.Result));
                break;
        }

        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.PortalRun, output.Text, context.BotChange(), context.CancellationToken, pictures, staffOnly: true);
        return output;
    }
}
