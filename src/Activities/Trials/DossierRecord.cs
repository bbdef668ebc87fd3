using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Activities.Signature;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;

namespace MonOPCO.Activities.Trials;

/// <summary>
/// What really happened to a dossier, as a script: results of effects, answers of people, signatures, complements, files, changes of the dossier and the passing of time, each with its
/// moment. Contents of files and personal values of the dossier are not in it.
/// </summary>
public sealed class DossierRecord(IWorkflowReads reads, MonOpcoDbContext db, ActivityRegistry activities)
{
    private static readonly string[] Generated =
    [
        DocumentTypes.Devis, DocumentTypes.Programme, DocumentTypes.Convention, DocumentTypes.Mandat, DocumentTypes.ListeStagiaires, DocumentTypes.PreuveSignature, DocumentTypes.Paquet, DocumentTypes.CaptureEcran,
        DocumentTypes.AccuseDepot,
    ];

    public async Task<IReadOnlyList<TrialAnswer>> ReadAsync(WorkflowInstance instance, Guid dossierId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var journal = await reads.JournalAsync(instance.Id, cancellationToken);
        List<TrialAnswer> script =
        [
            .. await EffectsAsync(instance, journal, cancellationToken),
            .. OfJournal(journal),
            .. await SignaturesAsync(dossierId, cancellationToken),
            .. await ComplementsAsync(dossierId, cancellationToken),
            .. await FactsAsync(instance, dossierId, cancellationToken),
        ];

        // What a person changes with an answer has the moment of the answer and comes before it.
        return [.. script.Select((answer, place) => (answer, place)).OrderBy(x => x.answer.At).ThenBy(x => !x.answer.IsFact).ThenBy(x => x.place).Select(x => x.answer with { IsRecorded = true })];
    }

    /// <summary>Between a result and the moment when the procedure took it up time may have passed, and people may have acted.</summary>
    private async Task<IEnumerable<TrialAnswer>> EffectsAsync(WorkflowInstance instance, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken)
    {
        var taken = journal.Where(x => x.Event == JournalEvent.Resumed).ToLookup(x => x.ActivityExecutionId, x => x.At);
        return (await reads.EffectsAsync(instance.Id, cancellationToken)).Where(x => x is { FinishedAt: not null, Result.Form: "done" or "failed", Status: EffectStatus.Done or EffectStatus.Failed })
            .Select(x => new TrialAnswer(TrialAnswerKind.Effect)
            {
                Activity = x.ActivityId,
                At = x.FinishedAt,
                TakenAt = taken[x.ActivityExecutionId].Where(at => at >= x.FinishedAt!.Value.AddMilliseconds(-5)).Cast<DateTimeOffset?>().Min(),
                Outcome = x.Result!.Outcome,
                Data = x.Result.Output?.DeepClone(),
                Code = x.Result.Form == "failed" ? x.Result.Code ?? "effect-failed" : null,
                Message = x.Result.Message,
            });
    }

    private IEnumerable<TrialAnswer> OfJournal(IReadOnlyList<JournalEntry> journal)
    {
        var runs = ActivityExecution.Unfold(journal).ToDictionary(x => x.Id);
        var faulted = new HashSet<Guid>();
        foreach (var entry in journal.Where(x => x.Sequence >= 0 && runs.ContainsKey(x.ActivityExecutionId)).OrderBy(x => x.Sequence))
        {
            var run = runs[entry.ActivityExecutionId];
            switch (entry.Event)
            {
                case JournalEvent.Faulted:
                    faulted.Add(entry.ActivityExecutionId);
                    break;
                case JournalEvent.Retried:
                    faulted.Remove(entry.ActivityExecutionId);
                    yield return new TrialAnswer(TrialAnswerKind.Retry) { Activity = entry.ActivityId, At = entry.At, Actor = entry.Actor };
                    break;
                case JournalEvent.Completed when faulted.Remove(entry.ActivityExecutionId):
                    yield return new TrialAnswer(TrialAnswerKind.Skip) { Activity = entry.ActivityId, At = entry.At, Outcome = entry.Outcome, Data = entry.Data?.DeepClone() };
                    break;
                case JournalEvent.Resumed when entry.Outcome == "Timeout":
                    yield return new TrialAnswer(TrialAnswerKind.Clock) { Activity = entry.ActivityId, At = entry.At };
                    break;
                case JournalEvent.Resumed when entry.Outcome is null && Resumed(entry, run) is { } answer:
                    yield return answer;
                    break;
            }
        }
    }

    private TrialAnswer? Resumed(JournalEntry entry, ActivityExecution run)
    {
        var descriptor = activities.Find(entry.ActivityType);
        if (descriptor?.Kind == ActivityKind.Effect)
        {
            return null;
        }

        switch (descriptor?.ClrType)
        {
            case { } type when type == typeof(WaitForSignatures) || type == typeof(WaitForComplements):
                // Told by what was signed and answered.
                return null;
            case { } type when type == typeof(HumanTaskActivity):
                return new TrialAnswer(TrialAnswerKind.Act)
                {
                    Act = DossierActs.Task, Activity = entry.ActivityId, At = entry.At, Actor = entry.Actor, Outcome = Text(run.Output, "outcome"), Data = Value(run.Output, "data")?.DeepClone(),
                };
            case null when entry.ActivityType is "Elsa.ExecuteWorkflow" or "Elsa.DispatchWorkflow" or "Elsa.BulkDispatchWorkflows":
                return new TrialAnswer(TrialAnswerKind.Child) { Activity = entry.ActivityId, At = entry.At, Data = Value(run.Output, "result")?.DeepClone() };
            default:
                return new TrialAnswer(TrialAnswerKind.Act) { Act = DossierActs.Signal, Activity = entry.ActivityId, At = entry.At, Actor = entry.Actor, Data = Value(run.Output, "result")?.DeepClone() };
        }
    }

    private async Task<IEnumerable<TrialAnswer>> SignaturesAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var requests = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == dossierId).ToListAsync(cancellationToken);
        return requests.SelectMany(request => request.Signers.GroupBy(x => x.Role).SelectMany(role => role.OrderBy(x => x.Order).ThenBy(x => x.Id).Select((signer, rank) => (request, signer, rank))))
            .Where(x => x.signer.SignedAt is not null || x.signer.DeclinedAt is not null)
            .Select(x => new TrialAnswer(TrialAnswerKind.Act)
            {
                Act = DossierActs.Signature,
                At = x.signer.SignedAt ?? x.signer.DeclinedAt,
                Outcome = x.signer.SignedAt is null ? "declined" : "signed",
                Data = new JsonObject { ["document"] = x.request.DocumentTypeCode, ["role"] = x.signer.Role.ToString(), ["rank"] = x.rank },
            });
    }

    /// <summary>An answer may be asked for again and given again: the audit has each.</summary>
    private async Task<IEnumerable<TrialAnswer>> ComplementsAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var complements = await db.Complements.AsNoTracking().Where(x => x.DossierId == dossierId).ToDictionaryAsync(x => x.Id.ToString(), cancellationToken);
        var answered = await db.AuditEntries.AsNoTracking().Where(x => x.DossierId == dossierId && x.Subject == "complement" && x.Action == "Answered").OrderBy(x => x.Id).Select(x => new { x.At, x.SubjectId }).ToListAsync(cancellationToken);
        return answered.Where(x => complements.ContainsKey(x.SubjectId)).GroupBy(x => x.At).Select(x => new TrialAnswer(TrialAnswerKind.Act)
        {
            Act = DossierActs.Complements,
            At = x.Key,
            Data = new JsonArray([.. x.Select(y => new JsonObject { ["code"] = complements[y.SubjectId].Code, ["label"] = complements[y.SubjectId].Label })]),
        });
    }

    private async Task<IEnumerable<TrialAnswer>> FactsAsync(WorkflowInstance instance, Guid dossierId, CancellationToken cancellationToken)
    {
        var edits = await new DossierCopy(db).EditsAsync(dossierId, cancellationToken);
        var documents = await db.Documents.AsNoTracking().Where(x => x.DossierId == dossierId && !x.Confidential && x.SourceDocumentId == null && !Generated.Contains(x.TypeCode))
            .Select(x => new { x.TypeCode, x.Name, x.Mime, x.CreatedAt }).ToListAsync(cancellationToken);
        return
        [
            .. edits.Select(x => new TrialAnswer(TrialAnswerKind.Act) { Act = DossierActs.Edit, IsFact = true, At = x.At, Data = x.Values }),
            .. documents.Select(x => new TrialAnswer(TrialAnswerKind.Act)
            {
                Act = DossierActs.Document, IsFact = true, At = x.CreatedAt, Data = new JsonObject { ["type"] = x.TypeCode, ["name"] = "piece" + Path.GetExtension(x.Name), ["mime"] = x.Mime },
            }),
        ];
    }

    /// <summary>Outputs are journalled in one case or the other.</summary>
    private static JsonNode? Value(JsonNode? output, string name) => (output as JsonObject)?.FirstOrDefault(x => string.Equals(x.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string? Text(JsonNode? output, string name) => Value(output, name)?.ToString();
}
