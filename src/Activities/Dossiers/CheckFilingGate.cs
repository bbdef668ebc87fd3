using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Dossiers.CheckFilingGate.Output>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.CheckFilingGate", Title = "Contrôler avant le dépôt", Category = "Dossiers", Description = "Porte « Prêt au dépôt » : identités concordantes, signatures avant le début, aucun contenu de bilan dans le paquet.")]
[Outcome("Ready", "Prêt au dépôt")]
[Outcome("Incomplete", "À compléter")]
[Outcome("OwnFunds", "Fonds propres")]
public sealed class CheckFilingGate(DossierChecks checks, DossierService dossiers, MonOpcoDbContext db) : Activity<NoInput, CheckFilingGate.Output>
{
    /// <param name="Problems">French labels of the red lines.</param>
    public sealed record Output([property: Display(Name = "Ce qui manque")] string[] Problems);

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var dossier = await db.Dossiers.AsNoTracking().Where(x => x.Id == context.DossierId()).Select(x => new { x.Circuit, x.State }).SingleAsync(context.CancellationToken);
        if (dossier.Circuit == PaymentCircuit.FondsPropres)
        {
            return new Done(new Output([]), "OwnFunds");
        }

        var report = await checks.GateAsync(context.DossierId(), context.Now, context.CancellationToken);
        if (!report.HasBlocking)
        {
            return new Done(new Output([]), "Ready");
        }

        var problems = report.Lines.Where(x => x.Status == CheckStatus.Blocking).Select(x => $"{x.Label} : {x.Proof}").ToArray();
        if (dossier.State != DossierState.PiecesManquantes)
        {
            await dossiers.ChangeStateAsync(context.DossierId(), DossierState.PiecesManquantes, context.Change(), context.CancellationToken, "Contrôle avant dépôt : " + string.Join(" ", problems));
        }

        return new Done(new Output(problems), "Incomplete");
    }
}
