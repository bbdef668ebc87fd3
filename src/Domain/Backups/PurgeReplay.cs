using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Backups;

/// <summary>After a restore, before anybody looks: every purge list of schema <c>keys</c> does its work again.</summary>
internal static class PurgeReplay
{
    /// <summary>Returns how many keys it destroyed again.</summary>
    public static Task<int> RunAsync(MonOpcoDbContext db, MasterKey master, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            // Keys of subjects, wherever this version has them.
            await db.Database.ExecuteSqlAsync(
                $"""
                do $$ begin
                  if to_regclass('keys.subject_purges') is not null then
                    delete from keys.subject_keys k using keys.subject_purges p where p.kind = k.kind and p.id = k.id;
                  end if;
                end $$
                """, cancellationToken);
            return await new DocumentStore(db, master).ReplayPurgesAsync(cancellationToken);
        },
        cancellationToken);
}
