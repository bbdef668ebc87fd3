using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>What a version would have done with the last finished dossiers: those whose way differs, and those of which it cannot be said.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class RejeuModel(ProcedureReads procedures, DefinitionStore definitions, Replays replays, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    public ProcedureView Procedure { get; private set; } = null!;

    public IReadOnlyList<ReplayView> All { get; private set; } = [];

    public ReplayView? Shown { get; private set; }

    public bool MayEdit { get; private set; }

    [BindProperty]
    public int? Version { get; set; }

    public async Task<IActionResult> OnGetAsync(string definitionId, Guid? rejeu, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        Shown = rejeu is null ? All.Count > 0 ? All[0] : null : All.FirstOrDefault(x => x.Id == rejeu);
        if (rejeu is not null && Shown is null)
        {
            return NotFound();
        }

        if (Shown is { IsFinished: false })
        {
            // Progress shows by itself; without a script the link « Actualiser » does the same.
            Response.Headers["Refresh"] = "3";
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!MayEdit)
        {
            return Forbid();
        }

        var version = Procedure.Versions.FirstOrDefault(x => x.Version == Version) ?? Procedure.Latest;
        var id = await replays.BeginAsync((await definitions.FindAsync(version.Id, cancellationToken))!, User.Change(clock.GetUtcNow()), cancellationToken);
        await replays.WorkAsync(id, AtOnce, cancellationToken);
        return Redirect($"{ProcedureLook.Url(definitionId)}/rejeu?rejeu={id}");
    }

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return false;
        }

        Procedure = found;
        All = await replays.ListAsync(definitionId, cancellationToken);
        MayEdit = (await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded;
        return true;
    }
}
