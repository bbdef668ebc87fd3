using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.TaskWork;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>Several tasks at once: choose, see what would happen to each, do it. What came of it is a page of its own.</summary>
[Authorize(Policies.Tasks)]
public sealed class LotModel(BatchRunner runner, InboxPerson person, StaffDirectory staff, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    /// <summary>Ids of the tasks.</summary>
    [BindProperty(SupportsGet = true, Name = "t")]
    public Guid[] Ids { get; set; } = [];

    /// <summary>Made with the page: sending it twice acts once.</summary>
    [BindProperty]
    public Guid Operation { get; set; }

    [BindProperty]
    public string? Acte { get; set; }

    [BindProperty]
    public string? Reponse { get; set; }

    [BindProperty]
    public Guid? Qui { get; set; }

    [BindProperty]
    public TaskPriority? Priorite { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public IReadOnlyList<HumanTask> Tasks { get; private set; } = [];

    /// <summary>Answers that at least one of the tasks has.</summary>
    public IReadOnlyList<string> Outcomes { get; private set; } = [];

    public IReadOnlyList<StaffMember> Colleagues { get; private set; } = [];

    public IReadOnlyList<BatchForecast>? Forecast { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Operation = Guid.CreateVersion7(clock.GetUtcNow());
        await LoadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostPrevoirAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Order() is not { } order)
        {
            return this.Invalid();
        }

        Forecast = await runner.ForecastAsync(Ids, order, await person.KeysAsync(User, cancellationToken), User.Change(clock.GetUtcNow()), cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAppliquerAsync(CancellationToken cancellationToken)
    {
        if (Order() is not { } order || Operation == Guid.Empty)
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        var now = clock.GetUtcNow();
        if (await database.Set<TaskBatch>().AnyAsync(x => x.Id == Operation, cancellationToken))
        {
            return RedirectToPage("Resultat", new { id = Operation });
        }

        // The row first: a second sending of the same page meets it and goes to the result.
        var batch = new TaskBatch { Id = Operation, UserId = User.Id(), At = now.ToUniversalTime(), Order = order, Items = [] };
        database.Add(batch);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            return RedirectToPage("Resultat", new { id = Operation });
        }

        batch.Items = [.. await runner.RunAsync(Operation, Ids, order, await person.KeysAsync(User, cancellationToken), User.Change(now), cancellationToken)];
        await database.SaveChangesAsync(cancellationToken);
        if (order.Act == BatchAct.Complete && await database.TaskDecisions.Where(x => x.BatchId == Operation).MaxAsync(x => (DateTimeOffset?)x.ApplyAt, cancellationToken) is { } until && until > clock.GetUtcNow())
        {
            UndoCookie.Set(HttpContext, until - clock.GetUtcNow());
        }

        return RedirectToPage("Resultat", new { id = Operation });
    }

    private BatchOrder? Order()
    {
        var reason = string.IsNullOrWhiteSpace(Motif) ? null : Motif.Trim();
        switch (Acte)
        {
            case "terminer" when !string.IsNullOrWhiteSpace(Reponse):
                return new BatchOrder(BatchAct.Complete, Outcome: Reponse, Reason: reason);
            case "terminer":
                ModelState.AddModelError(nameof(Reponse), "Choisissez la réponse à donner.");
                return null;
            case "confier" when Qui is not null:
                return new BatchOrder(BatchAct.Reassign, To: Qui, Reason: reason);
            case "confier":
                ModelState.AddModelError(nameof(Qui), "Choisissez la personne à qui confier les tâches.");
                return null;
            case "rendre":
                return new BatchOrder(BatchAct.Release);
            case "priorite" when Priorite is not null && reason is not null:
                return new BatchOrder(BatchAct.Priority, Priority: Priorite, Reason: reason);
            case "priorite":
                ModelState.AddModelError(nameof(Motif), "Choisissez la priorité et dites pourquoi vous la changez.");
                return null;
            default:
                ModelState.AddModelError(nameof(Acte), "Choisissez ce que vous voulez faire.");
                return null;
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var keys = await person.KeysAsync(User, cancellationToken);
        Tasks = [.. (await database.HumanTasks.AsNoTracking().Where(x => Ids.Contains(x.Id)).OrderBy(x => x.DueAt).Take(BatchRunner.Most).ToListAsync(cancellationToken)).Where(x => TaskService.IsFor(x, keys))];
        Ids = [.. Tasks.Select(x => x.Id)];
        Outcomes = [.. Tasks.SelectMany(x => x.Outcomes.Select(o => o.Name)).Distinct()];
        Colleagues = await staff.AllAsync(cancellationToken);
    }
}
