using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.AskComplements", Title = "Demander des compléments", Category = "Dossiers", Description = "Enregistre les compléments choisis : l'entreprise verra exactement ceux-là et y répondra en place.")]
public sealed class AskComplements(ComplementService complements, DossierService dossiers) : Activity<AskComplements.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "Compléments", Description = "Liste : code d'un type de complément, ou un libellé libre.", Order = 1)]
        [Editor("json-editor")]
        public required Item[] Complements { get; init; }

        [Display(Name = "Commentaire", Description = "Ajouté au courriel de la demande.", Order = 2)]
        [Editor("multiline")]
        public string? Comment { get; init; }
    }

    /// <summary>One thing to ask: a complement type by its code, or (code null) a free request told by its label.</summary>
    public sealed record Item(string? Code, string? Label = null, string? Comment = null);

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        if (input.Complements.Length == 0)
        {
            return new Failed("complements-empty", "Choisissez au moins un complément à demander.");
        }

        try
        {
            await complements.AskAsync(
                context.DossierId(),
                [.. input.Complements.Select(x => new AskComplement(x.Code, x.Comment ?? input.Comment ?? "", x.Label))],
                context.Change(),
                context.CancellationToken);
            await dossiers.ChangeStateAsync(context.DossierId(), DossierState.PiecesManquantes, context.Change(), context.CancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }

        return new Done(NoOutput.Instance);
    }
}
