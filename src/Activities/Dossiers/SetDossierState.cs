using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.SetDossierState", Title = "Changer l'état du dossier", Category = "Dossiers", Description = "Fait passer le dossier à un autre état, avec un motif codé pour un refus.")]
public sealed class SetDossierState(DossierService dossiers) : Activity<SetDossierState.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "État", Description = "L'état où passe le dossier.", Order = 1)]
        [Editor("dropdown", Source = "dossierStates")]
        public required DossierState State { get; init; }

        [Display(Name = "Motif du refus", Description = "Code de la liste des motifs ; seulement pour l'état Refusé.", Order = 2)]
        public string? ReasonCode { get; init; }

        [Display(Name = "Commentaire", Description = "Ajouté à la ligne du journal du dossier.", Order = 3)]
        [Editor("multiline")]
        public string? Comment { get; init; }
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            if (input.State == DossierState.Refuse)
            {
                await dossiers.RecordRefusalAsync(context.DossierId(), new RecordRefusal(input.ReasonCode ?? "", input.Comment ?? ""), context.Change(), context.CancellationToken);
            }
            else
            {
                await dossiers.ChangeStateAsync(context.DossierId(), input.State, context.Change(input.Comment), context.CancellationToken);
            }
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }

        return new Done(NoOutput.Instance);
    }
}
