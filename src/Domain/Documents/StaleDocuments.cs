using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Domain.Documents;

/// <summary>A value that a document prints and the dossier no longer has.</summary>
public sealed record PrintedChange(string Label, string Printed, string Current);

/// <summary>A document whose print disagrees with the dossier. <paramref name="Signers"/>: who signed it, and has to sign the new one.</summary>
public sealed record StaleDocument(Document Document, DocumentType Type, IReadOnlyList<PrintedChange> Changes, IReadOnlyList<Signer> Signers);

/// <summary>What has to be made again because the dossier changed after it was printed.</summary>
public sealed class StaleDocuments(MonOpcoDbContext db, DossierPackage package)
{
    /// <summary>In the order of the package; documents that we did not make are never stale.</summary>
    public async Task<IReadOnlyList<StaleDocument>> OfDossierAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Beneficiaires).SingleAsync(x => x.Id == dossierId, cancellationToken);
        var current = DocumentFacts.Of(dossier);
        var requests = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == dossierId).OrderByDescending(x => x.CreatedAt).ToListAsync(cancellationToken);
        return
        [
            .. (await package.ContentAsync(dossierId, cancellationToken)).Items
                .Where(x => x.Document.Facts is not null)
                .Select(x => new StaleDocument(
                    x.Document,
                    x.Type,
                    DocumentFacts.Changes(x.Document.Facts!, current),
                    requests.FirstOrDefault(r => r.DocumentTypeCode == x.Type.Code)?.Signers.OrderBy(s => s.Order).ThenBy(s => s.Id).ToList() ?? []))
                .Where(x => x.Changes.Count > 0),
        ];
    }
}
