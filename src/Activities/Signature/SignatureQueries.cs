using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Activities.Signature;

internal static class SignatureQueries
{
    /// <summary>The last request for a document of this type, as the database has it now.</summary>
    internal static Task<SignatureRequest> LatestRequestAsync(this MonOpcoDbContext db, Guid dossierId, string documentType, CancellationToken cancellationToken) =>
        db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == dossierId && x.DocumentTypeCode == documentType).OrderByDescending(x => x.CreatedAt).FirstAsync(cancellationToken);
}
