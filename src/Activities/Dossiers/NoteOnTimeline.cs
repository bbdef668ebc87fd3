using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.NoteOnTimeline", Title = "Noter sur le journal du dossier", Category = "Dossiers", Description = "Ajoute une ligne au journal du dossier, lisible par l'entreprise.")]
public sealed class NoteOnTimeline(DossierService dossiers) : Activity<NoteOnTimeline.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "Texte")]
        [Editor("multiline")]
        public required string Message { get; init; }
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.Note, input.Message, context.Change(), context.CancellationToken);
        return new Done(NoOutput.Instance);
    }
}
