using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

public sealed class ApiKeyService(MonOpcoDbContext db)
{
    private const string Mark = "mopco_";

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
        return await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(x => x.Hash == hash && x.RevokedAt == null && x.ExpiresAt > now, cancellationToken);
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
