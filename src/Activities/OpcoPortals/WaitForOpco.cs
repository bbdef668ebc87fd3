using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.OpcoPortals;

[Activity("MonOPCO.WaitForOpco", Title = "Attendre l'OPCO", Category = "Portails OPCO", Description = "Attend avant de relire le portail (le bouton « Relire maintenant » du dossier abrège), ou passe la main si le dépôt est suivi par une personne.")]
[Outcome("Bot", "Relire par le robot")]
[Outcome("Manual", "Suivi à la main")]
public sealed class WaitForOpco(MonOpcoDbContext db) : Activity<WaitForOpco.Input, NoOutput>
{
    /// <summary>Kind of the bookmark; its key is the dossier's id.</summary>
    public const string BookmarkKind = "opco-poll";

    public sealed record Input
    {
        [Display(Name = "Relire toutes les (minutes)", Description = "Où un robot peut relire le portail.")]
        public int EveryMinutes { get; init; } = 60;
    }

    public override async Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context)
    {
        var mode = await db.Filings.AsNoTracking().Where(x => x.DossierId == context.DossierId()).OrderByDescending(x => x.CreatedAt).Select(x => x.Mode).FirstAsync(context.CancellationToken);
        return mode == FilingMode.Assisted
            ? new Done(NoOutput.Instance, "Manual")
            : new Wait(BookmarkKind, context.DossierId().ToString(), context.Now.AddMinutes(input.EveryMinutes));
    }

    public override Task<ActivityResult<NoOutput>> ResumeAsync(Input input, Signal signal, ActivityContext context) =>
        Task.FromResult<ActivityResult<NoOutput>>(new Done(NoOutput.Instance, "Bot"));
}
