using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users.Permissions;

/// <summary>One cell and what it shall hold.</summary>
public sealed record PermissionChange(string Role, string Permission, bool Granted);

/// <summary>Who gains or loses a permission, by the accounts as they are now.</summary>
public sealed record PermissionEffect(Permission Permission, bool Gains, IReadOnlyList<string> People);

/// <summary>The matrix role × permission: seeded from the code's default, changed with a reason, one audit row per cell.</summary>
public sealed class PermissionService(MonOpcoDbContext db, PermissionCatalogue catalogue)
{
    public const string Subject = "permission";

    private const string Lock = "permissions";

    /// <summary>Adds what is missing; cells that nobody changed follow the code. May run on every Host at each start.</summary>
    public Task<bool> SeedAsync(CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync(Lock, cancellationToken);
            var known = await db.RolePermissions.ToDictionaryAsync(x => (x.Role, x.Permission), cancellationToken);
            foreach (var (permission, role) in catalogue.All.SelectMany(_ => Roles.All, (permission, role) => (permission, role)))
            {
                if (!known.TryGetValue((role, permission.Name), out var cell))
                {
                    db.Add(new RolePermission { Role = role, Permission = permission.Name, Granted = permission.IsDefault(role) });
                }
                else if (cell.ChangedAt is null)
                {
                    cell.Granted = permission.IsDefault(role);
                }
            }

            return await SaveAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>What every cell holds: protected cells as the code says, whatever stands in the table; a cell that is nowhere is refused.</summary>
    public async Task<(long Version, IReadOnlySet<(string Role, string Permission)> Granted)> ReadAsync(CancellationToken cancellationToken)
    {
        var version = (await db.Set<PermissionVersion>().AsNoTracking().SingleOrDefaultAsync(x => x.Id == PermissionVersion.OnlyId, cancellationToken))?.Version ?? 0;
        var rows = await db.RolePermissions.AsNoTracking().Where(x => x.Granted).Select(x => new { x.Role, x.Permission }).ToListAsync(cancellationToken);
        var granted = rows.Where(x => catalogue.Find(x.Permission) is { } permission && permission.IsEditable(x.Role)).Select(x => (x.Role, x.Permission)).ToHashSet();
        granted.UnionWith(catalogue.All.SelectMany(x => x.Roles.Where(role => !x.IsEditable(role)), (permission, role) => (role, permission.Name)));
        return (version, granted);
    }

    /// <summary>Applies changes that were made looking at <paramref name="version"/>. Returns how many cells changed.</summary>
    public Task<int> ChangeAsync(IReadOnlyList<PermissionChange> changes, long version, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (string.IsNullOrWhiteSpace(change.Reason))
            {
                throw new RuleBrokenException("permission-reason", "Indiquez le motif du changement.");
            }

            if (changes.FirstOrDefault(x => catalogue.Find(x.Permission)?.IsEditable(x.Role) != true) is { } forbidden)
            {
                throw new RuleBrokenException("permission-protected", $"Ce droit est protégé et ne se change pas : {catalogue.Find(forbidden.Permission)?.Label ?? forbidden.Permission}, {Roles.Label(forbidden.Role)}.");
            }

            await db.LockAsync(Lock, cancellationToken);
            if ((await db.Set<PermissionVersion>().AsNoTracking().SingleOrDefaultAsync(x => x.Id == PermissionVersion.OnlyId, cancellationToken))?.Version is { } now && now != version)
            {
                throw new RuleBrokenException("permission-stale", "La matrice vient d’être modifiée par une autre personne. Relisez-la avant d’enregistrer.");
            }

            var count = 0;
            foreach (var wanted in changes)
            {
                var cell = await db.RolePermissions.FindAsync([wanted.Role, wanted.Permission], cancellationToken) ?? throw new InvalidOperationException($"No cell {wanted.Role} × {wanted.Permission}: the matrix is not seeded.");
                if (cell.Granted != wanted.Granted)
                {
                    (cell.Granted, cell.ChangedAt, cell.ChangedBy) = (wanted.Granted, change.Now, change.ActorName);
                    db.Audit(cell, Subject, $"{cell.Role}:{cell.Permission}", null, wanted.Granted ? "Granted" : "Withdrawn", change);
                    count++;
                }
            }

            await SaveAsync(cancellationToken);
            return count;
        },
        cancellationToken);

    /// <summary>What would bring the cells back to the code's default.</summary>
    public async Task<IReadOnlyList<PermissionChange>> ToDefaultAsync(CancellationToken cancellationToken)
    {
        var (_, granted) = await ReadAsync(cancellationToken);
        return [.. catalogue.All.SelectMany(_ => Roles.All, (permission, role) => (permission, role))
            .Where(x => x.permission.IsEditable(x.role) && granted.Contains((x.role, x.permission.Name)) != x.permission.IsDefault(x.role))
            .Select(x => new PermissionChange(x.role, x.permission.Name, x.permission.IsDefault(x.role)))];
    }

    /// <summary>Which accounts gain and lose what: somebody whose other role gives the same neither gains nor loses.</summary>
    public async Task<IReadOnlyList<PermissionEffect>> PreviewAsync(IReadOnlyList<PermissionChange> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (_, before) = await ReadAsync(cancellationToken);
        var after = before.ToHashSet();
        foreach (var x in changes)
        {
            _ = x.Granted ? after.Add((x.Role, x.Permission)) : after.Remove((x.Role, x.Permission));
        }

        now = now.ToUniversalTime();
        var people = await db.Users.AsNoTracking().Where(x => x.LockoutEnd == null || x.LockoutEnd < now).OrderBy(x => x.DisplayName)
            .Select(x => new { x.DisplayName, x.Email, Roles = db.UserRoles.Where(r => r.UserId == x.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!).ToList() })
            .Where(x => x.Roles.Count > 0).ToListAsync(cancellationToken);
        var effects = new List<PermissionEffect>();
        foreach (var permission in catalogue.All.Where(x => changes.Any(c => c.Permission == x.Name)))
        {
            foreach (var gains in (bool[])[true, false])
            {
                var concerned = people.Where(x => Has(after, x.Roles) != Has(before, x.Roles) && Has(after, x.Roles) == gains).Select(x => x.DisplayName.Length > 0 ? $"{x.DisplayName} ({x.Email})" : x.Email ?? "").ToList();
                if (concerned.Count > 0 || changes.Any(c => c.Permission == permission.Name && c.Granted == gains))
                {
                    effects.Add(new PermissionEffect(permission, gains, concerned));
                }
            }

            bool Has(IReadOnlySet<(string, string)> matrix, List<string> roles) => roles.Any(role => matrix.Contains((role, permission.Name)));
        }

        return effects;
    }

    private async Task<bool> SaveAsync(CancellationToken cancellationToken)
    {
        if (!db.ChangeTracker.HasChanges())
        {
            return false;
        }

        var state = await db.Set<PermissionVersion>().SingleOrDefaultAsync(x => x.Id == PermissionVersion.OnlyId, cancellationToken) ?? db.Add(new PermissionVersion { Id = PermissionVersion.OnlyId }).Entity;
        state.Version++;
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }
}
