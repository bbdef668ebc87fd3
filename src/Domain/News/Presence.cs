using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.News;

/// <summary>Somebody looks at a task or a dossier now. The row expires when its browser falls silent.</summary>
public sealed class Presence
{
    /// <summary><c>task:…</c> or <c>dossier:…</c>.</summary>
    public required string Subject { get; init; }

    public required Guid UserId { get; init; }

    public required string UserName { get; set; }

    public required DateTimeOffset Since { get; set; }

    public required DateTimeOffset SeenAt { get; set; }

    /// <summary>Since when this person is changing it; the first one has the hand.</summary>
    public DateTimeOffset? EditingSince { get; set; }

    /// <summary>Who took the hand from this person; told once.</summary>
    public string? TakenBy { get; set; }
}

/// <summary>A colleague beside me, as the page says it. <paramref name="HasHand"/>: the soft lock is theirs.</summary>
public sealed record Beside(string Name, DateTimeOffset Since, bool Editing, bool HasHand);

/// <summary>Who else is here. <paramref name="TakenBy"/>: the colleague who has just taken the hand from me.</summary>
public sealed record Room(IReadOnlyList<Beside> Others, bool HandIsMine, string? TakenBy);

/// <summary>
/// Presence and the soft lock, by PostgreSQL's clock, so that all Hosts agree. The lock warns, it does not forbid: what two people write still meets the row locks and
/// versions of what they write to.
/// </summary>
public sealed class PresenceService(MonOpcoDbContext db)
{
    /// <summary>Silence after which somebody has left; browsers say that they are here every 15 seconds.</summary>
    public const int ExpirySeconds = 40;

    /// <summary>I am here (and, maybe, changing something).</summary>
    public async Task<Room> BeatAsync(string subject, Guid userId, string name, bool editing, CancellationToken cancellationToken)
    {
        var news = await db.Database.SqlQuery<bool>($"""
            with before as (select editing_since, seen_at from presences where subject = {subject} and user_id = {userId})
            insert into presences as p (subject, user_id, user_name, since, seen_at, editing_since)
            values ({subject}, {userId}, {name}, now(), now(), case when {editing} then now() end)
            on conflict (subject, user_id) do update set user_name = excluded.user_name,
              since = case when p.seen_at < now() - make_interval(secs => {ExpirySeconds}) then now() else p.since end,
              editing_since = case when not {editing} then null when p.seen_at < now() - make_interval(secs => {ExpirySeconds}) then now() else coalesce(p.editing_since, now()) end,
              seen_at = now()
            returning (select coalesce(bool_and((b.editing_since is not null) is distinct from {editing} or b.seen_at < now() - make_interval(secs => {ExpirySeconds})), true) from before b) as "Value"
            """).ToListAsync(cancellationToken);
        if (news is [true])
        {
            Tell(subject);
        }

        return await RoomAsync(subject, userId, cancellationToken);
    }

    /// <summary>The hand passes to me; whoever had it is told.</summary>
    public async Task<Room> TakeHandAsync(string subject, Guid userId, string name, CancellationToken cancellationToken)
    {
        await BeatAsync(subject, userId, name, true, cancellationToken);
        await db.Database.ExecuteSqlAsync($"update presences set editing_since = null, taken_by = {name} where subject = {subject} and user_id <> {userId} and editing_since is not null", cancellationToken);
        Tell(subject);
        return await RoomAsync(subject, userId, cancellationToken);
    }

    public async Task LeaveAsync(string subject, Guid userId, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"delete from presences where subject = {subject} and user_id = {userId} or seen_at < now() - interval '1 hour'", cancellationToken);
        Tell(subject);
    }

    private async Task<Room> RoomAsync(string subject, Guid userId, CancellationToken cancellationToken)
    {
        var here = await db.Database.SqlQuery<Line>($"""
            select user_id as "UserId", user_name as "UserName", since as "Since", editing_since as "EditingSince", taken_by as "TakenBy" from presences
            where subject = {subject} and seen_at >= now() - make_interval(secs => {ExpirySeconds}) order by since, user_id
            """).ToListAsync(cancellationToken);
        var hand = here.Where(x => x.EditingSince is not null).OrderBy(x => x.EditingSince).ThenBy(x => x.UserId).FirstOrDefault();
        var taken = here.Find(x => x.UserId == userId)?.TakenBy;
        if (taken is not null)
        {
            await db.Database.ExecuteSqlAsync($"update presences set taken_by = null where subject = {subject} and user_id = {userId}", cancellationToken);
        }

        return new Room([.. here.Where(x => x.UserId != userId).Select(x => new Beside(x.UserName, x.Since, x.EditingSince is not null, x == hand))], hand?.UserId == userId, taken);
    }

    private void Tell(string subject)
    {
        db.News.Add("presence:" + subject);
        db.Tell();
    }

    private sealed record Line(Guid UserId, string UserName, DateTimeOffset Since, DateTimeOffset? EditingSince, string? TakenBy);
}

internal sealed class PresenceMapping : IEntityTypeConfiguration<Presence>
{
    public void Configure(EntityTypeBuilder<Presence> builder)
    {
        builder.ToTable("presences");
        builder.HasKey(x => new { x.Subject, x.UserId });
        builder.HasIndex(x => x.SeenAt);
    }
}
