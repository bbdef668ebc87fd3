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

/// <summary>Who looks at an inbox: every key gives its own tasks. <paramref name="StandsFor"/>: absent people whose tasks this person treats.</summary>
public sealed record InboxKeys(Guid? UserId, IReadOnlyList<string> Roles, Guid? CompanyId = null, string? Email = null, IReadOnlyList<Guid>? StandsFor = null)
{
    /// <summary>The person and those who are absent.</summary>
    public IReadOnlyList<Guid> People => UserId is { } id ? [id, .. StandsFor ?? []] : [];
}

/// <summary>Another tab, or another person, has saved a newer draft.</summary>
public sealed class NewerDraftException(DateTimeOffset at, string by, int version) : Exception("A newer draft exists.")
{
    public DateTimeOffset At { get; } = at;

    public string By { get; } = by;

    public int Version { get; } = version;
}

/// <summary>A draft as it stands.</summary>
public sealed record SavedDraft(int Version, DateTimeOffset At);

/// <summary>Somebody was first; the message says who.</summary>
public sealed class TaskTakenException(string message, string by) : Exception(message)
{
    public string By { get; } = by;
}

/// <summary>Acts on tasks. Each locks the task's row first: whoever is first wins, the others are told who it was.</summary>
public sealed partial class TaskService(MonOpcoDbContext db)
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
                EscalateAt = task.DueAt?.ToUniversalTime(),
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
                async task =>
                {
                    await GuardAsync(task, change, cancellationToken);
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
        async task =>
        {
            if (!force)
            {
                await GuardAsync(task, change, cancellationToken);
            }

            (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (null, null, null);
        });

    /// <param name="id">The task.</param>
    /// <param name="draft">The form as it stands.</param>
    /// <param name="seen">Version of the draft that the writer has seen; null overwrites whatever there is.</param>
    /// <param name="change">Who.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <exception cref="NewerDraftException">There is a draft that the writer has not seen.</exception>
    public Task<SavedDraft> SaveDraftAsync(Guid id, JsonObject draft, int? seen, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
            await GuardAsync(task, change, cancellationToken);
            if (seen is not null && seen != task.DraftVersion)
            {
                throw new NewerDraftException(task.DraftAt ?? change.Now, task.DraftByName ?? "", task.DraftVersion);
            }

            if (JsonNode.DeepEquals(task.Draft, draft))
            {
                return new SavedDraft(task.DraftVersion, task.DraftAt ?? change.Now);
            }

            (task.Draft, task.DraftVersion, task.DraftAt, task.DraftByName) = (draft, task.DraftVersion + 1, change.Now, change.ActorName);
            await db.SaveChangesAsync(cancellationToken);
            return new SavedDraft(task.DraftVersion, change.Now);
        },
        cancellationToken);

    /// <summary>Completed at most once, whoever races. The caller resumes the procedure in the same transaction.</summary>
    /// <param name="id">The task.</param>
    /// <param name="answer">Button, reason and form data.</param>
    /// <param name="change">Who.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <param name="decision">The recorded decision that is applied by this; it ends with it.</param>
    public Task<HumanTask> CompleteAsync(Guid id, CompleteTask answer, ChangeContext change, CancellationToken cancellationToken, TaskDecision? decision = null) => db.InTransactionAsync(
        async () =>
        {
            var task = decision is null ? await LoadOpenAsync(id, cancellationToken) : await LoadDecidedAsync(id, decision.Id, cancellationToken);
            if (decision is null)
            {
                await GuardAsync(task, change, cancellationToken);
            }

            var (outcome, reason) = Check(task, answer);
            (task.Status, task.Outcome, task.OutcomeReason, task.Data, task.Draft, task.EscalateAt) = (HumanTaskStatus.Completed, outcome.Name, reason, answer.Data, null, null);
            (task.CompletedAt, task.CompletedById, task.CompletedByName) = (decision?.DecidedAt ?? change.Now, change.UserId, change.ActorName);
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
            if (task.Status is not (HumanTaskStatus.Open or HumanTaskStatus.Deciding))
            {
                return false;
            }

            if (task.Status == HumanTaskStatus.Deciding)
            {
                await LoseDecisionAsync(task, "La procédure ne l’attend plus.", change, cancellationToken);
            }

            (task.Status, task.EscalateAt) = (HumanTaskStatus.Cancelled, null);
            db.Audit(task, "task", id, task.DossierId, "Cancelled", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>May this person open and answer the task?</summary>
    public static bool IsFor(HumanTask task, InboxKeys keys) =>
        (task.AssigneeId is { } assignee && keys.People.Contains(assignee))
        || (task.CandidateRole is not null && keys.Roles.Contains(task.CandidateRole))
        || (task.CandidateCompanyId is not null && task.CandidateCompanyId == keys.CompanyId)
        || (task.CandidateUserId is { } user && keys.People.Contains(user))
        || (task.CandidateEmailKey is not null && keys.Email is not null && task.CandidateEmailKey == SearchText.EmailKey(keys.Email));

    /// <summary>Nobody acts on what another person has taken, unless that person is absent and has said who stands in.</summary>
    private async Task GuardAsync(HumanTask task, ChangeContext change, CancellationToken cancellationToken)
    {
        if (task.AssigneeId is not { } holder || holder == change.UserId)
        {
            return;
        }

        var today = Fr.InParis(change.Now);
        if (change is not { ActorKind: ActorKind.Human, UserId: { } me }
            || !await db.Delegations.AnyAsync(x => x.UserId == holder && x.DelegateId == me && x.EndedAt == null && x.FromDay <= today && x.ToDay >= today, cancellationToken))
        {
            throw new TaskTakenException($"Cette tâche est déjà prise par {task.AssigneeName}.", task.AssigneeName ?? "");
        }
    }

#pragma warning disable CA1068 // The lambda reads better last.
    private Task<bool> ChangeAsync(Guid id, string action, ChangeContext change, CancellationToken cancellationToken, Func<HumanTask, Task> apply) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
#pragma warning restore CA1068
            await apply(task);
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
            HumanTaskStatus.Deciding => throw new TaskTakenException($"Cette tâche vient d’être traitée par {task.CompletedByName}.", task.CompletedByName ?? ""),
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
