using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>What people change on their own account.</summary>
public sealed class Profiles(MonOpcoDbContext db)
{
    public Task RenameAsync(User user, string name, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var row = await db.Users.SingleAsync(x => x.Id == user.Id, cancellationToken);
            if (row.DisplayName == name.Trim())
            {
                return false;
            }

            (row.DisplayName, row.ConcurrencyStamp) = (name.Trim(), Guid.NewGuid().ToString());
            row.ClaimsVersion++;
            db.Audit(row, Accounts.Subject, row.Id, null, "ProfileChanged", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Notes that a passkey came or went.</summary>
    public async Task NotePasskeyAsync(Guid userId, bool added, ChangeContext change, CancellationToken cancellationToken)
    {
        db.AuditFact(Accounts.Subject, userId, added ? "PasskeyAdded" : "PasskeyRemoved", change);
        await db.SaveChangesAsync(cancellationToken);
    }
}
