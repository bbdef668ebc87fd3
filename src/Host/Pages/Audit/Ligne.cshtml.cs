using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Audit;
using MonOPCO.Host.Permissions;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Audit;

/// <summary>One row of the audit. Personal values are shown to those who may, after that has been noted.</summary>
[Authorize(Policies.AuditView)]
public sealed class LigneModel(AuditReader reader, AuditLog audit, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public AuditLine Line { get; private set; } = null!;

    public bool MayShow { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken cancellationToken) => await LoadAsync(id, false, cancellationToken) ? Page() : NotFound();

    [Requires(Policies.AuditPersonal)]
    public async Task<IActionResult> OnPostAfficherAsync(long id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, false, cancellationToken) || !MayShow)
        {
            return NotFound();
        }

        await audit.AddAsync(AuditEntry.Of(User.Change(clock.GetUtcNow()), AuditReader.ChainSubject, $"{id}", Line.DossierId, "PersonalValuesShown"), cancellationToken);
        await LoadAsync(id, true, cancellationToken);
        return Page();
    }

    private async Task<bool> LoadAsync(long id, bool show, CancellationToken cancellationToken)
    {
        MayShow = (await authorization.AuthorizeAsync(User, Policies.AuditPersonal)).Succeeded;
        Line = (await reader.FindAsync(id, show && MayShow, cancellationToken))!;
        return Line is not null;
    }
}
