using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Dossiers;

[Activity("MonOPCO.WaitForComplements", Title = "Attendre les compléments", Category = "Dossiers", Description = "Attend que l'entreprise ait répondu à tout ce qui lui est demandé.")]
[Outcome("Answered", "Répondu")]
[Outcome("Late", "À relancer")]
public sealed class WaitForComplements(ComplementService complements, DossierService dossiers, RuleBook rules) : Activity<WaitForComplements.Input, NoOutput>
{
    /// <summary>Kind of the bookmark; its key is the dossier's id.</summary>
    public const string BookmarkKind = "complements";

    public sealed record Input
    {
        [Display(Name = "Relancer après (jours)", Description = "Jours sans réponse ; vide : la règle datée (page Règles).")]
        public int? ReminderDays { get; init; }
    }

    public override Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context) => WaitOrGoOnAsync(input, context);

    public override Task<ActivityResult<NoOutput>> ResumeAsync(Input input, Signal signal, ActivityContext context) =>
        signal.IsTimeout ? Task.FromResult<ActivityResult<NoOutput>>(new Done(NoOutput.Instance, "Late")) : WaitOrGoOnAsync(input, context);

    private async Task<ActivityResult<NoOutput>> WaitOrGoOnAsync(Input input, ActivityContext context)
    {
        if (!await complements.AllAnsweredAsync(context.DossierId(), context.CancellationToken))
        {
            var days = input.ReminderDays ?? (int)await rules.RequireNumberAsync(RuleCodes.ComplementReminderDays, Fr.InParis(context.Now), context.CancellationToken);
            return new Wait(BookmarkKind, context.DossierId().ToString(), context.Now.AddDays(days));
        }

        await dossiers.ChangeStateAsync(context.DossierId(), DossierState.Brouillon, context.Change(), context.CancellationToken, "Tous les compléments sont fournis ; le dossier est à relire.");
        return new Done(NoOutput.Instance, "Answered");
    }
}
