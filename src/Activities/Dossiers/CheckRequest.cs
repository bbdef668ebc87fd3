using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Dossiers.CheckRequest.Output>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.CheckRequest", Title = "Contrôler la demande", Category = "Dossiers", Description = "Contrôles automatiques de la demande (SIRET, OPCO, délais, heures, coût, Qualiopi, contenu, enveloppe). Rien n'est bloqué : un opérateur décide.")]
[Outcome("Done", "Contrôlée")]
[Outcome("OwnFunds", "50 salariés et plus")]
public sealed class CheckRequest(DossierChecks checks) : Activity<NoInput, CheckRequest.Output>
{
    /// <param name="Blocking">Number of red lines.</param>
    /// <param name="Warnings">Number of orange lines.</param>
    public sealed record Output([property: Display(Name = "Contrôles bloquants")] int Blocking, [property: Display(Name = "Points à vérifier")] int Warnings);

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        var report = await checks.RequestAsync(context.DossierId(), context.Now, context.CancellationToken);
        var output = new Output(report.Lines.Count(x => x.Status == CheckStatus.Blocking), report.Lines.Count(x => x.Status == CheckStatus.Warning));
        return new Done(output, report.Branch == CheckReport.OwnFunds ? "OwnFunds" : "Done");
    }
}
