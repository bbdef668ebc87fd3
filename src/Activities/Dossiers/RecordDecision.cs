using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.RecordDecision", Title = "Enregistrer la décision de l'OPCO", Category = "Dossiers", Description = "Enregistre l'accord (montant, numéro, circuit) ou le refus, lus sur le portail ou saisis par un opérateur.")]
[Outcome("Full", "Accord total")]
[Outcome("Partial", "Accord partiel")]
[Outcome("Refused", "Refus")]
public sealed class RecordDecision(DossierService dossiers, MonOpcoDbContext db) : Activity<RecordDecision.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "Décision", Description = "Objet : amount, accordNumber, accordDate, circuit, hours, documentId ; ou refusalCode et comment.")]
        [Editor("json-editor")]
        public required OpcoDecision Decision { get; init; }
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        var (id, decision, change) = (context.DossierId(), input.Decision, context.Change());
        try
        {
            if (decision.RefusalCode is { Length: > 0 } code)
            {
                await dossiers.RecordRefusalAsync(id, new RecordRefusal(code, decision.Comment ?? "", decision.DocumentId), change, context.CancellationToken);
                return new Done(NoOutput.Instance, "Refused");
            }

            if (decision.Amount is not { } amount || string.IsNullOrWhiteSpace(decision.AccordNumber) || decision.AccordDate is not { } date)
            {
                return new Failed("decision-incomplete", "La décision est incomplète : il faut le montant accordé, le numéro et la date de l'accord.");
            }

            await dossiers.RecordAccordAsync(id, new RecordAccord(amount, decision.AccordNumber, date, decision.Circuit, decision.Hours, decision.DocumentId), change, context.CancellationToken);
            var partial = await db.Dossiers.Where(x => x.Id == id).Select(x => x.State).SingleAsync(context.CancellationToken) == DossierState.AccordePartiel;
            return new Done(NoOutput.Instance, partial ? "Partial" : "Full");
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }
    }
}

/// <summary>The OPCO's answer, as read from its portal or typed from its letter. Amounts in euros excluding VAT unless the accord says otherwise.</summary>
public sealed record OpcoDecision
{
    public decimal? Amount { get; init; }

    public string? AccordNumber { get; init; }

    public DateOnly? AccordDate { get; init; }

    public PaymentCircuit? Circuit { get; init; }

    public decimal? Hours { get; init; }

    public string? RefusalCode { get; init; }

    public string? Comment { get; init; }

    public Guid? DocumentId { get; init; }

    /// <summary>What the OPCO asks for, when it asks instead of deciding.</summary>
    public string? ComplementText { get; init; }

    public string[] ComplementPieces { get; init; } = [];
}
