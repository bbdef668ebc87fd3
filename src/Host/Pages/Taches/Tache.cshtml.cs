using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>One task: its screen, the dossier beside it, its outcomes as buttons.</summary>
[Authorize(Policies.Staff)]
[RequestSizeLimit(MaxRequest), RequestFormLimits(MultipartBodyLengthLimit = MaxRequest)]
public sealed class TacheModel(MonOpcoDbContext database, TaskService tasks, TaskDesk desk, TimeProvider clock) : PageModel
{
    // Far above the largest piece: a file that is too large is told on this page, with what was typed.
    private const long MaxRequest = 64L * 1024 * 1024;

    public TaskScreen Screen { get; private set; } = null!;

    public HumanTask Work { get; private set; } = null!;

    public Dossier? Dossier { get; private set; }

    /// <summary>Somebody was faster, or the procedure has gone on: said above everything.</summary>
    public string? Conflict { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool IsMine => Work.AssigneeId == User.Id();

    /// <summary>A candidate (or the assignee) of the task.</summary>
    public bool IsForMe => TaskService.IsFor(Work, TaskLook.Keys(User));

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var id = Guid.Parse((string)RouteData.Values["id"]!);
        if (!await LoadAsync(id, HttpContext.RequestAborted))
        {
            context.Result = NotFound();
        }
        else if (HttpContext.Request.Method == "POST" && !IsForMe)
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
            await TryUpdateModelAsync(form, form.GetType(), "Input", new FormValueProvider(BindingSource.Form, new FormCollection(Fields(draft)), null), _ => true);
            foreach (var entry in ModelState.Values)
            {
                // A draft may be unfinished: nothing is wrong with it yet.
                entry.Errors.Clear();
            }
        }

        await Screen.LoadAsync(cancellationToken);
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

    /// <summary>By the button, or by itself while one types (htmx): then only the words « enregistré à » come back.</summary>
    public async Task<IActionResult> OnPostBrouillonAsync(CancellationToken cancellationToken)
    {
        var words = $"Brouillon enregistré à {TimeZoneInfo.ConvertTimeBySystemTimeZoneId(Now, "Europe/Paris"):HH:mm}.";
        var saved = await TryAsync(() => tasks.SaveDraftAsync(Work.Id, DraftOf(Request.Form), User.Change(Now), cancellationToken), words);
        if (Request.Headers.ContainsKey("HX-Request"))
        {
            TempData.Clear();
            return Content(saved ? words : "Le brouillon n’est plus enregistré : cette tâche n’est plus à vous. Rechargez la page.");
        }

        return RedirectToPage(new { Work.Id });
    }

    public async Task<IActionResult> OnPostTerminerAsync(string? outcome, CancellationToken cancellationToken)
    {
        if (Work.Status == HumanTaskStatus.Completed)
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

        try
        {
            await desk.CompleteAsync(Work.Id, new CompleteTask(chosen.Name, answer.Reason, answer.Data), User.Change(Now), answer.Alongside, cancellationToken);
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

        this.Flash("success", $"« {Work.Title} » : {chosen.Label}. C’est enregistré, la procédure continue.");
        return Dossier is null ? RedirectToPage("Index") : Redirect($"/dossiers/{Dossier.Numero}");
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

    private async Task<IActionResult> AgainAsync(CancellationToken cancellationToken)
    {
        if (ModelState.IsValid)
        {
            ModelState.AddModelError("", "La réponse n’a pas pu être enregistrée.");
        }

        await Screen.LoadAsync(cancellationToken);
        return this.Invalid();
    }

    private async Task<IActionResult> ConflictAsync(string message, CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        await LoadAsync(Work.Id, cancellationToken);
        Conflict = message;
        ModelState.Clear();
        await Screen.LoadAsync(cancellationToken);
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
        Dossier = task.DossierId is not { } dossierId ? null : await database.Dossiers.AsNoTracking()
            .Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires.OrderBy(b => b.Position)).SingleAsync(x => x.Id == dossierId, cancellationToken);
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

    private static JsonObject DraftOf(IFormCollection form) => new(form.Where(x => x.Key.StartsWith("Input.", StringComparison.Ordinal) && !x.Key.EndsWith(".File", StringComparison.Ordinal))
        .Select(x => KeyValuePair.Create(x.Key, (JsonNode?)new JsonArray([.. x.Value.Select(value => JsonValue.Create(value))]))));

    private static Dictionary<string, StringValues> Fields(JsonObject draft) =>
        draft.ToDictionary(x => x.Key, x => x.Value is JsonArray values ? new StringValues([.. values.Select(value => value?.ToString())]) : new StringValues(x.Value?.ToString()));
}
