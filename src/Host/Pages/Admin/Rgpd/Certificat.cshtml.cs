using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>The PDF of an erasure or a purge.</summary>
[Authorize(Policies.Administration)]
public sealed class CertificatModel(DocumentStore documents) : PageModel
{
    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await documents.FindAsync(id, cancellationToken) is { TypeCode: DocumentTypes.CertificatDestruction, DestroyedAt: null } document
            ? File(await documents.ReadAsync(id, cancellationToken), document.Mime, document.Name)
            : NotFound();
}
