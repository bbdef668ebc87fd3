using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using MonOPCO.Activities.Notifications;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Pages.Taches;

namespace MonOPCO.Host.Bulk;

/// <summary>What a dry run says of one dossier; <paramref name="Refusal"/> null = it would be done.</summary>
public sealed record BulkCheck(Guid DossierId, string? Refusal, string Words = "");

/// <summary>The acts on many dossiers: what each would do, and doing it to one dossier. Domain rows, the item's end and the procedure's next burst are one transaction.</summary>
public sealed class BulkActs(MonOpcoDbContext db, BulkRuns runs, Reminders reminders, DossierService dossiers, TaskDesk desk, WorkflowRuntime runtime, IServiceProvider services)
{
    /// <summary>Mails that may be sent to many at once: those that say something to whoever gets them at any time.</summary>
    public static IReadOnlyList<(string Template, string Label)> Mails { get; } = [("rappel", "Rappel : votre dossier attend une action"), ("dossier-depose", "Votre demande est déposée"), ("complements-demandes", "Compléments attendus")];

    public async Task<IReadOnlyList<BulkCheck>> CheckAsync(BulkKind kind, JsonObject parameters, IReadOnlyList<Guid> ids, InboxKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case BulkKind.Relance:
                var plans = await reminders.PlanAsync(ids, now, cancellationToken);
                return [.. ids.Select(x => plans.GetValueOrDefault(x) is { } plan ? new BulkCheck(x, plan.Refusal, plan.Words) : Gone(x))];
            case BulkKind.Responsable:
                var target = UserOf(parameters);
                var held = await db.Dossiers.AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.ResponsableId, cancellationToken);
                return [.. ids.Select(x => !held.TryGetValue(x, out var current) ? Gone(x) : new BulkCheck(x, current == target ? "C’est déjà le cas." : null))];
            case BulkKind.Courriel:
                var template = parameters["modele"]?.ToString();
                var mailed = await db.Dossiers.AsNoTracking().Where(x => ids.Contains(x.Id)).Select(x => new { x.Id, x.ContactEmail, x.FiledAt, Waiting = db.Complements.Any(c => c.DossierId == x.Id && (c.Status == ComplementStatus.Asked || c.Status == ComplementStatus.Rejected)) }).ToDictionaryAsync(x => x.Id, cancellationToken);
                return [.. ids.Select(x => !mailed.TryGetValue(x, out var d) ? Gone(x) : new BulkCheck(
                    x, d.ContactEmail.Length == 0 ? "Ce dossier n’a pas d’adresse de contact." : template == "dossier-depose" && d.FiledAt is null ? "Ce dossier n’est pas déposé." : template == "complements-demandes" && !d.Waiting ? "Aucun complément n’est attendu." : null))];
            default:
                var outcome = parameters["issue"]?.ToString() ?? "";
                var tasks = (await TasksAsync(ids, cancellationToken)).ToLookup(x => x.DossierId!.Value);
                var states = await db.Dossiers.AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.State, cancellationToken);
                return [.. ids.Select(x => !states.TryGetValue(x, out var state) ? Gone(x) : Find(tasks[x], outcome, keys) switch
                {
                    (_, { } refusal) => new BulkCheck(x, tasks[x].Any() ? refusal : $"« {DossierStates.Label(state)} » : la procédure n’attend pas de réponse en ce moment."),
                    ({ } task, _) => new BulkCheck(x, null, task.Title),
                    _ => Gone(x),
                })];
        }
    }

    /// <summary>Answers that the open tasks of these dossiers offer to this person, and to how many dossiers.</summary>
    public async Task<IReadOnlyList<(string Outcome, string Task, int Count)>> OutcomesAsync(IReadOnlyList<Guid> ids, InboxKeys keys, CancellationToken cancellationToken) =>
        [.. (await TasksAsync(ids, cancellationToken)).Where(x => TaskService.IsFor(x, keys)).SelectMany(x => x.Outcomes.Select(o => (o.Name, x.Title, x.DossierId))).GroupBy(x => (x.Name, x.Title)).Select(x => (x.Key.Name, x.Key.Title, x.Select(i => i.DossierId).Distinct().Count())).OrderByDescending(x => x.Item3)];

    /// <summary>Does it to one dossier and closes the item. A broken rule is the item's refusal; anything else is thrown, and tried again.</summary>
    public async Task ExecuteAsync(BulkRun run, Guid dossierId, InboxKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var change = new ChangeContext(ActorKind.Human, run.OwnerName, run.OwnerId, now, $"Action groupée : {run.Title}");
        try
        {
            switch (run.Kind)
            {
                case BulkKind.Responsable:
                    await AssignAsync(run, dossierId, change, cancellationToken);
                    break;
                case BulkKind.Relance:
                    await RemindAsync(run, dossierId, change, cancellationToken);
                    break;
                case BulkKind.Courriel:
                    await StartMailAsync(run, dossierId, run.Parameters["modele"]!.ToString(), change, null, cancellationToken);
                    break;
                default:
                    await AnswerAsync(run, dossierId, keys, change, cancellationToken);
                    break;
            }
        }
        catch (Exception refused) when (refused is RuleBrokenException or TaskTakenException)
        {
            await runs.CloseAsync(run.Id, dossierId, BulkItemStatus.Refused, refused.Message, now, cancellationToken);
        }
    }

    /// <summary>Takes an assignment back, where nobody has changed it since.</summary>
    public async Task<int> UndoAsync(BulkRun run, ChangeContext change, CancellationToken cancellationToken)
    {
        var undone = 0;
        if (run.Kind != BulkKind.Responsable)
        {
            return undone;
        }

        foreach (var item in await db.BulkItems.AsNoTracking().Where(x => x.RunId == run.Id && x.Status == BulkItemStatus.Done).ToListAsync(cancellationToken))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var current = await db.Dossiers.Where(x => x.Id == item.DossierId).Select(x => x.ResponsableId).FirstOrDefaultAsync(cancellationToken);
            if (current == UserOf(run.Parameters))
            {
                await dossiers.AssignAsync(item.DossierId, Guid.TryParse(item.Before, out var before) ? before : null, change, cancellationToken);
                undone += await db.BulkItems.Where(x => x.RunId == run.Id && x.DossierId == item.DossierId).ExecuteUpdateAsync(x => x.SetProperty(i => i.Status, BulkItemStatus.Undone), cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            db.ChangeTracker.Clear();
        }

        return undone;
    }

    internal static Guid? UserOf(JsonObject parameters) => Guid.TryParse(parameters["responsable"]?.ToString(), out var id) ? id : null;

    private static BulkCheck Gone(Guid id) => new(id, "Ce dossier n’existe plus.");

    private async Task AssignAsync(BulkRun run, Guid dossierId, ChangeContext change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var before = await db.Dossiers.Where(x => x.Id == dossierId).Select(x => x.ResponsableId).FirstOrDefaultAsync(cancellationToken);
        var changed = await dossiers.AssignAsync(dossierId, UserOf(run.Parameters), change, cancellationToken);
        await runs.CloseAsync(run.Id, dossierId, changed ? BulkItemStatus.Done : BulkItemStatus.Refused, changed ? null : "C’est déjà le cas.", change.Now, cancellationToken, before?.ToString());
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task RemindAsync(BulkRun run, Guid dossierId, ChangeContext change, CancellationToken cancellationToken)
    {
        var plan = (await reminders.PlanAsync([dossierId], change.Now, cancellationToken)).GetValueOrDefault(dossierId);
        if (plan is null or { Refusal: not null })
        {
            throw new RuleBrokenException("no-reminder", plan?.Refusal ?? "Ce dossier n’existe plus.");
        }

        // The first mail's transaction holds the note of the day and the item's end; further signers follow under ids of their own, so that nothing leaves twice.
        async Task Note(IServiceProvider scope)
        {
            await scope.GetRequiredService<Reminders>().RecordAsync(dossierId, plan.Words, change, cancellationToken);
        }

        var first = plan.Signers.Count > 0 && plan.ToCompany.Length == 0 ? plan.Signers[0].Id : (Guid?)null;
        foreach (var (signer, _) in plan.Signers.Where(x => x.Id != first))
        {
            await SignerMailAsync(run, dossierId, signer, null, cancellationToken);
        }

        if (first is { } only)
        {
            await SignerMailAsync(run, dossierId, only, scope => CloseAsync(scope, run, dossierId, $"Relance : {plan.Words}.", change, Note, cancellationToken), cancellationToken);
        }
        else
        {
            await StartMailAsync(run, dossierId, "rappel", change, Note, cancellationToken, $"Relance : {plan.Words}.");
        }
    }

    private Task SignerMailAsync(BulkRun run, Guid dossierId, Guid signer, Func<IServiceProvider, Task>? alongside, CancellationToken cancellationToken) => runtime.StartAsync(
        new StartWorkflow(PersonalMails.Definition)
        {
            InstanceId = IdOf(run.Id, dossierId, signer.ToString("N")),
            Input = new JsonObject { ["Kind"] = PersonalMailKind.SignatureLink.ToString(), ["Id"] = signer.ToString() },
            Actor = run.OwnerName,
        },
        alongside is null ? null : (scope, _) => alongside(scope),
        cancellationToken);

    private Task StartMailAsync(BulkRun run, Guid dossierId, string template, ChangeContext change, Func<IServiceProvider, Task>? note, CancellationToken cancellationToken, string? message = null) => runtime.StartAsync(
        new StartWorkflow("courriel-dossier") { InstanceId = IdOf(run.Id, dossierId, template), CorrelationId = dossierId.ToString(), Input = new JsonObject { ["Template"] = template }, Actor = run.OwnerName },
        (scope, _) => CloseAsync(scope, run, dossierId, message ?? "Courriel confié à l’envoi.", change, note, cancellationToken),
        cancellationToken);

    private static async Task CloseAsync(IServiceProvider scope, BulkRun run, Guid dossierId, string message, ChangeContext change, Func<IServiceProvider, Task>? note, CancellationToken cancellationToken)
    {
        if (note is not null)
        {
            await note(scope);
        }

        if (!await scope.GetRequiredService<BulkRuns>().CloseAsync(run.Id, dossierId, BulkItemStatus.Done, message, change.Now, cancellationToken))
        {
            throw new RuleBrokenException("bulk-done", "Déjà fait.");
        }
    }

    private async Task AnswerAsync(BulkRun run, Guid dossierId, InboxKeys keys, ChangeContext change, CancellationToken cancellationToken)
    {
        var (outcome, reason) = (run.Parameters["issue"]?.ToString() ?? "", run.Parameters["motif"]?.ToString() ?? "");
        var (task, refusal) = Find(await TasksAsync([dossierId], cancellationToken), outcome, keys);
        if (task is null)
        {
            throw new RuleBrokenException("bulk-outcome", refusal ?? "La procédure n’attend pas cette réponse en ce moment.");
        }

        // What the task's own page would ask for is asked for here too: an answer that needs more than a reason is not given in bulk.
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires).SingleAsync(x => x.Id == dossierId, cancellationToken);
        var screen = TaskScreen.Create(services, task, dossier, change, canAct: true);
        await screen.LoadAsync(cancellationToken);
        var errors = new ModelStateDictionary();
        var form = new FormCollection(new Dictionary<string, StringValues> { ["outcome"] = outcome, ["reason:" + outcome] = reason });
        if (await screen.AnswerAsync(screen.Outcome(outcome)!, form, errors, cancellationToken) is not { } answer || !errors.IsValid)
        {
            var said = string.Join(" ", errors.Values.SelectMany(x => x.Errors).Select(x => x.ErrorMessage).Where(x => x.Length > 0).Distinct());
            throw new RuleBrokenException("bulk-form", $"Cette réponse demande une saisie : ouvrez la tâche. {said}".TrimEnd());
        }

        await desk.CompleteAsync(
            task.Id,
            new CompleteTask(outcome, answer.Reason ?? (reason.Length > 0 ? reason : null), answer.Data),
            change,
            async scope =>
            {
                if (answer.Alongside is not null)
                {
                    await answer.Alongside(scope);
                }

                await CloseAsync(scope, run, dossierId, $"{task.Title} : {outcome}.", change, null, cancellationToken);
            },
            cancellationToken);
    }

    private Task<List<HumanTask>> TasksAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        db.HumanTasks.AsNoTracking().Where(x => x.DossierId != null && ids.Contains(x.DossierId.Value) && x.Status == HumanTaskStatus.Open && x.WorkflowInstanceId != null && x.CandidateCompanyId == null).OrderBy(x => x.DueAt).ToListAsync(cancellationToken);

    private static (HumanTask? Task, string? Refusal) Find(IEnumerable<HumanTask> tasks, string outcome, InboxKeys keys)
    {
        var offering = tasks.Where(x => x.Outcomes.Any(o => o.Name == outcome)).ToList();
        if (offering.Count == 0)
        {
            return (null, $"Sa tâche ouverte n’offre pas « {outcome} ».");
        }

        var mine = offering.FirstOrDefault(x => TaskService.IsFor(x, keys) && (x.AssigneeId is null || x.AssigneeId == keys.UserId));
        return mine is not null ? (mine, null) : (null, offering.Find(x => x.AssigneeName is not null) is { } taken ? $"La tâche est prise par {taken.AssigneeName}." : "Cette tâche n’est pas pour vous.");
    }

    private static Guid IdOf(Guid run, Guid dossier, string what) => new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{run:N}{dossier:N}{what}"))).AsSpan(0, 16));
}
