using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>A file that was joined to a task.</summary>
[Authorize(Policies.Staff)]
public sealed class PieceModel(MonOpcoDbContext database, DocumentStore store) : PageModel
{
    public async Task<IActionResult> OnGetAsync(Guid id, Guid document, CancellationToken cancellationToken)
    {
        if (!await database.TaskAttachments.AnyAsync(x => x.TaskId == id && x.DocumentId == document, cancellationToken)
            || await store.FindAsync(document, cancellationToken) is not { Confidential: false, DestroyedAt: null } file)
        {
            return NotFound();
        }

        // Only what a browser shows harmlessly is shown in place. Contents never change under an id.
        var inline = file.Mime is FileSniffer.Pdf or FileSniffer.Png or FileSniffer.Jpeg;
        Response.Headers.ContentDisposition = new System.Net.Mime.ContentDisposition { Inline = inline } + $"; filename*=UTF-8''{Uri.EscapeDataString(file.Name)}";
        Response.Headers.CacheControl = "private, max-age=3600";
        return new FileStreamResult(await store.OpenAsync(document, cancellationToken), file.Mime);
    }
}
