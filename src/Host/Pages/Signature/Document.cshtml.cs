using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Net.Http.Headers;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;
using MonOPCO.Host.Audit;

namespace MonOPCO.Host.Pages.Signature;

/// <summary>The document to sign, shown in the page or downloaded. Reading it is what « opened » means in the evidence: a mail scanner that follows the link does not come here.</summary>
[AllowAnonymous]
public sealed class DocumentModel(SignPage sign, SignatureService signatures, DocumentStore store) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string token, string? telecharger, CancellationToken cancellationToken)
    {
        if (!await sign.LoadAsync(token, cancellationToken))
        {
            return NotFound();
        }

        if (sign.Signer.Status == SignerStatus.Invited && sign.Refusal is null)
        {
            await signatures.RecordViewedAsync(sign.Signer.Id, sign.Change(), cancellationToken);
        }

        Response.Headers[HeaderNames.CacheControl] = "private, no-store";
        HttpContext.Leaves(sign.Document, sign.Change());
        var content = await store.OpenAsync(sign.Document.Id, cancellationToken);
        if (telecharger is not null)
        {
            return File(content, sign.Document.Mime, sign.Document.Name);
        }

        var inline = new ContentDispositionHeaderValue("inline");
        inline.SetHttpFileName(sign.Document.Name);
        Response.Headers[HeaderNames.ContentDisposition] = inline.ToString();
        return File(content, sign.Document.Mime);
    }
}
