using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>Which roles must have a second factor.</summary>
public sealed class SecondFactorRules(MonOpcoDbContext db)
{
    public async Task<bool> IsRequiredAsync(Guid userId, CancellationToken cancellationToken) => await db.UserRoles.Where(x => x.UserId == userId)
        .Join(db.Roles, x => x.RoleId, x => x.Id, (_, role) => role.Name!)
        .AnyAsync(name => db.RoleSecurity.Any(x => x.Role == name && x.SecondFactorRequired), cancellationToken);

    public Task<List<string>> RequiredForAsync(CancellationToken cancellationToken) => db.RoleSecurity.Where(x => x.SecondFactorRequired).Select(x => x.Role).ToListAsync(cancellationToken);

    /// <summary>Exactly these roles from now on; open sessions meet it at their next request.</summary>
    public Task SetAsync(IReadOnlyCollection<string> roles, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            foreach (var row in await db.RoleSecurity.ToListAsync(cancellationToken))
            {
                row.SecondFactorRequired = roles.Contains(row.Role);
                db.Audit(row, "role-security", row.Role, null, "SecondFactorRuleChanged", change);
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
