using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

public enum LinkState
{
    Usable,
    Used,
    Expired,
    Unknown,
}

/// <summary>Links that people receive by e-mail: 256 random bits, stored hashed, for one purpose, used once.</summary>
public sealed class PersonalLinks(MonOpcoDbContext database, TimeProvider clock)
{
    /// <summary>Makes a link and gives its token, which exists nowhere else.</summary>
    public async Task<string> CreateAsync(LinkPurpose purpose, string email, TimeSpan lifetime, string? subject, JsonObject? payload, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        database.MagicLinks.Add(new MagicLink
        {
            Id = Guid.CreateVersion7(now),
            TokenHash = Hash(token),
            Purpose = purpose,
            Email = email,
            EmailKey = SearchText.EmailKey(email),
            Subject = subject,
            Payload = payload,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
        await database.SaveChangesAsync(cancellationToken);
        return token;
    }

    /// <summary>Looks without using: mail scanners open every link they see.</summary>
    public async Task<(LinkState State, MagicLink? Link)> FindAsync(string? token, LinkPurpose purpose, CancellationToken cancellationToken)
    {
        var hash = Hash(token ?? "");
        var link = await database.MagicLinks.AsNoTracking().SingleOrDefaultAsync(x => x.TokenHash == hash && x.Purpose == purpose, cancellationToken);
        var state = link switch
        {
            null => LinkState.Unknown,
            { UsedAt: not null } => LinkState.Used,
            _ when link.ExpiresAt <= clock.GetUtcNow() => LinkState.Expired,
            _ => LinkState.Usable,
        };
        return (state, link);
    }

    /// <summary>Uses the link; of two who try at once, one gets it.</summary>
    public async Task<MagicLink?> UseAsync(string? token, LinkPurpose purpose, CancellationToken cancellationToken)
    {
        var hash = Hash(token ?? "");
        var now = clock.GetUtcNow();
        var used = await database.MagicLinks
            .Where(x => x.TokenHash == hash && x.Purpose == purpose && x.UsedAt == null && x.ExpiresAt > now)
            .ExecuteUpdateAsync(x => x.SetProperty(link => link.UsedAt, now), cancellationToken);
        return used == 1 ? await database.MagicLinks.AsNoTracking().SingleAsync(x => x.TokenHash == hash, cancellationToken) : null;
    }

    /// <summary>How many links a mailbox received in the last hour.</summary>
    public Task<int> RecentAsync(string email, CancellationToken cancellationToken)
    {
        var key = SearchText.EmailKey(email);
        var since = clock.GetUtcNow().AddHours(-1);
        return database.MagicLinks.CountAsync(x => x.EmailKey == key && x.CreatedAt > since, cancellationToken);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
