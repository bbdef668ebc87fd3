using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Notices;

namespace MonOPCO.Domain.Tasks;

/// <summary>An absence: from the first to the last day another person sees and treats the tasks of the absent one, who goes on seeing them. It ends by itself.</summary>
public sealed class Delegation
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required string UserName { get; init; }

    public required Guid DelegateId { get; init; }

    public required string DelegateName { get; init; }

    public required DateOnly FromDay { get; init; }

    /// <summary>The last day, included.</summary>
    public required DateOnly ToDay { get; init; }

    public string Reason { get; init; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Ended before its time.</summary>
    public DateTimeOffset? EndedAt { get; internal set; }

    public bool IsActive(DateOnly today) => EndedAt is null && FromDay <= today && today <= ToDay;
}

public sealed class DelegationService(MonOpcoDbContext db)
{
    /// <summary>For whom this person treats tasks today.</summary>
    public async Task<IReadOnlyList<Delegation>> StandsForAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Fr.InParis(now);
        return await db.Delegations.AsNoTracking().Where(x => x.DelegateId == userId && x.EndedAt == null && x.FromDay <= today && x.ToDay >= today).OrderBy(x => x.UserName).ToListAsync(cancellationToken);
    }

    /// <summary>Absences of this person that are not over.</summary>
    public async Task<IReadOnlyList<Delegation>> OfAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Fr.InParis(now);
        return await db.Delegations.AsNoTracking().Where(x => x.UserId == userId && x.EndedAt == null && x.ToDay >= today).OrderBy(x => x.FromDay).ToListAsync(cancellationToken);
    }

    public Task<Delegation> CreateAsync(Guid delegateId, string delegateName, DateOnly from, DateOnly to, string reason, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var me = change.UserId ?? throw new InvalidOperationException("Only a person delegates.");
            if (delegateId == me)
            {
                throw new RuleBrokenException("delegate-self", "Choisissez une autre personne que vous-même.");
            }

            if (to < from)
            {
                throw new RuleBrokenException("delegate-dates", "Le dernier jour vient avant le premier.");
            }

            if (to < Fr.InParis(change.Now))
            {
                throw new RuleBrokenException("delegate-past", "Cette période est déjà passée.");
            }

            await db.LockAsync("delegation", cancellationToken);
            if (await db.Delegations.AsNoTracking().FirstOrDefaultAsync(x => x.UserId == me && x.EndedAt == null && x.FromDay <= to && x.ToDay >= from, cancellationToken) is { } other)
            {
                throw new RuleBrokenException("delegate-overlap", $"Vos tâches sont déjà confiées à {other.DelegateName} du {Fr.Date(other.FromDay)} au {Fr.Date(other.ToDay)}.");
            }

            if (await db.Delegations.AsNoTracking().FirstOrDefaultAsync(x => x.UserId == delegateId && x.EndedAt == null && x.FromDay <= to && x.ToDay >= from, cancellationToken) is { } absent)
            {
                throw new RuleBrokenException("delegate-absent", $"{delegateName} sera absent aussi du {Fr.Date(absent.FromDay)} au {Fr.Date(absent.ToDay)} : choisissez une autre personne ou d’autres dates.");
            }

            var created = new Delegation
            {
                Id = Guid.CreateVersion7(change.Now),
                UserId = me,
                UserName = change.ActorName,
                DelegateId = delegateId,
                DelegateName = delegateName,
                FromDay = from,
                ToDay = to,
                Reason = reason,
                CreatedAt = change.Now,
            };
            db.Delegations.Add(created);
            db.Audit(created, "delegation", created.Id, null, "Created", change);
            db.Notify(delegateId, $"{change.ActorName} vous confie ses tâches du {Fr.Date(from)} au {Fr.Date(to)}.", "/taches", change.Now, mail: true);
            await db.SaveChangesAsync(cancellationToken);
            return created;
        },
        cancellationToken);

    /// <summary>Back before the announced day. False when there is no such absence of this person.</summary>
    public Task<bool> EndAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.Delegations.FirstOrDefaultAsync(x => x.Id == id && x.UserId == change.UserId && x.EndedAt == null, cancellationToken) is not { } own)
            {
                return false;
            }

            own.EndedAt = change.Now;
            db.Audit(own, "delegation", own.Id, null, "Ended", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}

internal sealed class DelegationMapping : IEntityTypeConfiguration<Delegation>
{
    public void Configure(EntityTypeBuilder<Delegation> builder)
    {
        builder.ToTable("delegations");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DelegateId, x.ToDay });
        builder.HasIndex(x => new { x.UserId, x.ToDay });
    }
}
