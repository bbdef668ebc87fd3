using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Users;

public enum LinkRefusal
{
    Unknown,
    Expired,
    AlreadyUsed,
    WrongPurpose,
}

/// <summary>Either the link, or why it does not open. An expired or used link still names its address, so that the person can ask for a new one.</summary>
public sealed record LinkResult(MagicLink? Link, LinkRefusal? Refusal, string Message);

/// <summary>Personal links and login codes.</summary>
public sealed class MagicLinkService(MonOpcoDbContext db, KeyRing keys)
{
    private const int MaxCodeAttempts = 5;
    private static readonly TimeSpan SameClick = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The link's secret, derived from its id and the application's key: a mail effect computes it again when it runs, so that no stored input carries it, and a
    /// repeated mail carries the same link. The database alone gives no token away.
    /// </summary>
    public string TokenOf(Guid linkId) => Tokens.Text(keys.Hash("magic-link", linkId.ToString("N")));

    /// <summary>The returned token goes into the mail and is stored nowhere.</summary>
    public async Task<(MagicLink Link, string Token)> CreateAsync(
        LinkPurpose purpose, string email, TimeSpan lifetime, ChangeContext change, CancellationToken cancellationToken, string? subject = null, JsonObject? payload = null)
    {
        var id = Guid.CreateVersion7(change.Now);
        var token = TokenOf(id);
        var link = new MagicLink
        {
            Id = id,
            TokenHash = Tokens.Hash(token),
            Purpose = purpose,
            Email = email.Trim(),
            EmailKey = SearchText.EmailKey(email),
            Subject = subject,
            Payload = payload,
            CreatedAt = change.Now,
            ExpiresAt = change.Now + lifetime,
        };
        db.MagicLinks.Add(link);
        db.Audit(link, "magic-link", link.Id, null, "Created", change);
        await db.SaveChangesAsync(cancellationToken);
        return (link, token);
    }

    /// <summary>
    /// The same for forms that anybody may send: null when this mailbox got <paramref name="mostPerHour"/> links already, or a moment ago this very one, still unused
    /// (a form sent twice is one mail).
    /// </summary>
    public Task<MagicLink?> CreateOnceAsync(
        LinkPurpose purpose, string email, TimeSpan lifetime, int mostPerHour, ChangeContext change, CancellationToken cancellationToken, string? subject = null, JsonObject? payload = null) =>
        db.InTransactionAsync(
            async () =>
            {
                var (key, now) = (SearchText.EmailKey(email), change.Now.ToUniversalTime());
                await db.LockAsync($"magic-link:{key}", cancellationToken);
                var hour = now.AddHours(-1);
                var recent = await db.MagicLinks.AsNoTracking().Where(x => x.EmailKey == key && x.Purpose == purpose && x.CreatedAt > hour).OrderByDescending(x => x.CreatedAt).ToListAsync(cancellationToken);
                var repeated = recent.Any(x => x.UsedAt == null && x.ExpiresAt > now && now - x.CreatedAt < SameClick && JsonNode.DeepEquals(x.Payload, payload));
                return repeated || recent.Count >= mostPerHour ? null : (await CreateAsync(purpose, email, lifetime, change, cancellationToken, subject, payload)).Link;
            },
            cancellationToken);

    /// <summary>Looks without using up, for the page that asks « Continuer ? » (mail scanners follow links).</summary>
    public async Task<LinkResult> PeekAsync(string token, LinkPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hash = Tokens.Hash(token);
        var link = await db.MagicLinks.AsNoTracking().FirstOrDefaultAsync(x => x.TokenHash == hash, cancellationToken);
        return Judge(link, purpose, now);
    }

    /// <summary>Opens at most once, whoever races.</summary>
    public async Task<LinkResult> UseAsync(string token, LinkPurpose purpose, ChangeContext change, CancellationToken cancellationToken)
    {
        var found = await PeekAsync(token, purpose, change.Now, cancellationToken);
        if (found.Refusal is not null)
        {
            return found;
        }

        var taken = await db.MagicLinks.Where(x => x.Id == found.Link!.Id && x.UsedAt == null).ExecuteUpdateAsync(x => x.SetProperty(link => link.UsedAt, change.Now), cancellationToken);
        return taken == 1 ? found : Refuse(found.Link, LinkRefusal.AlreadyUsed);
    }

    /// <summary>Six digits for the same address, returned for the mail.</summary>
    public async Task<string> CreateCodeAsync(string email, TimeSpan lifetime, ChangeContext change, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(change.Now);
        var code = Tokens.NewCode();
        db.LoginCodes.Add(new LoginCode { Id = id, EmailKey = SearchText.EmailKey(email), CodeHash = Tokens.HashCode(id, code), CreatedAt = change.Now, ExpiresAt = change.Now + lifetime });
        await db.SaveChangesAsync(cancellationToken);
        return code;
    }

    /// <summary>True once; each wrong try counts, and after five the code is dead.</summary>
    public async Task<bool> UseCodeAsync(string email, string code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        var key = SearchText.EmailKey(email);
        var row = await db.LoginCodes.AsNoTracking().Where(x => x.EmailKey == key && x.UsedAt == null && x.ExpiresAt > now).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return false;
        }

        // Counted before it is compared, so that parallel guesses count too.
        var counted = await db.LoginCodes.Where(x => x.Id == row.Id && x.UsedAt == null && x.Attempts < MaxCodeAttempts).ExecuteUpdateAsync(x => x.SetProperty(c => c.Attempts, c => c.Attempts + 1), cancellationToken);
        return counted == 1 && Tokens.SameCode(row.Id, code, row.CodeHash)
            && await db.LoginCodes.Where(x => x.Id == row.Id && x.UsedAt == null).ExecuteUpdateAsync(x => x.SetProperty(c => c.UsedAt, now), cancellationToken) == 1;
    }

    private static LinkResult Judge(MagicLink? link, LinkPurpose purpose, DateTimeOffset now) => link switch
    {
        null => Refuse(null, LinkRefusal.Unknown),
        _ when link.Purpose != purpose => Refuse(null, LinkRefusal.WrongPurpose),
        { UsedAt: not null } => Refuse(link, LinkRefusal.AlreadyUsed),
        _ when link.ExpiresAt <= now => Refuse(link, LinkRefusal.Expired),
        _ => new LinkResult(link, null, ""),
    };

    private static LinkResult Refuse(MagicLink? link, LinkRefusal refusal) => new(link, refusal, refusal switch
    {
        LinkRefusal.Expired => "Ce lien a expiré. Demandez un nouveau lien : il vous sera envoyé tout de suite.",
        LinkRefusal.AlreadyUsed => "Ce lien a déjà servi. Demandez un nouveau lien : il vous sera envoyé tout de suite.",
        LinkRefusal.Unknown or LinkRefusal.WrongPurpose => "Ce lien n’est pas valable. Vérifiez que l’adresse est complète ou demandez un nouveau lien.",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    });
}
