using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Users;

/// <summary>When an address is held back.</summary>
public sealed class GuardLimits
{
    /// <summary>How far back failures count.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Failures from one address within the window.</summary>
    public int Failures { get; set; } = 30;

    /// <summary>Different accounts or addresses tried in vain from one address within the window: one password tried on many people.</summary>
    public int Targets { get; set; } = 10;

    /// <summary>The first hold; each further one within a day is twice as long.</summary>
    public TimeSpan Hold { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan LongestHold { get; set; } = TimeSpan.FromHours(24);
}

/// <summary>Notes each try to enter, and holds an address back once it has failed too often. In the database: every Host counts together.</summary>
public sealed class SignInGuard(MonOpcoDbContext db, KeyRing keys)
{
    private static readonly AttemptOutcome[] Failed = [AttemptOutcome.Wrong, AttemptOutcome.Unknown, AttemptOutcome.Refused];

    /// <summary>What counts as one origin: an IPv4 address, the /64 of an IPv6 one.</summary>
    public static string OriginOf(IPAddress? address)
    {
        if (address is null)
        {
            return "inconnue";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes) + "/64";
    }

    /// <summary>Enough to recognise a network, too little to find a person: « 203.0.113.x ».</summary>
    public static string Shortened(IPAddress? address)
    {
        var origin = OriginOf(address);
        return origin.Contains(':', StringComparison.Ordinal) ? string.Join(':', origin.Split(':').Take(3)) + ":…" : origin.LastIndexOf('.') is var dot and > 0 ? origin[..dot] + ".x" : origin;
    }

    public async Task<DateTimeOffset?> HeldUntilAsync(string origin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        return await db.AddressHolds.Where(x => x.Address == origin && x.Until > now && x.ReleasedAt == null).MaxAsync(x => (DateTimeOffset?)x.Until, cancellationToken);
    }

    public async Task NoteAsync(AttemptKind kind, AttemptOutcome outcome, string origin, Guid? userId, string? email, GuardLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        db.SignInAttempts.Add(new SignInAttempt { At = now, Kind = kind, Outcome = outcome, Address = origin, UserId = userId, EmailHash = email is null ? null : keys.Hash("sign-in-email", SearchText.EmailKey(email)) });
        if (userId is { } id && Failed.Contains(outcome))
        {
            db.AuditFact(Accounts.Subject, id, "SignInFailed", ChangeContext.System("Connexion", now), new JsonObject { ["kind"] = kind.ToString(), ["outcome"] = outcome.ToString() });
        }

        await db.SaveChangesAsync(cancellationToken);
        if (Failed.Contains(outcome))
        {
            await HoldIfNeededAsync(origin, limits, now, cancellationToken);
        }
    }

    public Task<bool> ReleaseAsync(Guid holdId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var hold = await db.AddressHolds.SingleOrDefaultAsync(x => x.Id == holdId && x.ReleasedAt == null && x.Until > change.Now, cancellationToken);
            if (hold is null)
            {
                return false;
            }

            hold.ReleasedAt = change.Now;
            db.Audit(hold, "address-hold", holdId, null, "Released", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>What is old is of no use to anybody.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        before = before.ToUniversalTime();
        return await db.SignInAttempts.Where(x => x.At < before).ExecuteDeleteAsync(cancellationToken)
            + await db.AddressHolds.Where(x => x.Until < before).ExecuteDeleteAsync(cancellationToken)
            + await db.UserSessions.Where(x => x.EndedAt < before || x.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken)
            + await db.UserDevices.Where(x => x.LastSeenAt < before.AddDays(-275)).ExecuteDeleteAsync(cancellationToken)
            + await db.AccountNotices.Where(x => x.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private Task HoldIfNeededAsync(string origin, GuardLimits limits, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"sign-in:{origin}", cancellationToken);
            var earlier = await db.AddressHolds.AsNoTracking().Where(x => x.Address == origin && x.Since > now.AddDays(-1)).OrderByDescending(x => x.Since).ToListAsync(cancellationToken);
            if (earlier.Any(x => x.ReleasedAt is null && x.Until > now))
            {
                return false;
            }

            // What was paid for by a hold, or forgiven by its release, does not count again.
            var since = earlier.Select(x => x.ReleasedAt ?? x.Until).Append(now - limits.Window).Max();
            var failures = db.SignInAttempts.Where(x => x.Address == origin && x.At > since && Failed.Contains(x.Outcome));
            var count = await failures.CountAsync(cancellationToken);
            var targets = await failures.Where(x => x.UserId != null).Select(x => x.UserId).Distinct().CountAsync(cancellationToken)
                + await failures.Where(x => x.UserId == null && x.EmailHash != null).Select(x => x.EmailHash).Distinct().CountAsync(cancellationToken);
            if (count < limits.Failures && targets < limits.Targets)
            {
                return false;
            }

            var length = TimeSpan.FromTicks(Math.Min(limits.LongestHold.Ticks, limits.Hold.Ticks << Math.Min(earlier.Count(x => x.ReleasedAt is null), 10)));
            var hold = new AddressHold { Id = Guid.CreateVersion7(now), Address = origin, Since = now, Until = now + length, Failures = count, Targets = targets };
            db.AddressHolds.Add(hold);
            db.Audit(hold, "address-hold", hold.Id, null, "Held", ChangeContext.System("Connexion", now));
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
