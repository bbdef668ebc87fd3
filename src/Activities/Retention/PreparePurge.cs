using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Privacy;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Retention.PreparePurge.Output>;

namespace MonOPCO.Activities.Retention;

[Activity("MonOPCO.PreparePurge", Title = "Préparer la purge", Category = "Conservation", Description = "Dresse la liste de ce qui est arrivé au terme de sa conservation, d'après les règles datées. Rien n'est détruit.")]
[Outcome("Ready", "Liste prête")]
[Outcome("Nothing", "Rien à détruire")]
public sealed class PreparePurge(RetentionService retention) : Activity<NoInput, PreparePurge.Output>
{
    /// <param name="PlanId">The list.</param>
    /// <param name="Numero">Its number.</param>
    public sealed record Output([property: Display(Name = "Liste")] Guid? PlanId, [property: Display(Name = "Numéro")] string Numero);

    public override async Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context)
    {
        // The execution's id: running twice finds the first list.
        var plan = await retention.PrepareAsync(context.ActivityExecutionId, context.Change(), context.CancellationToken);
        return plan is null ? new Done(new Output(null, ""), "Nothing") : new Done(new Output(plan.Id, plan.Numero), "Ready");
    }
}
