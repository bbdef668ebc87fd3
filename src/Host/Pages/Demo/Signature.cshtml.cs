using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Host.Pages.Demo;

/// <summary>The newcomer plays every signer: from the demonstration bar straight to a signer's page. This folder has no address outside the demonstration.</summary>
[AllowAnonymous]
public sealed class SignatureModel(MonOpcoDbContext database, SignatureService signatures) : PageModel
{
    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.Signers.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id && x.InvitationHash != null, cancellationToken) is { } signer
            ? LocalRedirect("~/signature/" + signatures.TokenOf(signer))
            : NotFound();
}
