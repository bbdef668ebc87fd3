using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The robot stopped before sending anything: why, what it saw, try again or take over.</summary>
public sealed class IncidentPortail(PortalRunView run) : TaskScreen
{
    public PortalRunView Run => run;

    public override Task LoadAsync(CancellationToken cancellationToken) => run.LoadAsync(Dossier!, cancellationToken);

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken) => Task.FromResult(Plain(outcome, form, errors));
}
