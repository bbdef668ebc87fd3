using System.Text.Json.Nodes;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.OpcoPortals.PortalOutput>;

namespace MonOPCO.Activities.OpcoPortals;

/// <summary>
/// The portal cannot deduplicate, but it can be asked: every run looks for our reference first, so that a submission whose answer was lost is found and never
/// made twice (architecture §4.3, adapter <c>canLookUp</c>).
/// </summary>
[Activity("MonOPCO.SubmitPortal", Title = "Transmettre sur le portail", Category = "Portails OPCO", Description = "Le robot cherche notre référence, remplit de nouveau, compare avec les valeurs confirmées, transmet et relève la référence et l'accusé. Le moindre écart revient à une personne.", Kind = ActivityKind.Effect, Queue = "bot", MaxAttempts = 6)]
[Outcome("Submitted", "Transmis")]
[Outcome("Differences", "Écarts")]
[Outcome("Stopped", "Arrêté")]
public sealed class SubmitPortal(PortalRunner runner, PortalData data, FilingService filings, DossierService dossiers, DocumentStore store, MonOpcoDbContext db) : Activity<NoInput, PortalOutput>
{
    public override async Task<ActivityResult<PortalOutput>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        if (filing.Status is not (FilingStatus.Confirmed or FilingStatus.Submitted))
        {
            return new Failed("filing-not-confirmed", "Les valeurs n'ont pas été confirmées : rien n'est transmis.");
        }

        var confirmed = filing.Comparison?["lu"]?.AsObject().ToDictionary(x => x.Key, x => x.Value!.GetValue<string>(), StringComparer.Ordinal);
        var request = new PortalRequest
        {
            Portal = runner.ScriptFor(filing),
            Phases = [PortalPhase.Connexion, PortalPhase.Recherche, PortalPhase.Remplir, PortalPhase.Relire, PortalPhase.Transmettre, PortalPhase.Accuse],
            Data = filing.Values.ToElement(),
            Files = await data.FilesAsync(context.DossierId(), context.CancellationToken),
            Confirmed = confirmed,
        };
        var result = await runner.RunAsync(request, context.CancellationToken);
        return result switch
        {
            PortalResult.Completed done => new Done(Sent(done.Values["referencePortail"], done), "Submitted"),
            PortalResult.AlreadyFiled there => new Done(Sent(there.Reference, there), "Submitted"),
            PortalResult.Differences => new Done(PortalRuns.Stopped(result), "Differences"),
            PortalResult.Unreachable { Failure: { Retryable: true } failure } when context.Attempt < 6 => new RetryLater(failure.RetryAfter ?? TimeSpan.FromSeconds(20), failure.Reason),

            // The button was pressed and the receipt was not seen: the next run looks for our reference before anything else.
            { MayHaveSubmitted: true } when context.Attempt < 6 => new RetryLater(TimeSpan.FromSeconds(5), "Transmission sans accusé lu : la référence va être recherchée sur le portail."),
            _ => new Done(PortalRuns.Stopped(result), "Stopped"),
        };
    }

    public override async Task<JsonObject> RehearseAsync(NoInput input, string outcome, JsonObject output, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        if (filing.Status is not (FilingStatus.Confirmed or FilingStatus.Submitted))
        {
            throw new RuleBrokenException("filing-not-confirmed", "Les valeurs n'ont pas été confirmées : rien n'est transmis.");
        }

        if (outcome == "Submitted")
        {
            await filings.RehearseSubmittedAsync(dossiers, filing, output, context);
        }
        else
        {
            await filings.ReturnAsync(filing.Id, PortalRuns.TextOf(output), [], context.BotChange(), context.CancellationToken);
        }

        return output;
    }

    public override async Task<PortalOutput> RecordAsync(NoInput input, PortalOutput output, ActivityContext context)
    {
        var filing = await db.LatestFilingAsync(context);
        var pictures = await store.KeepPicturesAsync(output.Result!.Screenshots, context);
        if (output.Reference is { } reference)
        {
            Guid? receipt = null;
            if (output.Result is PortalResult.Completed { Downloads: var downloads } && downloads.TryGetValue("accuse", out var file))
            {
                var document = await store.AddAsync(new NewDocument(DocumentTypes.AccuseDepot, $"accuse-{reference}.pdf", context.DossierId()), new MemoryStream(file.Content), context.BotChange(), context.CancellationToken);
                receipt = document.Id;
            }

            await filings.RecordSubmittedAsync(filing.Id, reference, receipt, pictures, context.BotChange(), context.CancellationToken);
            await dossiers.RecordDepositAsync(context.DossierId(), new RecordDeposit(reference, context.Now, receipt), context.BotChange(), context.CancellationToken);
        }
        else
        {
            await filings.ReturnAsync(filing.Id, output.Text, pictures, context.BotChange(), context.CancellationToken, PortalRuns.Differences(output.Result));
        }

        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.PortalRun, output.Text, context.BotChange(), context.CancellationToken, pictures, staffOnly: true);
        return output;
    }

    private static PortalOutput Sent(string reference, PortalResult result) =>
        new() { Text = result is PortalResult.AlreadyFiled ? $"Le robot a retrouvé notre demande sur le portail : référence {reference}." : $"Le robot a transmis la demande : référence {reference}.", Reference = reference, Result = result };
}
