using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.TaskWork;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>One task: its screen, the dossier beside it, its outcomes as buttons; what people say about it, and its history.</summary>
[Authorize(Policies.Staff)]
[RequestSizeLimit(MaxRequest), RequestFormLimits(MultipartBodyLengthLimit = MaxRequest)]
public sealed partial class TacheModel(
    MonOpcoDbContext database, TaskService tasks, TaskDesk desk, TaskThread thread, StaffDirectory staff, InboxPerson person, CalendarBook calendars, IOptions<InboxSettings> settings, TimeProvider clock) : PageModel
{
    // Far above the largest piece: a file that is too large is told on this page, with what was typed.
    private const long MaxRequest = 64L * 1024 * 1024;

    public TaskScreen Screen { get; private set; } = null!;

    public HumanTask Work { get; private set; } = null!;

    public Dossier? Dossier { get; private set; }

    /// <summary>Somebody was faster, or the procedure has gone on: said above everything.</summary>
    public string? Conflict { get; private set; }

    public InboxKeys Keys { get; private set; } = null!;

    private string _said = "";

    public BusinessCalendar Calendar { get; private set; } = null!;

    public IReadOnlyList<TaskComment> Comments { get; private set; } = [];

    public IReadOnlyList<(TaskAttachment Attachment, Document Document)> Attachments { get; private set; } = [];

    public IReadOnlyList<TaskEvent> History { get; private set; } = [];

    public IReadOnlyList<StaffMember> Colleagues { get; private set; } = [];

    public IReadOnlyList<StaffMember> Candidates { get; private set; } = [];

    /// <summary>What was said and refused: kept in its field.</summary>
    public string? Said { get; private set; }

    public TimeSpan Window => settings.Value.UndoWindow;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool IsMine => Work.AssigneeId is { } holder && Keys.People.Contains(holder);

    /// <summary>A candidate (or the assignee) of the task.</summary>
    public bool IsForMe => TaskService.IsFor(Work, Keys);

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var id = Guid.Parse((string)RouteData.Values["id"]!);
        if (!await LoadAsync(id, HttpContext.RequestAborted))
        {
            context.Result = NotFound();
        }
        else if (HttpContext.Request.Method == "POST" && !IsForMe && context.HandlerMethod?.Name is not "Commenter")
        {
            context.Result = Forbid();
        }
        else
        {
            await next();
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (Work is { Status: HumanTaskStatus.Open, Draft: { } draft } && Screen.Form is { } form)
        {
            await TryUpdateModelAsync(form, form.GetType(), "Input", new FormValueProvider(BindingSource.Form, new FormCollection(TaskFields.Read(draft)), null), _ => true);
            foreach (var entry in ModelState.Values)
            {
                // A draft may be unfinished: nothing is wrong with it yet.
                entry.Errors.Clear();
            }
        }

        await ShowAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostPrendreAsync(CancellationToken cancellationToken)
    {
        await TryAsync(() => tasks.ClaimAsync(Work.Id, User.Change(Now), cancellationToken), "Cette tâche est à vous.");
        return RedirectToPage(new { Work.Id });
    }

    public async Task<IActionResult> OnPostRendreAsync(CancellationToken cancellationToken)
    {
        await TryAsync(() => tasks.ReleaseAsync(Work.Id, User.Change(Now), cancellationToken), "La tâche est de nouveau à prendre. Votre brouillon est conservé.");
        return RedirectToPage(new { Work.Id });
    }

    /// <summary>By the button, or by itself while one types: then the version that was seen comes along, and an older tab is told instead of overwriting. Typing takes a free task.</summary>
    public async Task<IActionResult> OnPostBrouillonAsync(int? version, CancellationToken cancellationToken)
    {
        var byItself = Request.Headers.ContainsKey("X-Brouillon");
        try
        {
            if (Work.AssigneeId is null && byItself)
            {
                await tasks.ClaimAsync(Work.Id, User.Change(Now), cancellationToken);
            }

            var saved = await tasks.SaveDraftAsync(Work.Id, TaskFields.Of(Request.Form), byItself ? version ?? 0 : null, User.Change(Now), cancellationToken);
            var words = $"Brouillon enregistré à {Clock(saved.At)}.";
            if (byItself)
            {
                return new JsonResult(new { message = words, version = saved.Version });
            }

            this.Flash("success", words);
        }
        catch (NewerDraftException newer) when (byItself)
        {
            var words = $"Un brouillon plus récent a été enregistré à {Clock(newer.At)} par {(newer.By == User.ShownName() ? "vous, dans un autre onglet" : newer.By)}. Rien n’a été écrasé : rechargez la page pour le voir.";
            return new JsonResult(new { message = words, version = newer.Version }) { StatusCode = StatusCodes.Status409Conflict };
        }
        catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
        {
            if (byItself)
            {
                return new JsonResult(new { message = $"Le brouillon n’est plus enregistré. {refused.Message}" }) { StatusCode = StatusCodes.Status409Conflict };
            }

            this.Flash("warning", refused.Message);
        }

        return RedirectToPage(new { Work.Id });
    }

    public async Task<IActionResult> OnPostTerminerAsync(string? outcome, bool immediat, CancellationToken cancellationToken)
    {
        if (Work.Status is HumanTaskStatus.Completed or HumanTaskStatus.Deciding)
        {
            return await ConflictAsync($"Cette tâche a déjà été traitée par {Work.CompletedByName}.", cancellationToken);
        }

        if (Work.Outcomes.FirstOrDefault(x => x.Name == outcome) is not { } chosen)
        {
            ModelState.AddModelError("", "Choisissez une des réponses proposées.");
            return await AgainAsync(cancellationToken);
        }

        Screen.Pressed = chosen.Name;
        if (Screen.Form is { } form)
        {
            await TryUpdateModelAsync(form, form.GetType(), "Input");
        }

        // What is still missing for one button is no mistake for another: the screen itself says what its outcome needs.
        var answer = await Screen.AnswerAsync(chosen, Request.Form, ModelState, cancellationToken);
        if (answer is null || !ModelState.IsValid)
        {
            return await AgainAsync(cancellationToken);
        }

        // A file is stored with the answer, in one transaction: nothing of it is kept aside.
        var undoable = !immediat && Window > TimeSpan.Zero && !Request.Form.Files.Any(x => x.Length > 0);
        try
        {
            var complete = new CompleteTask(chosen.Name, answer.Reason, answer.Data);
            if (undoable)
            {
                await RehearseAsync(answer.Alongside);
                var decision = await tasks.DecideAsync(Work.Id, complete, answer.Alongside is null ? null : TaskFields.Of(Request.Form), Window, null, User.Change(Now), cancellationToken);
                UndoCookie.Set(HttpContext, decision.ApplyAt - Now);
            }
            else
            {
                await desk.CompleteAsync(Work.Id, complete, User.Change(Now), answer.Alongside, cancellationToken);
                this.Flash("success", $"« {Work.Title} » : {chosen.Label}. C’est enregistré, la procédure continue.");
            }
        }
        catch (TaskTakenException taken)
        {
            return await ConflictAsync(taken.Message, cancellationToken);
        }
        catch (RuleBrokenException broken) when (broken.Code == "task-cancelled")
        {
            return await ConflictAsync(broken.Message, cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(broken.Code.StartsWith("document-", StringComparison.Ordinal) ? "Input.File" : "", broken.Message);
            return await AgainAsync(cancellationToken);
        }

        return Dossier is null ? RedirectToPage("Index") : Redirect($"/dossiers/{Dossier.Numero}");
    }

    /// <summary>Within the window: the task is as it was, with what was typed.</summary>
    public async Task<IActionResult> OnPostAnnulerAsync(CancellationToken cancellationToken)
    {
        await TryAsync(async () => await tasks.UndoAsync(Work.Id, User.Change(Now), cancellationToken) is not null, "Votre réponse est annulée : rien n’a été transmis, la tâche est de nouveau à vous.");
        return RedirectToPage(new { Work.Id });
    }

    /// <summary>Acts of a screen that do not end the task (choose the OPCO, correct a field, add a piece).</summary>
    public async Task<IActionResult> OnPostAgirAsync(string acte, CancellationToken cancellationToken)
    {
        if (Work.Status != HumanTaskStatus.Open || !Screen.CanAct || Screen is not IScreenActs acts)
        {
            return await ConflictAsync("Cette tâche n’est plus à faire par vous : rien n’a été changé.", cancellationToken);
        }

        try
        {
            if (acts.FormOf(acte) is { } form)
            {
                await TryUpdateModelAsync(form.Model, form.Model.GetType(), form.Prefix);
            }

            if (ModelState.IsValid && await acts.ActAsync(acte, Request.Form, ModelState, cancellationToken) is { } said)
            {
                this.Flash("success", said);
                return RedirectToPage(new { Work.Id });
            }
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
        }

        return await AgainAsync(cancellationToken);
    }

    /// <summary>For a page that was told of a change: is what it shows still what is stored?</summary>
    public async Task<IActionResult> OnGetEtatAsync(CancellationToken cancellationToken)
    {
        await CountAsync(cancellationToken);
        return Content(Stamp);
    }

    /// <summary>Changes with everything that the page shows of the task besides its draft.</summary>
    public string Stamp => $"{Work.Status}-{Work.AssigneeId:N}-{Work.Priority}-{_said}";

    public string? DraftWords => Work is { Status: HumanTaskStatus.Open, Draft: not null, DraftAt: { } at } ? $"Brouillon enregistré à {Clock(at)}{(Work.DraftByName is { } by && by != User.ShownName() ? $" par {by}" : "")}." : null;

    /// <summary>For the mentions: names of the house.</summary>
    public string ColleaguesJson => JsonSerializer.Serialize(Colleagues.Select(x => x.Name));

    private static string Clock(DateTimeOffset at) => $"{TimeZoneInfo.ConvertTimeBySystemTimeZoneId(at, "Europe/Paris"):HH:mm}";

    /// <summary>What the screen would write is tried and rolled back: a mistake is told now, not when the decision is applied.</summary>
    private async Task RehearseAsync(Func<IServiceProvider, Task>? alongside)
    {
        if (alongside is not null)
        {
            await using var scope = HttpContext.RequestServices.CreateAsyncScope();
            await using var transaction = await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().Database.BeginTransactionAsync(HttpContext.RequestAborted);
            await alongside(scope.ServiceProvider);
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken) =>
        _said = $"{await database.TaskComments.CountAsync(x => x.TaskId == Work.Id, cancellationToken)}-{await database.TaskAttachments.CountAsync(x => x.TaskId == Work.Id, cancellationToken)}";

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        await CountAsync(cancellationToken);
        if (Work.Status == HumanTaskStatus.Open)
        {
            await Screen.LoadAsync(cancellationToken);
        }

        Comments = await thread.CommentsAsync(Work.Id, cancellationToken);
        Attachments = await thread.AttachmentsAsync(Work.Id, cancellationToken);
        History = await thread.HistoryAsync(Work.Id, cancellationToken);
        Colleagues = await staff.AllAsync(cancellationToken);
        Candidates = [.. Colleagues.Where(x => x.Id != Work.AssigneeId && (Work.CandidateRole is null || x.Roles.Contains(Work.CandidateRole) || x.Roles.Contains(Roles.SuperAdmin)))];
    }

    private async Task<IActionResult> AgainAsync(CancellationToken cancellationToken)
    {
        if (ModelState.IsValid)
        {
            ModelState.AddModelError("", "La réponse n’a pas pu être enregistrée.");
        }

        await ShowAsync(cancellationToken);
        return this.Invalid();
    }

    private async Task<IActionResult> ConflictAsync(string message, CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        await LoadAsync(Work.Id, cancellationToken);
        Conflict = message;
        ModelState.Clear();
        await ShowAsync(cancellationToken);
        var page = Page();
        page.StatusCode = StatusCodes.Status409Conflict;
        return page;
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } task)
        {
            return false;
        }

        Work = task;
        Keys = await person.KeysAsync(User, cancellationToken);
        Dossier = await TaskScreen.DossierOfAsync(database, task, cancellationToken);
        Calendar = await calendars.ForAsync(Dossier?.TrainingBodyId, cancellationToken);
        Screen = TaskScreen.Create(HttpContext.RequestServices, Work, Dossier, User.Change(Now), canAct: Work.Status == HumanTaskStatus.Open && IsForMe && (Work.AssigneeId is null || IsMine));
        return true;
    }

    private async Task<bool> TryAsync(Func<Task<bool>> act, string said)
    {
        try
        {
            await act();
            this.Flash("success", said);
            return true;
        }
        catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
        {
            this.Flash("warning", refused.Message);
            return false;
        }
    }
}
