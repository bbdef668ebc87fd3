using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Users;

/// <summary>What a request needs to know about the session that its cookie names.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="SecurityStamp">Of the account now; another one in the cookie ends it.</param>
/// <param name="ClaimsVersion">Of the account now; another one in the cookie makes its claims be read again.</param>
/// <param name="MustChangePassword">Nothing but a new password can be done.</param>
/// <param name="NeedsSecondFactor">A role of this person asks for a second factor, and this session never saw one.</param>
/// <param name="SecondFactorAt">Last second factor in this session.</param>
/// <param name="Method">How it was opened.</param>
/// <param name="ConfirmedAt">Last time that its owner showed to be there.</param>
public sealed record SessionState(Guid Id, Guid UserId, string? SecurityStamp, int ClaimsVersion, bool MustChangePassword, bool NeedsSecondFactor, DateTimeOffset? SecondFactorAt, SignInMethod Method, DateTimeOffset ConfirmedAt);

/// <summary>Opens, checks and ends sessions. A session ends in the database; every Host sees it at its next request.</summary>
public sealed class SessionService(MonOpcoDbContext db, DataSources sources)
{
    private static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    // One look by primary key for each request with a cookie (bench/results.md, « Sessions »): no cache to invalidate across Hosts.
    private const string Look = """
        select s.user_id, u.security_stamp, u.claims_version, u.must_change_password,
               s.second_factor_at is null and s.method <> 'Demonstration' and exists (
                 select 1 from user_roles ur join roles r on r.id = ur.role_id join role_security x on x.role = r.name where ur.user_id = u.id and x.second_factor_required),
               s.second_factor_at, s.method, s.confirmed_at, s.last_seen_at, s.expires_at, s.idle_limit
        from user_sessions s join users u on u.id = s.user_id
        where s.id = $1 and s.ended_at is null and u.deactivated_at is null
        """;

    public async Task<UserSession> OpenAsync(User user, SignInMethod method, string device, string network, TimeSpan idle, TimeSpan lifetime, bool withSecondFactor, ChangeContext change, CancellationToken cancellationToken)
    {
        var session = new UserSession
        {
            Id = Guid.CreateVersion7(change.Now),
            UserId = user.Id,
            Method = method,
            Device = device,
            Network = network,
            StartedAt = change.Now,
            LastSeenAt = change.Now,
            ExpiresAt = change.Now + lifetime,
            IdleLimit = idle,
            ConfirmedAt = change.Now,
            SecondFactorAt = withSecondFactor ? change.Now : null,
        };
        db.UserSessions.Add(session);
        await db.Users.Where(x => x.Id == user.Id).ExecuteUpdateAsync(x => x.SetProperty(u => u.LastSignInAt, change.Now), cancellationToken);
        db.AuditFact(Accounts.Subject, user.Id, "SignedIn", change, new JsonObject { ["method"] = method.ToString(), ["device"] = device, ["network"] = network, ["secondFactor"] = withSecondFactor });
        await db.SaveChangesAsync(cancellationToken);
        return session;
    }

    /// <summary>The state of a living session, or null. Notes once a minute that it was seen; ends it when it idled too long or is too old.</summary>
    public async Task<SessionState?> CheckAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        SessionState state;
        DateTimeOffset seen, expires;
        TimeSpan idle;
        await using (var command = new NpgsqlCommand(Look, connection) { Parameters = { new() { Value = id } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            state = new SessionState(
                id, reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt32(2), reader.GetBoolean(3), reader.GetBoolean(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5), Enum.Parse<SignInMethod>(reader.GetString(6)), reader.GetFieldValue<DateTimeOffset>(7));
            (seen, expires, idle) = (reader.GetFieldValue<DateTimeOffset>(8), reader.GetFieldValue<DateTimeOffset>(9), reader.GetTimeSpan(10));
        }

        if (now >= expires || now - seen >= idle)
        {
            await ExecuteAsync(connection, "update user_sessions set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null", cancellationToken, id, now, (now >= expires ? SessionEnd.TooOld : SessionEnd.Idle).ToString());
            return null;
        }

        if (now - seen >= SeenGrain)
        {
            await ExecuteAsync(connection, "update user_sessions set last_seen_at = $2 where id = $1 and last_seen_at < $2", cancellationToken, id, now);
        }

        return state;
    }

    /// <summary>The second factor was given in this session, now.</summary>
    public async Task StrengthenAsync(Guid id, Guid userId, string how, ChangeContext change, CancellationToken cancellationToken)
    {
        await db.UserSessions.Where(x => x.Id == id && x.UserId == userId && x.EndedAt == null).ExecuteUpdateAsync(x => x.SetProperty(s => s.SecondFactorAt, change.Now).SetProperty(s => s.ConfirmedAt, change.Now), cancellationToken);
        db.AuditFact(Accounts.Subject, userId, "SecondFactorGiven", change, new JsonObject { ["method"] = how });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Its owner gave the password again; only for accounts without a second factor.</summary>
    public Task ConfirmAsync(Guid id, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        return db.UserSessions.Where(x => x.Id == id && x.UserId == userId && x.EndedAt == null).ExecuteUpdateAsync(x => x.SetProperty(s => s.ConfirmedAt, now), cancellationToken);
    }

    /// <summary>Ends one session of that account; false when there is none open.</summary>
    public async Task<bool> EndAsync(Guid id, Guid userId, SessionEnd reason, ChangeContext change, CancellationToken cancellationToken) =>
        await EndAsync(db.UserSessions.Where(x => x.Id == id && x.UserId == userId), userId, reason, change, cancellationToken) > 0;

    /// <summary>Ends every session of that account, except one perhaps.</summary>
    public Task<int> EndAllAsync(Guid userId, SessionEnd reason, ChangeContext change, CancellationToken cancellationToken, Guid? except = null) =>
        EndAsync(db.UserSessions.Where(x => x.UserId == userId && x.Id != except), userId, reason, change, cancellationToken);

    public async Task<List<UserSession>> OpenOnesAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        var open = await db.UserSessions.AsNoTracking().Where(x => x.UserId == userId && x.EndedAt == null && x.ExpiresAt > now).OrderByDescending(x => x.LastSeenAt).ToListAsync(cancellationToken);
        return [.. open.Where(x => now - x.LastSeenAt < x.IdleLimit)];
    }

    /// <summary>Whether this browser opened this account before; from now on it has. False also for a person's very first device, which is no news.</summary>
    public async Task<bool> IsNewDeviceAsync(Guid userId, byte[] tokenHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        if (await db.UserDevices.Where(x => x.UserId == userId && x.TokenHash == tokenHash).ExecuteUpdateAsync(x => x.SetProperty(d => d.LastSeenAt, now), cancellationToken) > 0)
        {
            return false;
        }

        var first = !await db.UserDevices.AnyAsync(x => x.UserId == userId, cancellationToken);
        db.UserDevices.Add(new UserDevice { UserId = userId, TokenHash = tokenHash, FirstSeenAt = now, LastSeenAt = now });
        await db.SaveChangesAsync(cancellationToken);
        return !first;
    }

    private async Task<int> EndAsync(IQueryable<UserSession> which, Guid userId, SessionEnd reason, ChangeContext change, CancellationToken cancellationToken)
    {
        var ended = await which.Where(x => x.EndedAt == null).ExecuteUpdateAsync(x => x.SetProperty(s => s.EndedAt, change.Now).SetProperty(s => s.EndReason, reason), cancellationToken);
        if (ended > 0)
        {
            db.AuditFact(Accounts.Subject, userId, reason == SessionEnd.SignedOut ? "SignedOut" : "SessionsEnded", change, new JsonObject { ["sessions"] = ended, ["cause"] = reason.ToString() });
            await db.SaveChangesAsync(cancellationToken);
        }

        return ended;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
