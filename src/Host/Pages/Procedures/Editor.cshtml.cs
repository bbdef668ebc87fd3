using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Designer;
using MonOPCO.Host.Infrastructure.Security;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>
/// Elsa Studio's editor of one procedure. The address lies under <c>/designer/</c> because Blazor insists on its base; who may not edit sees it read-only,
/// because the API gives no link to publish.
/// </summary>
[Authorize(Policies.ProceduresView)]
[ContentSecurity(Script = StudioPolicy.Script, Style = StudioPolicy.Style, Font = StudioPolicy.Font, Worker = StudioPolicy.Worker)]
public sealed class EditorModel(DefinitionStore definitions, IAuthorizationService authorization) : PageModel
{
    public StudioView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await definitions.FindLatestAsync(definitionId, cancellationToken) is not { } latest)
        {
            return NotFound();
        }

        var canEdit = (await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded;
        View = new StudioView("elsa-workflow-definition-editor", "definition-id", definitionId, latest.Name, canEdit ? "Les dossiers en cours gardent leur version" : "Lecture seule", ProcedureLook.Url(definitionId), "La procédure")
        {
            Trials = ProcedureLook.Url(definitionId) + "/essais",
            Editors = canEdit ? $"/api/v1/procedures/{Uri.EscapeDataString(definitionId)}/editors" : null,
        };
        return Page();
    }
}
