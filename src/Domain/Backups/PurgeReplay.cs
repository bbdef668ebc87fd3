using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Domain.Backups;

/// <summary>After a restore, before anybody looks: every purge list of schema <c>keys</c> does its work again.</summary>
internal static class PurgeReplay
{
    /// <summary>Returns how many documents' keys it destroyed again.</summary>
    public static async Task<int> RunAsync(MonOpcoDbContext db, MasterKey master, KeyRing ring, CancellationToken cancellationToken)
    {
        var documents = new DocumentStore(db, master);
        var destroyed = await documents.ReplayPurgesAsync(cancellationToken);
        await ring.ReplayPurgesAsync(cancellationToken);
        await db.InTransactionAsync(() => new ErasureService(db, documents, new RetentionRules(db, new RuleBook(db)), ring).ReplayAsync(cancellationToken), cancellationToken);
        return destroyed;
    }
}
