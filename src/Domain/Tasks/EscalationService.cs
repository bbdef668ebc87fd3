using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tasks;

/// <summary>Escalates tasks whose deadline has passed. The row says when it is next looked at, so that nothing is lost when no Host runs; each task is its own transaction.</summary>
public sealed class EscalationService(MonOpcoDbContext db, CalendarBook calendars, StaffDirectory staff)
{
    /// <summary>Treats one task that is due for it; false when there is none. Several Hosts may call this at once.</summary>
    public Task<bool> RunOneAsync(DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            now = now.ToUniversalTime();
            var ids = await db.Database.SqlQuery<Guid>($"select id as \"Value\" from human_tasks where status = 'Open' and escalate_at is not null and escalate_at <= {now} order by escalate_at limit 1 for update skip locked").ToListAsync(cancellationToken);
            if (ids is not [var id])
            {
                return false;
            }

            var task = await db.HumanTasks.SingleAsync(x => x.Id == id, cancellationToken);
            await db.Entry(task).ReloadAsync(cancellationToken);
            await EscalateAsync(task, now, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private async Task EscalateAsync(HumanTask task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var day = Fr.InParis(task.DueAt);
        var rules = await db.Set<EscalationRule>().AsNoTracking().Where(x => (x.TaskCode == "*" || x.TaskCode == task.Code) && x.ValidFrom <= day && (x.ValidTo == null || x.ValidTo >= day)).ToListAsync(cancellationToken);
        var own = rules.Exists(x => x.TaskCode != "*") ? task.Code : "*";
        var steps = rules.Where(x => x.TaskCode == own).GroupBy(x => x.Step).Select(x => x.MaxBy(rule => rule.ValidFrom)!).OrderBy(x => x.Step).ToList();
        var body = await db.Dossiers.Where(x => x.Id == task.DossierId).Select(x => new { x.TrainingBodyId, x.Numero }).SingleOrDefaultAsync(cancellationToken);
        var calendar = await calendars.ForAsync(body?.TrainingBodyId, cancellationToken);
        if (steps.Find(x => x.Step > task.EscalationStep) is not { } step)
        {
            task.EscalateAt = null;
            return;
        }

        var at = calendar.Add(task.DueAt, TimeSpan.FromHours(step.AfterHours));
        if (at > now)
        {
            task.EscalateAt = at;
            return;
        }

        var change = ChangeContext.System("Échéances", now, $"Échéance du {Fr.DateTime(task.DueAt)} passée, étape {step.Step}");
        var assignee = task.AssigneeId;
        task.EscalationStep = step.Step;
        task.Priority = step.RaiseTo is { } raised && raised > task.Priority ? raised : task.Priority;
        if (step.Release)
        {
            (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (null, null, null);
        }

        task.EscalateAt = steps.Find(x => x.Step > step.Step) is { } next ? calendar.Add(task.DueAt, TimeSpan.FromHours(next.AfterHours)) : null;
        db.Audit(task, "task", task.Id, task.DossierId, "Escalated", change);
        var what = $"« {task.Title} »{(body is null ? "" : $" du dossier {body.Numero}")} : {char.ToLowerInvariant(BusinessTime.Of(task.DueAt, now, calendar).Words[0])}{BusinessTime.Of(task.DueAt, now, calendar).Words[1..]}";
        var people = new HashSet<Guid>();
        if (step.NotifyAssignee && assignee is { } person && people.Add(person))
        {
            db.Notify(person, what + (step.Release ? ". Elle est de nouveau à prendre." : "."), $"/taches/{task.Id}", now, mail: true);
        }

        if (step.NotifyRole is { } role)
        {
            foreach (var member in (await staff.AllAsync(cancellationToken)).Where(x => x.Roles.Contains(role) && people.Add(x.Id)))
            {
                db.Notify(member.Id, $"{what}, {(assignee is null ? "personne ne l’a prise" : $"chez {task.AssigneeName ?? "personne"}")}.", $"/taches/{task.Id}", now, mail: true);
            }
        }
    }
}
