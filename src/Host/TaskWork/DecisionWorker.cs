using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Taches;

namespace MonOPCO.Host.TaskWork;

/// <summary>
/// Tells procedures of decisions that can no longer be taken back. The row is removed in the transaction of the burst it causes: a Host that is killed before the commit
/// leaves it for the next look, of itself or of another Host, and one that is killed after it leaves nothing. Of two Hosts the second finds the row gone.
/// </summary>
internal sealed class DecisionWorker(IServiceScopeFactory scopes, TaskDesk desk, TimeProvider clock, ILogger<DecisionWorker> log) : BackgroundService
{
    private const int AtATime = 50;
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Applies what is due; returns how many decisions were settled.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        List<TaskDecision> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            due = await scope.ServiceProvider.GetRequiredService<TaskService>().DueDecisionsAsync(clock.GetUtcNow(), AtATime, cancellationToken);
        }

        var settled = 0;
        foreach (var decision in due)
        {
            settled += await ApplyAsync(decision, cancellationToken) ? 1 : 0;
        }

        return settled;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "A look at the decisions failed; the next one makes up for it.");
                }

                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> ApplyAsync(TaskDecision decision, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var tasks = scope.ServiceProvider.GetRequiredService<TaskService>();
        var change = decision.Change(clock.GetUtcNow());
        try
        {
            var (answer, refusal) = decision.Fields is null ? (new ScreenAnswer(decision.Data, decision.Reason), null) : await ReplayAsync(scope.ServiceProvider, decision, change, cancellationToken);
            if (answer is null)
            {
                return await tasks.GiveBackAsync(decision, refusal ?? "Le dossier a changé entre-temps.", change, cancellationToken);
            }

            await desk.CompleteAsync(decision.TaskId, new CompleteTask(decision.Outcome, answer.Reason, answer.Data), change, answer.Alongside, cancellationToken, decision);
            return true;
        }
        catch (TaskTakenException)
        {
            // Taken back, applied by another Host, or no longer awaited: whoever did it has settled the row.
            return false;
        }
        catch (RuleBrokenException broken)
        {
            await using var fresh = scopes.CreateAsyncScope();
            return await fresh.ServiceProvider.GetRequiredService<TaskService>().GiveBackAsync(decision, broken.Message, change, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "The decision {Decision} could not be applied (attempt {Attempt}).", decision.Id, decision.Attempts + 1);
            await using var fresh = scopes.CreateAsyncScope();
            var service = fresh.ServiceProvider.GetRequiredService<TaskService>();
            if (decision.Attempts + 1 >= Attempts)
            {
                return await service.GiveBackAsync(decision, "Une erreur technique l’a empêchée plusieurs fois.", change, cancellationToken);
            }

            await service.PostponeAsync(decision.Id, decision.Attempts + 1, clock.GetUtcNow(), cancellationToken);
            return false;
        }
    }

    /// <summary>The screen writes more than its answer: it is asked again with the fields that were sent, on the dossier as it is now.</summary>
    private static async Task<(ScreenAnswer? Answer, string? Refusal)> ReplayAsync(IServiceProvider services, TaskDecision decision, ChangeContext change, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<MonOpcoDbContext>();
        var task = await database.HumanTasks.AsNoTracking().SingleAsync(x => x.Id == decision.TaskId, cancellationToken);
        var dossier = await TaskScreen.DossierOfAsync(database, task, cancellationToken);
        var screen = TaskScreen.Create(services, task, dossier, change, canAct: true);
        var form = new FormCollection(TaskFields.Read(decision.Fields!));
        var binder = new Binder(services, form);
        await binder.BindAsync(screen, form);
        var outcome = task.Outcomes.Single(x => x.Name == decision.Outcome);
        var answer = await screen.AnswerAsync(outcome, form, binder.ModelState, cancellationToken);
        return binder.ModelState.IsValid && answer is not null ? (answer, null) : (null, binder.ModelState.Values.SelectMany(x => x.Errors).Select(x => x.ErrorMessage).FirstOrDefault());
    }

    /// <summary>Model binding as in the request, without one.</summary>
    private sealed class Binder : ControllerBase
    {
        public Binder(IServiceProvider services, FormCollection form)
        {
            var http = new DefaultHttpContext { RequestServices = services };
            http.Features.Set<IFormFeature>(new FormFeature(form));
            ControllerContext = new ControllerContext(new ActionContext(http, new RouteData(), new ControllerActionDescriptor()));
        }

        public async Task BindAsync(TaskScreen screen, FormCollection form)
        {
            if (screen.Form is { } model)
            {
                await TryUpdateModelAsync(model, model.GetType(), "Input", new FormValueProvider(BindingSource.Form, form, System.Globalization.CultureInfo.CurrentCulture), _ => true);
            }
        }
    }
}

/// <summary>Fields of a form as they are stored: name → texts. Files stay out.</summary>
internal static class TaskFields
{
    public static JsonObject Of(IFormCollection form) => new(form.Where(x => Kept(x.Key))
        .Select(x => KeyValuePair.Create(x.Key, (JsonNode?)new JsonArray([.. x.Value.Select(value => JsonValue.Create(value))]))));

    public static Dictionary<string, StringValues> Read(JsonObject fields) =>
        fields.ToDictionary(x => x.Key, x => x.Value is JsonArray values ? new StringValues([.. values.Select(value => value?.ToString())]) : new StringValues(x.Value?.ToString()));

    private static bool Kept(string key) => (key.StartsWith("Input.", StringComparison.Ordinal) || key.StartsWith("reason:", StringComparison.Ordinal)) && !key.EndsWith(".File", StringComparison.Ordinal);
}
