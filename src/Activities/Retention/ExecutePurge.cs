using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain;
using MonOPCO.Domain.Privacy;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Retention;

[Activity("MonOPCO.ExecutePurge", Title = "Détruire une tranche", Category = "Conservation", Description = "Détruit les clés et les contenus de la prochaine tranche d'une liste validée ; chaque ligne est contrôlée de nouveau.")]
[Outcome("More", "Il en reste")]
[Outcome("Done", "Terminé")]
public sealed class ExecutePurge(RetentionService retention) : Activity<ExecutePurge.Input, NoOutput>
{
    public sealed record Input
    {
        [Display(Name = "Liste", Description = "Celle de « Préparer la purge », validée.", Order = 1)]
        public required Guid PlanId { get; init; }
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        try
        {
            return new Done(NoOutput.Instance, await retention.ExecuteSliceAsync(input.PlanId, context.Change(), context.CancellationToken) ? "More" : "Done");
        }
        catch (RuleBrokenException broken)
        {
            return new Failed(broken.Code, broken.Message);
        }
    }
}
