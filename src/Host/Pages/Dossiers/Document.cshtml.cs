using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Host.Audit;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>A document of a dossier for the staff. Bilan content is nobody's business here: it does not exist.</summary>
[Authorize(Policies.DocumentsRead)]
public sealed class DocumentModel(MonOpcoDbContext database, DocumentStore store) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string numero, Guid id, string? nom, CancellationToken cancellationToken)
    {
        var dossier = await database.Dossiers.AsNoTracking().Where(x => x.Numero == numero).Select(x => new { x.Id, Certificate = x.TrainingBody == null ? null : x.TrainingBody.QualiopiDocumentId }).FirstOrDefaultAsync(cancellationToken);
        var document = dossier is null ? null : await store.FindAsync(id, cancellationToken);
        if (document is null || document.Confidential || document.DestroyedAt is not null || (document.DossierId != dossier!.Id && document.Id != dossier.Certificate))
        {
            return NotFound();
        }

        var name = nom is { Length: > 0 and <= 150 } ? Path.GetFileName(nom) : document.Name;

        // Only what a browser shows harmlessly is shown in place; the rest is a download. Contents never change under an id.
        var inline = nom is null && document.Mime is FileSniffer.Pdf or FileSniffer.Png or FileSniffer.Jpeg;
        Response.Headers.ContentDisposition = new System.Net.Mime.ContentDisposition { Inline = inline }.ToString() + $"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
        Response.Headers.CacheControl = "private, max-age=3600";
        HttpContext.Leaves(document);
        return new FileStreamResult(await store.OpenAsync(id, cancellationToken), document.Mime);
    }
}
