using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tasks;

/// <summary>Handing tasks over and ranking them.</summary>
public sealed partial class TaskService
{
    /// <summary>Gives the task to a colleague. Taking it from somebody else needs a reason; both are told.</summary>
    public Task<bool> ReassignAsync(Guid id, StaffMember to, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Reassigned",
        change,
        cancellationToken,
        async task =>
        {
            if (task.CandidateRole is { } role && !to.Roles.Contains(role) && !to.Roles.Contains(Roles.SuperAdmin))
            {
                throw new RuleBrokenException("assignee-role", $"{to.Name} n’a pas le rôle « {Roles.Label(role)} » que cette tâche demande.");
            }

            if (task.AssigneeId == to.Id)
            {
                return;
            }

            if (task.AssigneeId is { } holder && holder != change.UserId)
            {
                if (string.IsNullOrWhiteSpace(change.Reason))
                {
                    throw new RuleBrokenException("reason-missing", $"{task.AssigneeName} a déjà pris cette tâche : dites pourquoi vous la confiez à quelqu’un d’autre.");
                }

                db.Notify(holder, $"{change.ActorName} a confié « {task.Title} » à {to.Name} : {change.Reason}", $"/taches/{id}", change.Now, mail: false);
            }

            (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (to.Id, to.Name, change.Now);
            if (to.Id != change.UserId)
            {
                var numero = await db.Dossiers.Where(x => x.Id == task.DossierId).Select(x => x.Numero).SingleOrDefaultAsync(cancellationToken);
                db.Notify(to.Id, $"{change.ActorName} vous confie « {task.Title} »{(numero is null ? "" : $" du dossier {numero}")}.{(change.Reason is null ? "" : $" {change.Reason}")}", $"/taches/{id}", change.Now, mail: true);
            }
        });

    /// <summary>Ranks the task otherwise; the reason is part of its history.</summary>
    public Task<bool> ChangePriorityAsync(Guid id, TaskPriority priority, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "PriorityChanged",
        change,
        cancellationToken,
        task =>
        {
            if (task.Priority != priority && string.IsNullOrWhiteSpace(change.Reason))
            {
                throw new RuleBrokenException("reason-missing", "Dites pourquoi vous changez la priorité.");
            }

            task.Priority = priority;
            return Task.CompletedTask;
        });
}
