using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Signatures;

/// <summary>From one's own space to the page where one signs: the address of the account is the one that was invited.</summary>
public sealed class SignatureModel(PortalSessions sessions) : SpacePage(sessions)
{
    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var email = SearchText.EmailKey(User.Email());
        await using var session = await OpenAsync(cancellationToken);
        var signer = await session.Db.Signers.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id && x.EmailKey == email && x.InvitationHash != null, cancellationToken);
        return signer is null ? NotFound() : LocalRedirect("~/signature/" + session.Get<SignatureService>().TokenOf(signer));
    }
}
