using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Activities.Tasks;

/// <summary>Completing a task: the answer, its line on the timeline and the procedure's next burst are one transaction. At most one person wins; the others are told who.</summary>
public sealed class TaskDesk(WorkflowRuntime runtime, IServiceScopeFactory scopes)
{
    /// <param name="taskId">The task.</param>
    /// <param name="answer">Button, reason and form data.</param>
    /// <param name="change">Who.</param>
    /// <param name="alongside">What the task's page writes with it (an upload, a confirmation); may be null.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <param name="decision">The recorded decision that is applied by this; null for one that takes effect at once.</param>
    /// <exception cref="TaskTakenException">Somebody was faster; the message says who.</exception>
    public async Task CompleteAsync(Guid taskId, CompleteTask answer, ChangeContext change, Func<IServiceProvider, Task>? alongside, CancellationToken cancellationToken, TaskDecision? decision = null)
    {
        var payload = Payload(answer);
        var outcome = await runtime.ResumeAsync(
            HumanTaskActivity.BookmarkKind,
            taskId.ToString(),
            payload,
            change.ActorName,
            async (services, _) =>
            {
                if (alongside is not null)
                {
                    await alongside(services);
                }

                var task = await services.GetRequiredService<TaskService>().CompleteAsync(taskId, answer, change, cancellationToken, decision);
                if (task.DossierId is { } dossierId)
                {
                    var text = $"{task.Title} : {answer.Outcome}." + (task.OutcomeReason is null ? "" : $" {task.OutcomeReason}");
                    await services.GetRequiredService<DossierService>().AddEventAsync(dossierId, DossierEventKinds.TaskCompleted, text, change, cancellationToken, staffOnly: task.CandidateCompanyId is null);
                }
            },
            cancellationToken);
        switch (outcome)
        {
            case ResumeOutcome.Resumed:
                return;
            case ResumeOutcome.AlreadyDone { Removed: false } done:
                throw new TaskTakenException($"Cette tâche a déjà été traitée par {done.By ?? "une autre personne"}.", done.By ?? "");
            case ResumeOutcome.NotFound when await IsOfNoProcedureAsync(taskId, cancellationToken):
                await using (var scope = scopes.CreateAsyncScope())
                {
                    await scope.ServiceProvider.GetRequiredService<TaskService>().CompleteAsync(taskId, answer, change, cancellationToken);
                }

                return;
            default:
                await using (var scope = scopes.CreateAsyncScope())
                {
                    // Its branch ended without it: it must not stay in the inbox.
                    await scope.ServiceProvider.GetRequiredService<TaskService>().CancelAsync(taskId, change, cancellationToken);
                }

                throw new TaskTakenException("La procédure n'attend plus cette tâche.", "");
        }
    }

    /// <summary>A notice: nothing waits for its answer.</summary>
    private async Task<bool> IsOfNoProcedureAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().HumanTasks.AnyAsync(x => x.Id == taskId && x.BookmarkKey == null, cancellationToken);
    }

    /// <summary>What the procedure is told.</summary>
    internal static JsonObject Payload(CompleteTask answer) => new() { ["outcome"] = answer.Outcome, ["data"] = Data(answer) };

    private static JsonObject Data(CompleteTask answer)
    {
        var data = (JsonObject?)answer.Data?.DeepClone() ?? [];
        if (answer.Reason is { Length: > 0 } reason && !data.ContainsKey("comment"))
        {
            data["comment"] = reason;
        }

        return data;
    }
}
