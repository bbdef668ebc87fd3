using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Domain.Operations;

/// <summary>What a job did. <paramref name="Quiet"/>: nothing was to do, and one such line is enough.</summary>
public sealed record WorkDone(string Message, JsonObject? Details = null, bool Quiet = false);

/// <summary>Runs of system jobs, held effects, notices to administrators.</summary>
public sealed class OperationsService(MonOpcoDbContext db)
{
    /// <summary>Claims a scheduled time; null when it has had its run. <paramref name="recovering"/>: the process that ran it died, and its run is taken over.</summary>
    public async Task<OperationRun?> BeginAsync(string job, DateTimeOffset scheduledAt, string trigger, bool recovering, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (recovering && await db.OperationRuns.Where(x => x.Job == job && x.Outcome == OperationOutcome.Running).OrderByDescending(x => x.StartedAt).FirstOrDefaultAsync(cancellationToken) is { } interrupted)
        {
            (interrupted.StartedAt, interrupted.Host, interrupted.Attempt) = (now, Environment.MachineName, interrupted.Attempt + 1);
            await db.SaveChangesAsync(cancellationToken);
            return interrupted;
        }

        var run = new OperationRun { Id = Guid.CreateVersion7(now), Job = job, ScheduledAt = scheduledAt.ToUniversalTime(), Trigger = trigger, StartedAt = now, Host = Environment.MachineName };
        db.Add(run);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return run;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.Entry(run).State = EntityState.Detached;
            return null;
        }
    }

    public async Task SucceedAsync(OperationRun run, WorkDone done, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (run.Outcome, run.FinishedAt, run.Message, run.Details) = (OperationOutcome.Succeeded, now, done.Message, done.Details);
        if (done.Quiet)
        {
            run.Details = new JsonObject { ["calme"] = true };
            await db.Database.ExecuteSqlAsync($"delete from operation_runs where job = {run.Job} and id <> {run.Id} and details @> '{{\"calme\": true}}'", cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task FailAsync(OperationRun run, string message, string advice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (run.Outcome, run.FinishedAt, run.Message, run.Advice) = (OperationOutcome.Failed, now, message, advice);
        await db.SaveChangesAsync(cancellationToken);
    }

    public Task<EffectHold?> HoldAsync(CancellationToken cancellationToken) => db.EffectHolds.AsNoTracking().Where(x => x.ReleasedAt == null).OrderBy(x => x.HeldAt).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Keeps every effect back until it is released.</summary>
    public Task<EffectHold> StartHoldAsync(string reason, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync("effect-holds", cancellationToken);
            if (await db.EffectHolds.FirstOrDefaultAsync(x => x.ReleasedAt == null, cancellationToken) is { } open)
            {
                return open;
            }

            var hold = new EffectHold { Id = Guid.CreateVersion7(change.Now), HeldAt = change.Now, Reason = reason };
            db.Add(hold);
            db.Audit(hold, "effects", hold.Id, null, "Held", change);
            await db.SaveChangesAsync(cancellationToken);
            return hold;
        },
        cancellationToken);

    /// <summary>Lets everything leave again; false when nothing was held.</summary>
    public Task<bool> ReleaseAsync(ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync("effect-holds", cancellationToken);
            var holds = await db.EffectHolds.Where(x => x.ReleasedAt == null).ToListAsync(cancellationToken);
            foreach (var hold in holds)
            {
                (hold.ReleasedAt, hold.ReleasedBy) = (change.Now, change.ActorName);
                db.Audit(hold, "effects", hold.Id, null, "Released", change);
            }

            await db.SaveChangesAsync(cancellationToken);
            return holds.Count > 0;
        },
        cancellationToken);

    /// <summary>When a job runs and whether it does; the schedulers follow within a minute.</summary>
    public Task<bool> RescheduleAsync(string job, string cron, bool enabled, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var row = await db.SystemJobs.SingleAsync(x => x.Code == job, cancellationToken);
            (row.Cron, row.Enabled) = (cron, enabled);
            if (!db.Audit(row, "job", job, null, "Rescheduled", change))
            {
                return false;
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>One notice per administrator and key; gives the ids of those that are new, for the mails.</summary>
    public async Task<IReadOnlyList<Guid>> AlertAsync(string key, string title, string text, string advice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var administrators = await (from user in db.Users join link in db.UserRoles on user.Id equals link.UserId join role in db.Roles on link.RoleId equals role.Id where role.Name == Roles.SuperAdmin && user.Email != null select user.Id)
            .Distinct().ToListAsync(cancellationToken);
        var made = new List<Guid>();
        foreach (var administrator in administrators)
        {
            var id = Guid.CreateVersion7(now);
            if (await db.Database.ExecuteSqlAsync(
                $"insert into operation_alerts (id, key, user_id, title, text, advice, created_at) values ({id}, {key}, {administrator}, {title}, {text}, {advice}, {now}) on conflict do nothing", cancellationToken) == 1)
            {
                made.Add(id);
            }
        }

        return made;
    }
}
