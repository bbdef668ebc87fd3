using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Taches.Screens;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>What a screen gives for the procedure: the data it reads, and what is written in the same transaction.</summary>
public sealed record ScreenAnswer(JsonObject? Data = null, string? Reason = null, Func<IServiceProvider, Task>? Alongside = null);

/// <summary>The screen of one kind of task, picked by the task's code. A code without screen of its own gets the form of its JSON Schema.</summary>
public abstract class TaskScreen
{
    private static readonly Dictionary<string, Type> ByCode = new(StringComparer.Ordinal)
    {
        ["valider-demande"] = typeof(ValiderDemande),
        ["completer-avant-depot"] = typeof(CompleterAvantDepot),
        ["depot-assiste"] = typeof(DepotAssiste),
        ["confirmer-depot"] = typeof(ConfirmerDepot),
        ["incident-portail"] = typeof(IncidentPortail),
        ["saisir-decision"] = typeof(SaisirDecision),
        ["repondre-complement"] = typeof(RepondreComplement),
    };

    /// <summary>Screens of tasks that belong to no dossier.</summary>
    private static readonly Dictionary<string, Type> WithoutDossier = new(StringComparer.Ordinal) { ["valider-purge"] = typeof(ValiderPurge), ["demande-personne"] = typeof(DemandePersonne) };

    public HumanTask Work { get; private set; } = null!;

    /// <summary>Null for a task of no dossier; screens of their own always have one.</summary>
    public Dossier? Dossier { get; private set; }

    public DateTimeOffset Now { get; private set; }

    /// <summary>The person may act now: it is open and nobody else has it.</summary>
    public bool CanAct { get; private set; }

    /// <summary>Name of the partial view.</summary>
    public string View => $"Screens/_{GetType().Name}";

    /// <summary>Bound from the form under the prefix <c>Input</c>; null for a screen that reads the form itself.</summary>
    public virtual object? Form => null;

    /// <summary>Who answers; for what is written with the answer.</summary>
    public ChangeContext Change { get; private set; } = null!;

    /// <summary>The button that was pressed when the form came back with mistakes: its part of the screen stays open.</summary>
    public string? Pressed { get; set; }

    /// <summary>Whether a part belonging to this button is shown open.</summary>
    public bool IsOpen(string outcome) => Pressed == outcome;

    public virtual Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The answer, or null after mistakes were added to <paramref name="errors"/>.</summary>
    public abstract Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken);

    internal static TaskScreen Create(IServiceProvider services, HumanTask task, Dossier? dossier, ChangeContext change, bool canAct)
    {
        var type = (dossier is null ? WithoutDossier : ByCode).TryGetValue(task.Code, out var own) ? own : typeof(Formulaire);
        var screen = (TaskScreen)ActivatorUtilities.CreateInstance(services, type);
        (screen.Work, screen.Dossier, screen.Now, screen.CanAct) = (task, dossier, change.Now, canAct);
        screen.Change = change;
        return screen;
    }

    internal static async Task<Dossier?> DossierOfAsync(MonOpcoDbContext database, HumanTask task, CancellationToken cancellationToken) => task.DossierId is not { } id ? null : await database.Dossiers.AsNoTracking()
        .Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires.OrderBy(b => b.Position)).SingleAsync(x => x.Id == id, cancellationToken);

    /// <summary>
    /// Why this answer cannot be given to many tasks at once, or null when it can. A screen of its own is treated one by one unless it says otherwise; nothing is written.
    /// </summary>
    public virtual Task<string?> BulkRefusalAsync(TaskOutcome outcome, CancellationToken cancellationToken) => Task.FromResult<string?>("Cette tâche se traite une par une : ouvrez-la.");

    /// <summary>The outcome of this name, when the procedure offers it.</summary>
    public TaskOutcome? Outcome(string name) => Work.Outcomes.FirstOrDefault(x => x.Name == name);

    /// <summary>Outcomes that the screen does not treat itself; a process owner may add some.</summary>
    public IEnumerable<TaskOutcome> Others(params string[] known) => Work.Outcomes.Where(x => !known.Contains(x.Name));

    /// <summary>For outcomes that need nothing but, where the procedure says so, a reason.</summary>
    protected static ScreenAnswer? Plain(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors)
    {
        var reason = form["reason:" + outcome.Name].ToString().Trim();
        if (outcome.RequiresReason && reason.Length == 0)
        {
            errors.AddModelError("", $"Indiquez le motif pour « {outcome.Label} ».");
            return null;
        }

        return new ScreenAnswer(null, reason.Length == 0 ? null : reason);
    }
}

/// <summary>A screen with acts that do not end the task.</summary>
public interface IScreenActs
{
    /// <summary>What to bind for this act, and under which prefix; null when the act reads the form itself.</summary>
    (object Model, string Prefix)? FormOf(string act);

    /// <summary>A French sentence about what was done, or null after mistakes were added.</summary>
    Task<string?> ActAsync(string act, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken);
}
