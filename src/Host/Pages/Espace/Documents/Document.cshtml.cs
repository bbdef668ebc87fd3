using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Host.Audit;

namespace MonOPCO.Host.Pages.Espace.Documents;

/// <summary>A download. What the session may not see does not exist.</summary>
public sealed class DocumentModel(PortalSessions sessions) : SpacePage(sessions)
{
    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken);

        // The content is read while it is sent, after this method: the session ends with the answer.
        HttpContext.Response.RegisterForDisposeAsync(session);
        if (await VisibleDocuments.For(User, session.Db).FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } document)
        {
            return NotFound();
        }

        Response.Headers[HeaderNames.CacheControl] = "private, no-store";
        HttpContext.Leaves(document);
        return File(await session.Get<DocumentStore>().OpenAsync(id, cancellationToken), document.Mime, document.Name);
    }
}
