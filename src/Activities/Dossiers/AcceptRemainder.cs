using MonOPCO.Domain;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.AcceptRemainder", Title = "Accepter le reste à charge", Category = "Dossiers", Description = "Note que l'entreprise accepte de payer ce que l'OPCO ne prend pas en charge.")]
public sealed class AcceptRemainder(DossierService dossiers) : Activity<NoInput, NoOutput>
{
    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        try
        {
            await dossiers.AcceptRemainderAsync(context.DossierId(), context.Change(), context.CancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }

        return new Done(NoOutput.Instance);
    }
}
