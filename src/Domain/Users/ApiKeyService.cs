using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>Keys of programs. A program has an account of its own, which has no password and opens no page.</summary>
public sealed class ApiKeyService(MonOpcoDbContext db)
{
    private const string Mark = "mopco_";
    private static readonly TimeSpan UsedGrain = TimeSpan.FromMinutes(1);

    /// <summary>An account for one program.</summary>
    public Task<User> CreateServiceAccountAsync(string name, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync("accounts", cancellationToken);
            if (await db.Users.AnyAsync(x => x.IsService && x.DisplayName == name.Trim(), cancellationToken))
            {
                throw new RuleBrokenException("service.name", "Un compte de service porte déjà ce nom.");
            }

            var id = Guid.CreateVersion7(change.Now);
            var user = new User { Id = id, UserName = $"service-{id:N}", NormalizedUserName = $"SERVICE-{id:N}".ToUpperInvariant(), DisplayName = name.Trim(), IsService = true, SecurityStamp = Tokens.New(), LockoutEnabled = false };
            db.Users.Add(user);
            var role = await db.Roles.SingleAsync(x => x.Name == Roles.CompteService, cancellationToken);
            db.UserRoles.Add(new Microsoft.AspNetCore.Identity.IdentityUserRole<Guid> { UserId = id, RoleId = role.Id });
            db.AuditFact(Accounts.Subject, id, "ServiceAccountCreated", change);
            await db.SaveChangesAsync(cancellationToken);
            return user;
        },
        cancellationToken);

    /// <summary>A new key of a service account; the text is shown once.</summary>
    public async Task<(ApiKey Key, string Text)> IssueAsync(Guid serviceId, string name, IReadOnlyList<string> scopes, TimeSpan lifetime, TimeSpan longest, ChangeContext change, CancellationToken cancellationToken)
    {
        if (!await db.Users.AnyAsync(x => x.Id == serviceId && x.IsService && x.DeactivatedAt == null, cancellationToken))
        {
            throw new RuleBrokenException("service.unknown", "Ce compte de service n’existe pas ou est désactivé.");
        }

        if (scopes.Count == 0)
        {
            throw new RuleBrokenException("key.scopes", "Choisissez au moins un droit.");
        }

        if (lifetime <= TimeSpan.Zero || lifetime > longest)
        {
            throw new RuleBrokenException("key.lifetime", $"Une clé expire, au plus tard après {(int)longest.TotalDays} jours.");
        }

        return await CreateAsync(name, serviceId, scopes, lifetime, change, cancellationToken);
    }

    /// <summary>A successor with the same name, scopes and length; the old one goes on for a while, so that nothing stops in between.</summary>
    public Task<(ApiKey Key, string Text)> RotateAsync(Guid id, TimeSpan overlap, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"api-key:{id}", cancellationToken);
            var old = await db.ApiKeys.SingleOrDefaultAsync(x => x.Id == id, cancellationToken);
            if (old is null || old.RevokedAt is not null || old.ExpiresAt <= change.Now || old.ReplacedBy is not null)
            {
                throw new RuleBrokenException("key.dead", "Cette clé n’est plus en service ou a déjà une remplaçante.");
            }

            var made = await CreateAsync(old.Name, old.UserId, old.Scopes, old.ExpiresAt - old.CreatedAt, change, cancellationToken);
            old.ReplacedBy = made.Key.Id;
            var end = change.Now + overlap;
            old.ExpiresAt = end < old.ExpiresAt ? end : old.ExpiresAt;
            db.Audit(old, "api-key", id, null, "Rotated", change);
            await db.SaveChangesAsync(cancellationToken);
            return made;
        },
        cancellationToken);

    /// <summary>The returned text is shown once.</summary>
    public async Task<(ApiKey Key, string Text)> CreateAsync(string name, Guid userId, IReadOnlyList<string> scopes, TimeSpan lifetime, ChangeContext change, CancellationToken cancellationToken)
    {
        var text = Mark + Tokens.New();
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(change.Now),
            Name = name.Trim(),
            Prefix = text[..12],
            Hash = Tokens.Hash(text),
            Scopes = [.. scopes],
            UserId = userId,
            CreatedAt = change.Now,
            ExpiresAt = change.Now + lifetime,
            CreatedBy = change.ActorName,
        };
        db.ApiKeys.Add(key);
        db.Audit(key, "api-key", key.Id, null, "Created", change);
        await db.SaveChangesAsync(cancellationToken);
        return (key, text);
    }

    /// <summary>The living key behind a text, or null. Scopes are the caller's to check with <see cref="Allows"/>.</summary>
    public async Task<ApiKey?> FindAsync(string text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        var hash = Tokens.Hash(text);
        now = now.ToUniversalTime();
        var key = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(x => x.Hash == hash && x.RevokedAt == null && x.ExpiresAt > now, cancellationToken);
        if (key is not null && (key.LastUsedAt is not { } used || now - used >= UsedGrain))
        {
            await db.ApiKeys.Where(x => x.Id == key.Id).ExecuteUpdateAsync(x => x.SetProperty(k => k.LastUsedAt, now), cancellationToken);
        }

        return key;
    }

    public static bool Allows(ApiKey key, string scope) => key.Scopes.Contains(scope) || key.Scopes.Contains("*");

    public Task<bool> RevokeAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var key = await db.ApiKeys.SingleAsync(x => x.Id == id, cancellationToken);
            if (key.RevokedAt is not null)
            {
                return false;
            }

            key.RevokedAt = change.Now;
            db.Audit(key, "api-key", id, null, "Revoked", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
