using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>A person uses a right: the work is done on the page of the request, which closes the task.</summary>
public sealed class DemandePersonne : TaskScreen
{
    public string Url => "/admin/rgpd/demandes/" + Work.Context?["requestId"];

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        errors.AddModelError("", "Répondez sur la page de la demande : elle ferme cette tâche.");
        return Task.FromResult<ScreenAnswer?>(null);
    }
}
