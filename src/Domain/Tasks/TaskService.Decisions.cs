using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Notices;

namespace MonOPCO.Domain.Tasks;

/// <summary>Decisions that may be taken back for a moment.</summary>
public sealed partial class TaskService
{
    /// <summary>
    /// Records the decision: from this commit on the task is in nobody's list. The procedure is told when <paramref name="window"/> is over, unless it is taken back.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="answer">Button, reason and form data.</param>
    /// <param name="fields">The screen's fields as sent, when it writes more than its answer; else null.</param>
    /// <param name="window">How long it may be taken back.</param>
    /// <param name="batchId">The bulk act it belongs to, if any.</param>
    /// <param name="change">Who.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public Task<TaskDecision> DecideAsync(Guid id, CompleteTask answer, JsonObject? fields, TimeSpan window, Guid? batchId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadOpenAsync(id, cancellationToken);
            await GuardAsync(task, change, cancellationToken);
            var (outcome, reason) = Check(task, answer);
            var decision = new TaskDecision
            {
                Id = Guid.CreateVersion7(change.Now),
                TaskId = id,
                Outcome = outcome.Name,
                Reason = reason,
                Data = answer.Data,
                Fields = fields,
                ActorKind = change.ActorKind,
                ActorName = change.ActorName,
                UserId = change.UserId ?? throw new InvalidOperationException("Only a person decides."),
                BatchId = batchId,
                DecidedAt = change.Now,
                ApplyAt = change.Now + window,
            };
            db.TaskDecisions.Add(decision);
            (task.Status, task.Outcome, task.OutcomeReason) = (HumanTaskStatus.Deciding, outcome.Name, reason);
            (task.CompletedById, task.CompletedByName) = (change.UserId, change.ActorName);
            if (task.AssigneeId is null)
            {
                (task.AssigneeId, task.AssigneeName, task.ClaimedAt) = (change.UserId, change.ActorName, change.Now);
            }

            db.Audit(task, "task", id, task.DossierId, "Decided", change);
            await db.SaveChangesAsync(cancellationToken);
            return decision;
        },
        cancellationToken);

    /// <summary>Takes one's decision back: the task is as it was, with its draft, and is the person's.</summary>
    /// <exception cref="RuleBrokenException">It is too late: the procedure has been told.</exception>
    public Task<HumanTask> UndoAsync(Guid taskId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadLockedAsync(taskId, cancellationToken);
            if (task.Status != HumanTaskStatus.Deciding || await db.TaskDecisions.AsNoTracking().SingleOrDefaultAsync(x => x.TaskId == taskId, cancellationToken) is not { } decision)
            {
                throw new RuleBrokenException("undo-late", task.Status == HumanTaskStatus.Open ? "Cette réponse est déjà annulée." : "Il est trop tard pour annuler : la procédure a déjà continué.");
            }

            if (decision.UserId != change.UserId)
            {
                throw new RuleBrokenException("undo-other", $"Seule la personne qui a répondu ({decision.ActorName}) peut annuler.");
            }

            await RemoveAsync(decision.Id, cancellationToken);
            Reopen(task);
            db.Audit(task, "task", taskId, task.DossierId, "Undone", change);
            await db.SaveChangesAsync(cancellationToken);
            return task;
        },
        cancellationToken);

    /// <summary>A decision whose time has come could not be applied: the task is open again and its author is told why. Never silently.</summary>
    public Task<bool> GiveBackAsync(TaskDecision decision, string why, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var task = await LoadLockedAsync(decision.TaskId, cancellationToken);
            if (task.Status != HumanTaskStatus.Deciding || !await RemoveAsync(decision.Id, cancellationToken))
            {
                return false;
            }

            Reopen(task);
            Tell(task, decision, $"{why} La tâche est de nouveau à vous.", change.Now);
            db.Audit(task, "task", task.Id, task.DossierId, "Undone", change with { Reason = why });
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Decisions whose time has come, oldest first.</summary>
    public Task<List<TaskDecision>> DueDecisionsAsync(DateTimeOffset now, int atMost, CancellationToken cancellationToken) =>
        db.TaskDecisions.AsNoTracking().Where(x => x.ApplyAt <= now.ToUniversalTime()).OrderBy(x => x.ApplyAt).Take(atMost).ToListAsync(cancellationToken);

    public Task<TaskDecision?> DecisionAsync(Guid taskId, CancellationToken cancellationToken) => db.TaskDecisions.AsNoTracking().SingleOrDefaultAsync(x => x.TaskId == taskId, cancellationToken);

    /// <summary>This person's decisions that can still be taken back, newest first.</summary>
    public Task<List<TaskDecision>> UndoableAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.TaskDecisions.AsNoTracking().Where(x => x.UserId == userId && x.ApplyAt > now.ToUniversalTime()).OrderByDescending(x => x.DecidedAt).ToListAsync(cancellationToken);

    /// <summary>Applied at once: its author does not want to wait.</summary>
    public Task HurryAsync(Guid taskId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.TaskDecisions.Where(x => x.TaskId == taskId && x.UserId == userId && x.ApplyAt > now.ToUniversalTime()).ExecuteUpdateAsync(x => x.SetProperty(d => d.ApplyAt, now.ToUniversalTime()), cancellationToken);

    /// <summary>After a failure that may pass: tried again later, a little less often each time.</summary>
    public Task PostponeAsync(Guid decisionId, int attempts, DateTimeOffset now, CancellationToken cancellationToken) => db.TaskDecisions.Where(x => x.Id == decisionId)
        .ExecuteUpdateAsync(x => x.SetProperty(d => d.Attempts, attempts).SetProperty(d => d.ApplyAt, now.ToUniversalTime().AddSeconds(Math.Min(300, 1 << Math.Min(attempts, 8)))), cancellationToken);

    private static (TaskOutcome Outcome, string? Reason) Check(HumanTask task, CompleteTask answer)
    {
        var outcome = task.Outcomes.FirstOrDefault(x => x.Name == answer.Outcome) ?? throw new RuleBrokenException("outcome-unknown", "Cette réponse n’est pas prévue pour cette tâche.");
        var reason = string.IsNullOrWhiteSpace(answer.Reason) ? null : answer.Reason.Trim();
        return outcome.RequiresReason && reason is null ? throw new RuleBrokenException("reason-missing", $"Indiquez le motif pour « {outcome.Label} ».") : (outcome, reason);
    }

    private static void Reopen(HumanTask task)
    {
        (task.Status, task.Outcome, task.OutcomeReason) = (HumanTaskStatus.Open, null, null);
        (task.CompletedById, task.CompletedByName) = (null, null);
    }

    private async Task<HumanTask> LoadDecidedAsync(Guid id, Guid decisionId, CancellationToken cancellationToken)
    {
        var task = await LoadLockedAsync(id, cancellationToken);
        return task.Status == HumanTaskStatus.Deciding && await RemoveAsync(decisionId, cancellationToken) ? task : throw new TaskTakenException("Cette réponse a été annulée ou est déjà appliquée.", task.CompletedByName ?? "");
    }

    private async Task<bool> RemoveAsync(Guid decisionId, CancellationToken cancellationToken) => await db.TaskDecisions.Where(x => x.Id == decisionId).ExecuteDeleteAsync(cancellationToken) == 1;

    private async Task LoseDecisionAsync(HumanTask task, string why, ChangeContext change, CancellationToken cancellationToken)
    {
        if (await db.TaskDecisions.AsNoTracking().SingleOrDefaultAsync(x => x.TaskId == task.Id, cancellationToken) is { } decision)
        {
            await RemoveAsync(decision.Id, cancellationToken);
            Tell(task, decision, why, change.Now);
        }
    }

    private void Tell(HumanTask task, TaskDecision decision, string why, DateTimeOffset now) =>
        db.Notify(decision.UserId, $"Votre réponse « {decision.Outcome} » à « {task.Title} » n’a pas été appliquée. {why}", $"/taches/{task.Id}", now, mail: true);
}
