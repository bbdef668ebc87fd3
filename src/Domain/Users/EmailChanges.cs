using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>A change of address as its pages show it.</summary>
public sealed record EmailChangeView(User User, string OldEmail, string NewEmail, bool Applied);

/// <summary>An account's address changes once both the old and the new one have said yes.</summary>
public sealed class EmailChanges(MonOpcoDbContext db, UserManager<User> users, MagicLinkService links, SessionService sessions)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Null when the new address is somebody's already: the caller answers alike, and no mail leaves.</summary>
    public Task<EmailChange?> AskAsync(User user, string newEmail, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var key = users.NormalizeEmail(newEmail.Trim());
            var taken = await db.Users.AnyAsync(x => x.NormalizedEmail == key, cancellationToken);
            await db.EmailChanges.Where(x => x.UserId == user.Id && x.AppliedAt == null && x.ExpiresAt > change.Now).ExecuteUpdateAsync(x => x.SetProperty(e => e.ExpiresAt, change.Now), cancellationToken);
            db.AuditFact(Accounts.Subject, user.Id, "EmailChangeAsked", change);
            EmailChange? asked = null;
            if (!taken)
            {
                asked = new EmailChange { Id = Guid.CreateVersion7(change.Now), UserId = user.Id, NewEmail = newEmail.Trim(), CreatedAt = change.Now, ExpiresAt = change.Now + Lifetime };
                db.EmailChanges.Add(asked);
            }

            await db.SaveChangesAsync(cancellationToken);
            return asked;
        },
        cancellationToken);

    public async Task<EmailChangeView?> PeekAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken) =>
        await FindAsync(token, now, cancellationToken) is var (asked, user, _) ? new EmailChangeView(user, user.Email!, asked.NewEmail, false) : null;

    /// <summary>One address says yes; with the second yes the change is made and every session ends.</summary>
    public Task<EmailChangeView?> ConfirmAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync("email-changes", cancellationToken);
            if (await FindAsync(token, now, cancellationToken) is not var (asked, user, link))
            {
                return null;
            }

            var change = new ChangeContext(ActorKind.Human, user.DisplayName, user.Id, now);
            if ((await links.UseAsync(token!, link.Purpose, change, cancellationToken)).Refusal is not null)
            {
                return null;
            }

            if (link.Purpose == LinkPurpose.ConfirmNewEmail)
            {
                asked.NewConfirmedAt = change.Now;
            }
            else
            {
                asked.OldConfirmedAt = change.Now;
            }

            var old = user.Email!;
            if (asked is { NewConfirmedAt: not null, OldConfirmedAt: not null })
            {
                asked.AppliedAt = change.Now;
                (user.Email, user.UserName, user.EmailConfirmed) = (asked.NewEmail, asked.NewEmail, true);
                db.Audit(user, Accounts.Subject, user.Id, null, "EmailChanged", change);
                if (!(await users.UpdateAsync(user)).Succeeded)
                {
                    throw new RuleBrokenException("account.email", "Cette adresse est déjà utilisée.");
                }

                await users.UpdateSecurityStampAsync(user);
                await sessions.EndAllAsync(user.Id, SessionEnd.EmailChanged, change, cancellationToken);
            }

            await db.SaveChangesAsync(cancellationToken);
            return new EmailChangeView(user, old, asked.NewEmail, asked.AppliedAt is not null);
        },
        cancellationToken);

    private async Task<(EmailChange Asked, User User, MagicLink Link)?> FindAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        foreach (var purpose in new[] { LinkPurpose.ConfirmNewEmail, LinkPurpose.ApproveNewEmail })
        {
            if (await links.PeekAsync(token ?? "", purpose, now, cancellationToken) is { Refusal: null, Link: { Subject: { } subject } link } && Guid.TryParse(subject, out var id)
                && await db.EmailChanges.SingleOrDefaultAsync(x => x.Id == id && x.AppliedAt == null && x.ExpiresAt > now, cancellationToken) is { } asked
                && await users.FindByIdAsync(asked.UserId.ToString()) is { MayEnter: true } user)
            {
                return (asked, user, link);
            }
        }

        return null;
    }
}
