using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Designer;
using MonOPCO.Host.Infrastructure.Security;

namespace MonOPCO.Host.Pages.Instances;

/// <summary>Elsa Studio's viewer of one instance: the diagram of its own version, with what has run, waits or failed.</summary>
[Authorize(Policies.ProceduresView)]
[ContentSecurity(Script = StudioPolicy.Script, Style = StudioPolicy.Style, Font = StudioPolicy.Font, Worker = StudioPolicy.Worker)]
public sealed class ViewerModel(IWorkflowReads instances) : PageModel
{
    public StudioView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        if (await instances.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
        {
            return NotFound();
        }

        var title = instance.Name is { Length: > 0 } name ? name : "Exécution";
        View = new StudioView("elsa-workflow-instance-viewer", "instance-id", $"{instanceId:D}", title, $"Version {instance.Version} · {InstanceLabels.Of(instance).Label}", "/instances", "Exécutions");
        return Page();
    }
}
