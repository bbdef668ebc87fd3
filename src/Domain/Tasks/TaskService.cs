using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Tasks;

public sealed record NewTask(string Code, string Title, IReadOnlyList<TaskOutcome> Outcomes)
{
    public Guid? Id { get; init; }

    public string Instruction { get; init; } = "";

    public string? CandidateRole { get; init; }

    public Guid? CandidateCompanyId { get; init; }

    public Guid? CandidateUserId { get; init; }

    public string? CandidateEmail { get; init; }

    public TaskPriority Priority { get; init; } = TaskPriority.Normal;

    public DateTimeOffset? DueAt { get; init; }

    public JsonObject? Form { get; init; }

    public JsonObject? Context { get; init; }

    public Guid? DossierId { get; init; }

    public Guid? WorkflowInstanceId { get; init; }

    public string? BookmarkKey { get; init; }
}

/// <summary>What a person answers to a task.</summary>
public sealed record CompleteTask(string Outcome, string? Reason = null, JsonObject? Data = null);

/// <summary>Who looks at an inbox: every key gives its own tasks.</summary>
public sealed record InboxKeys(Guid? UserId, IReadOnlyList<string> Roles, Guid? CompanyId = null, string? Email = null);

/// <summary>Somebody was first; the message says who.</summary>
public sealed class TaskTakenException(string message, string by) : Exception(message)
{
    public string By { get; } = by;
}

public sealed class TaskService(MonOpcoDbContext db)
{
    /// <summary>With <see cref="NewTask.Id"/> given, a repeated call returns the task that exists.</summary>
    public Task<HumanTask> CreateAsync(NewTask task, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (task.Id is { } id && await db.HumanTasks.FindAsync([id], cancellationToken) is { } existing)
            {
                return existing;
            }

            if (task.Outcomes.Count == 0)
            {
                throw new ArgumentException("A task needs at least one outcome.", nameof(task));
            }

            var created = new HumanTask
            {
                Id = task.Id ?? Guid.CreateVersion7(change.Now),
                Code = task.Code,
                Title = task.Title,
                Instruction = task.Instruction,
                CandidateRole = task.CandidateRole,
                CandidateCompanyId = task.CandidateCompanyId,
                CandidateUserId = task.CandidateUserId,
                CandidateEmail = task.CandidateEmail,
                Priority = task.Priority,
                DueAt = task.DueAt?.ToUniversalTime() ?? HumanTask.NoDeadline,
                Form = task.Form,
                Context = task.Context,
                Outcomes = [.. task.Outcomes],
                DossierId = task.DossierId,
                WorkflowInstanceId = task.WorkflowInstanceId,
                BookmarkKey = task.BookmarkKey,
                CreatedAt = change.Now,
            };
            created.Refresh();
            db.HumanTasks.Add(created);
            db.Audit(created, "task", created.Id, created.DossierId, "Created", change);
            await db.SaveChangesAsync(cancellationToken);
            return created;
        },
        cancellationToken);

    /// <summary>First wins; the loser is told who has it. Claiming one's own task again changes nothing.</summary>
    public Task<bool> ClaimAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            HumanTask? claimed = null;
            var changed = await ChangeAsync(
                id,
                "Claimed",
                change,
                cancellationToken,
                task =>
                {
                    if (task.AssigneeId is not null && task.AssigneeId != change.UserId)
                    {
                        throw new TaskTakenException($"Cette tâche est déjà prise par {task.AssigneeName}.", task.AssigneeName ?? "");
                    }

                    if (task.AssigneeId is null)
                    {
                        (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (change.UserId, change.ActorName, change.Now);
                        claimed = task;
                    }
                });

            // A dossier's first task taken by somebody of the house gives the dossier its responsible person.
            if (claimed is { DossierId: { } dossierId, CandidateRole: { } role } && !Users.Roles.Portal.Contains(role))
            {
                await DossierService.AssignIfFreeAsync(db, dossierId, change, cancellationToken);
            }

            return changed;
        },
        cancellationToken);

    /// <summary>Back to the candidates. Only the assignee releases; <paramref name="force"/> for a supervisor.</summary>
    public Task<bool> ReleaseAsync(Guid id, ChangeContext change, CancellationToken cancellationToken, bool force = false) => ChangeAsync(
        id,
        "Released",
        change,
        cancellationToken,
        task =>
        {
            if (task.AssigneeId is not null && task.AssigneeId != change.UserId && !force)
            {
                throw new TaskTakenException($"Cette tâche est prise par {task.AssigneeName}.", task.AssigneeName ?? "");
            }

            (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (null, null, null);
        });

    public Task<bool> SaveDraftAsync(Guid id, JsonObject draft, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
            Guard(task, change);
            task.Draft = draft;
            return await db.SaveChangesAsync(cancellationToken) > 0;
        },
        cancellationToken);

    /// <summary>Completed at most once, whoever races. The caller resumes the procedure in the same transaction.</summary>
    public Task<HumanTask> CompleteAsync(Guid id, CompleteTask answer, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
            Guard(task, change);
            var outcome = task.Outcomes.FirstOrDefault(x => x.Name == answer.Outcome)
                ?? throw new RuleBrokenException("outcome-unknown", "Cette réponse n’est pas prévue pour cette tâche.");
            var reason = string.IsNullOrWhiteSpace(answer.Reason) ? null : answer.Reason.Trim();
            if (outcome.RequiresReason && reason is null)
            {
                throw new RuleBrokenException("reason-missing", $"Indiquez le motif pour « {outcome.Label} ».");
            }

            (task.Status, task.Outcome, task.OutcomeReason, task.Data, task.Draft) = (HumanTaskStatus.Completed, outcome.Name, reason, answer.Data, null);
            (task.CompletedAt, task.CompletedById, task.CompletedByName) = (change.Now, change.UserId, change.ActorName);
            db.Audit(task, "task", id, task.DossierId, "Completed", change);
            await db.SaveChangesAsync(cancellationToken);
            return task;
        },
        cancellationToken);

    /// <summary>The procedure no longer waits for it. False when it was not open any more.</summary>
    public Task<bool> CancelAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadLockedAsync(id, cancellationToken);
            if (task.Status != HumanTaskStatus.Open)
            {
                return false;
            }

            task.Status = HumanTaskStatus.Cancelled;
            db.Audit(task, "task", id, task.DossierId, "Cancelled", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public async Task<TaskComment> CommentAsync(Guid id, string text, ChangeContext change, CancellationToken cancellationToken)
    {
        var comment = new TaskComment { Id = Guid.CreateVersion7(change.Now), TaskId = id, At = change.Now, Author = change.ActorName, AuthorId = change.UserId, Text = text.Trim() };
        db.TaskComments.Add(comment);
        await db.SaveChangesAsync(cancellationToken);
        return comment;
    }

    /// <summary>May this person open and answer the task?</summary>
    public static bool IsFor(HumanTask task, InboxKeys keys) =>
        (task.AssigneeId is not null && task.AssigneeId == keys.UserId)
        || (task.CandidateRole is not null && keys.Roles.Contains(task.CandidateRole))
        || (task.CandidateCompanyId is not null && task.CandidateCompanyId == keys.CompanyId)
        || (task.CandidateUserId is not null && task.CandidateUserId == keys.UserId)
        || (task.CandidateEmailKey is not null && keys.Email is not null && task.CandidateEmailKey == SearchText.EmailKey(keys.Email));

    private static void Guard(HumanTask task, ChangeContext change)
    {
        if (task.AssigneeId is not null && task.AssigneeId != change.UserId)
        {
            throw new TaskTakenException($"Cette tâche est déjà prise par {task.AssigneeName}.", task.AssigneeName ?? "");
        }
    }

#pragma warning disable CA1068 // The lambda reads better last.
    private Task<bool> ChangeAsync(Guid id, string action, ChangeContext change, CancellationToken cancellationToken, Action<HumanTask> apply) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
#pragma warning restore CA1068
            apply(task);
            if (!db.Audit(task, "task", id, task.DossierId, action, change))
            {
                return false;
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private async Task<HumanTask> LoadOpenAsync(Guid id, CancellationToken cancellationToken)
    {
        var task = await LoadLockedAsync(id, cancellationToken);
        return task.Status switch
        {
            HumanTaskStatus.Completed => throw new TaskTakenException(
                $"Cette tâche a déjà été traitée par {task.CompletedByName} le {Fr.DateTime(task.CompletedAt!.Value)}.", task.CompletedByName ?? ""),
            HumanTaskStatus.Cancelled => throw new RuleBrokenException("task-cancelled", "Cette tâche n’est plus à faire : la procédure a continué sans elle."),
            _ => task,
        };
    }

    private async Task<HumanTask> LoadLockedAsync(Guid id, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from human_tasks where id = {id} for update", cancellationToken);
        var task = await db.HumanTasks.SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw new RuleBrokenException("task-missing", "Cette tâche n’existe pas.");
        if (db.Entry(task).State == EntityState.Unchanged)
        {
            await db.Entry(task).ReloadAsync(cancellationToken);
        }

        return task;
    }
}
