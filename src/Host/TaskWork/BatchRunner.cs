using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Taches;

namespace MonOPCO.Host.TaskWork;

/// <summary>What would happen to one task: a sentence, and why not when it cannot be done.</summary>
public sealed record BatchForecast(Guid TaskId, string Title, string? Numero, string What, string? Refusal);

/// <summary>
/// Acts on several tasks. The dry run asks the same questions as the act and writes nothing. Each task is its own transaction: one that fails takes no other with it.
/// </summary>
public sealed class BatchRunner(IServiceScopeFactory scopes, TaskDesk desk, IOptions<InboxSettings> settings, TimeProvider clock, ILogger<BatchRunner> log)
{
    /// <summary>As many as one page of results can show.</summary>
    public const int Most = 200;

    public async Task<IReadOnlyList<BatchForecast>> ForecastAsync(IReadOnlyList<Guid> ids, BatchOrder order, InboxKeys keys, ChangeContext change, CancellationToken cancellationToken)
    {
        var forecasts = new List<BatchForecast>();
        foreach (var id in ids.Distinct().Take(Most))
        {
            await using var scope = scopes.CreateAsyncScope();
            var (task, numero, refusal) = await LookAsync(scope.ServiceProvider, id, order, keys, change, cancellationToken);
            forecasts.Add(task is null ? new BatchForecast(id, "Tâche inconnue", null, "", "Cette tâche n’existe pas.") : new BatchForecast(id, task.Title, numero, await WordsAsync(scope.ServiceProvider, order, task, cancellationToken), refusal));
        }

        return forecasts;
    }

    public async Task<IReadOnlyList<BatchItem>> RunAsync(Guid batchId, IReadOnlyList<Guid> ids, BatchOrder order, InboxKeys keys, ChangeContext change, CancellationToken cancellationToken)
    {
        var items = new List<BatchItem>();
        foreach (var id in ids.Distinct().Take(Most))
        {
            await using var scope = scopes.CreateAsyncScope();
            var services = scope.ServiceProvider;
            var (task, numero, refusal) = await LookAsync(services, id, order, keys, change, cancellationToken);
            if (task is null || refusal is not null)
            {
                items.Add(new BatchItem(id, task?.Title ?? "Tâche inconnue", numero, false, false, refusal ?? "Cette tâche n’existe pas."));
                continue;
            }

            try
            {
                await ActAsync(services, batchId, task, order, change, cancellationToken);
                items.Add(new BatchItem(id, task.Title, numero, true, false, await WordsAsync(services, order, task, cancellationToken)));
            }
            catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
            {
                items.Add(new BatchItem(id, task.Title, numero, false, false, refused.Message));
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                log.LogWarning(failed, "One task of the bulk act {Batch} failed.", batchId);
                items.Add(new BatchItem(id, task.Title, numero, false, true, "Une erreur technique a empêché cette action : réessayez."));
            }
        }

        return items;
    }

    private static async Task<(HumanTask? Task, string? Numero, string? Refusal)> LookAsync(IServiceProvider services, Guid id, BatchOrder order, InboxKeys keys, ChangeContext change, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<MonOpcoDbContext>();
        if (await database.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } task)
        {
            return (null, null, null);
        }

        var dossier = await TaskScreen.DossierOfAsync(database, task, cancellationToken);
        return (task, dossier?.Numero, await RefusalAsync(services, task, dossier, order, keys, change, cancellationToken));
    }

    private static async Task<string?> RefusalAsync(IServiceProvider services, HumanTask task, Domain.Dossiers.Dossier? dossier, BatchOrder order, InboxKeys keys, ChangeContext change, CancellationToken cancellationToken)
    {
        if (task.Status != HumanTaskStatus.Open)
        {
            return task.Status == HumanTaskStatus.Cancelled ? "La procédure n’attend plus cette tâche." : $"Déjà traitée par {task.CompletedByName}.";
        }

        if (!TaskService.IsFor(task, keys))
        {
            return "Cette tâche n’est pas pour votre rôle.";
        }

        var others = task.AssigneeId is { } holder && !keys.People.Contains(holder);
        switch (order.Act)
        {
            case BatchAct.Complete:
                if (others)
                {
                    return $"Prise par {task.AssigneeName}.";
                }

                if (task.Outcomes.FirstOrDefault(x => x.Name == order.Outcome) is not { } outcome)
                {
                    return $"La réponse « {order.Outcome} » n’est pas prévue pour cette tâche.";
                }

                return outcome.RequiresReason && string.IsNullOrWhiteSpace(order.Reason) ? "Cette réponse demande un motif."
                    : await TaskScreen.Create(services, task, dossier, change, canAct: true).BulkRefusalAsync(outcome, cancellationToken);
            case BatchAct.Release:
                return others ? $"Prise par {task.AssigneeName}." : task.AssigneeId is null ? "Elle n’est prise par personne." : null;
            case BatchAct.Reassign:
                var to = (await services.GetRequiredService<StaffDirectory>().AllAsync(cancellationToken)).FirstOrDefault(x => x.Id == order.To);
                return to is null ? "Personne inconnue."
                    : task.CandidateRole is { } role && !to.Roles.Contains(role) && !to.Roles.Contains(Roles.SuperAdmin) ? $"{to.Name} n’a pas le rôle « {Roles.Label(role)} »."
                    : task.AssigneeId == to.Id ? $"Elle est déjà chez {to.Name}."
                    : others && string.IsNullOrWhiteSpace(order.Reason) ? $"{task.AssigneeName} l’a prise : donnez un motif." : null;
            default:
                return order.Priority == task.Priority ? "Elle a déjà cette priorité." : string.IsNullOrWhiteSpace(order.Reason) ? "Donnez un motif." : null;
        }
    }

    private static async Task<string> WordsAsync(IServiceProvider services, BatchOrder order, HumanTask task, CancellationToken cancellationToken) => order.Act switch
    {
        BatchAct.Complete => $"Réponse : {order.Outcome}",
        BatchAct.Release => "Rendue aux candidats",
        BatchAct.Reassign => $"{task.AssigneeName ?? "À prendre"} → {(await services.GetRequiredService<StaffDirectory>().AllAsync(cancellationToken)).FirstOrDefault(x => x.Id == order.To)?.Name}",
        _ => $"Priorité {TaskWords.Of(task.Priority)} → {TaskWords.Of(order.Priority ?? TaskPriority.Normal)}",
    };

    private async Task ActAsync(IServiceProvider services, Guid batchId, HumanTask task, BatchOrder order, ChangeContext change, CancellationToken cancellationToken)
    {
        var tasks = services.GetRequiredService<TaskService>();
        switch (order.Act)
        {
            case BatchAct.Complete:
                var answer = new CompleteTask(order.Outcome!, order.Reason, []);
                if (settings.Value.UndoWindow > TimeSpan.Zero)
                {
                    await tasks.DecideAsync(task.Id, answer, null, settings.Value.UndoWindow, batchId, change with { Now = clock.GetUtcNow() }, cancellationToken);
                }
                else
                {
                    await desk.CompleteAsync(task.Id, answer, change, null, cancellationToken);
                }

                break;
            case BatchAct.Release:
                await tasks.ReleaseAsync(task.Id, change, cancellationToken);
                break;
            case BatchAct.Reassign:
                var to = (await services.GetRequiredService<StaffDirectory>().AllAsync(cancellationToken)).First(x => x.Id == order.To);
                await tasks.ReassignAsync(task.Id, to, change with { Reason = order.Reason }, cancellationToken);
                break;
            default:
                await tasks.ChangePriorityAsync(task.Id, order.Priority!.Value, change with { Reason = order.Reason }, cancellationToken);
                break;
        }
    }
}
