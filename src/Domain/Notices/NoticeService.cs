using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Notices;

/// <summary>Notices of the staff. They are written in the transaction of what they tell of.</summary>
public sealed class NoticeService(MonOpcoDbContext db)
{
    private const int Shown = 20;

    /// <summary>The newest unread ones.</summary>
    public Task<List<Notice>> UnreadAsync(Guid userId, CancellationToken cancellationToken) =>
        db.Notices.AsNoTracking().Where(x => x.UserId == userId && x.ReadAt == null).OrderByDescending(x => x.At).Take(Shown).ToListAsync(cancellationToken);

    /// <summary>Marks one (or, without <paramref name="id"/>, all) of a person's notices as read.</summary>
    public async Task ReadAsync(Guid userId, Guid? id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Notices.Where(x => x.UserId == userId && x.ReadAt == null && (id == null || x.Id == id)).ExecuteUpdateAsync(x => x.SetProperty(n => n.ReadAt, now.ToUniversalTime()), cancellationToken);
        db.News.Add($"notices:{userId}");
        db.Tell();
    }

    /// <summary>Ids of those whose mail is not due work yet.</summary>
    public Task<List<Guid>> ToMailAsync(int atMost, CancellationToken cancellationToken) =>
        db.Notices.Where(x => x.MailWanted).OrderBy(x => x.At).Take(atMost).Select(x => x.Id).ToListAsync(cancellationToken);

    /// <summary>In the transaction that makes the mail due work; false when somebody else did it.</summary>
    public async Task<bool> TakeMailAsync(Guid id, CancellationToken cancellationToken) =>
        await db.Notices.Where(x => x.Id == id && x.MailWanted).ExecuteUpdateAsync(x => x.SetProperty(n => n.MailWanted, false), cancellationToken) == 1;
}

internal static class NoticeExtensions
{
    /// <summary>Adds a notice to the unit of work under way.</summary>
    internal static void Notify(this MonOpcoDbContext db, Guid userId, string text, string url, DateTimeOffset now, bool mail)
    {
        db.Notices.Add(new Notice { Id = Guid.CreateVersion7(now), UserId = userId, At = now, Text = text, Url = url, MailWanted = mail });
        db.News.Add($"notices:{userId}");
    }
}
