using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Tasks.HumanTaskActivity.Output>;

namespace MonOPCO.Activities.Tasks;

[Activity("MonOPCO.HumanTask", Title = "Confier une tâche", Category = "Tâches", Description = "Met une tâche dans la boîte d'un rôle ou de l'entreprise du dossier, et attend. Chaque issue devient un bouton de la tâche et une sortie de l'étape.")]
public sealed class HumanTaskActivity(TaskService tasks, RuleBook rules, CalendarBook calendars, MonOpcoDbContext db) : Activity<HumanTaskActivity.Input, HumanTaskActivity.Output>
{
    /// <summary>Kind of the bookmark; its key is the task's id.</summary>
    public const string BookmarkKind = "human-task";

    public sealed record Input
    {
        [Display(Name = "Code", Description = "Choisit l'écran de la tâche, par exemple valider-demande ; sans écran propre, le formulaire s'affiche.", Order = 1)]
        public required string Code { get; init; }

        [Display(Name = "Titre", Description = "Ce que la personne doit faire, en peu de mots.", Order = 2)]
        public required string Title { get; init; }

        [Display(Name = "Consigne", Description = "Le détail, montré en haut de la tâche.", Order = 3)]
        [Editor("multiline")]
        public string Instruction { get; init; } = "";

        [Display(Name = "Confiée à", Description = "Qui voit la tâche dans sa liste.", Order = 4)]
        [Editor("dropdown", Source = "taskRoles", Default = Roles.Operateur)]
        public string Role { get; init; } = Roles.Operateur;

        [Display(Name = "Échéance (heures ouvrées)", Description = "Heures d'ouverture, jours fériés exclus ; vide : la règle datée de cette tâche (page Règles).", Order = 5)]
        public int? DueHours { get; init; }

        [Display(Name = "Priorité", Description = "Place dans la liste des tâches.", Order = 6)]
        [Editor("dropdown", Choices = ["Low|Basse", "Normal|Normale", "High|Haute", "Urgent|Urgente"], Default = "Normal")]
        public TaskPriority Priority { get; init; } = TaskPriority.Normal;

        [Display(Name = "Issues", Description = "Une par bouton.", Order = 7)]
        [Editor("dynamic-outcomes")]
        public required string[] Outcomes { get; init; }

        [Display(Name = "Issues avec motif", Description = "Celles pour lesquelles un motif est obligatoire.", Order = 8)]
        [Editor("multitext")]
        public string[] ReasonFor { get; init; } = [];

        [Display(Name = "Formulaire", Description = "JSON Schema ; vide pour un écran propre à la tâche.", Order = 9)]
        [Editor("json-editor")]
        public JsonObject? Form { get; init; }

        [Display(Name = "Données montrées", Description = "Objet montré sur l'écran de la tâche.", Order = 10)]
        [Editor("json-editor")]
        public JsonObject? Context { get; init; }
    }

    /// <param name="Outcome">Name of the button.</param>
    /// <param name="Data">What was typed.</param>
    /// <param name="Actor">Who completed it.</param>
    public sealed record Output([property: Display(Name = "Issue choisie")] string Outcome, [property: Display(Name = "Réponse")] JsonNode? Data, [property: Display(Name = "Par qui")] string? Actor);

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var dossierId = context.CorrelationId is null ? (Guid?)null : context.DossierId();
        var forCompany = input.Role == Roles.Entreprise;
        var about = dossierId is null ? null : await db.Dossiers.Where(x => x.Id == dossierId).Select(x => new { x.CompanyId, x.TrainingBodyId }).SingleOrDefaultAsync(context.CancellationToken);
        var companyId = forCompany ? (about ?? throw new InvalidOperationException("A task for the company needs a dossier.")).CompanyId : (Guid?)null;
        var calendar = await calendars.ForAsync(about?.TrainingBodyId, context.CancellationToken);
        var hours = input.DueHours ?? await rules.TaskHoursAsync(input.Code, Fr.InParis(context.Now), context.CancellationToken);
        var task = new NewTask(input.Code, input.Title, [.. input.Outcomes.Select((name, i) => new TaskOutcome(name, name, Style(name, i), input.ReasonFor.Contains(name)))])
        {
            // The execution's id: running twice finds the first task.
            Id = context.ActivityExecutionId,
            Instruction = input.Instruction,
            CandidateRole = forCompany ? null : input.Role,
            CandidateCompanyId = companyId,
            DueAt = calendar.Add(context.Now, TimeSpan.FromHours(hours)),
            Priority = input.Priority,
            Form = input.Form,
            Context = input.Context,
            DossierId = dossierId,
            WorkflowInstanceId = context.InstanceId,
            BookmarkKey = context.ActivityExecutionId.ToString(),
        };
        await tasks.CreateAsync(task, context.Change(), context.CancellationToken);
        return new Wait(BookmarkKind, task.BookmarkKey);
    }

    public override Task<ActivityResult<Output>> ResumeAsync(Input input, Signal signal, ActivityContext context)
    {
        var outcome = signal.Payload?["outcome"]?.GetValue<string>() ?? "";
        return Task.FromResult<ActivityResult<Output>>(new Done(new Output(outcome, signal.Payload?["data"]?.DeepClone(), signal.Actor), outcome));
    }

    // The first outcome is the way forward; those that end or refuse are red.
    private static string Style(string name, int position) => name switch
    {
        _ when name.StartsWith("Refus", StringComparison.Ordinal) || name.StartsWith("Abandon", StringComparison.Ordinal) || name.StartsWith("Renonc", StringComparison.Ordinal) => "danger",
        _ when position == 0 => "primary",
        _ => "secondary",
    };
}
