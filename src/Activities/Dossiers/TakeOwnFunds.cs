using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.TakeOwnFunds", Title = "Passer sur fonds propres", Category = "Dossiers", Description = "Note que l'entreprise finance elle-même : les fonds mutualisés ne lui sont pas ouverts. Le dossier continue sans dépôt à l'OPCO.")]
public sealed class TakeOwnFunds(DossierService dossiers) : Activity<NoInput, NoOutput>
{
    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        await dossiers.TakeOwnFundsAsync(context.DossierId(), context.Change(), context.CancellationToken);
        return new Done(NoOutput.Instance);
    }
}
