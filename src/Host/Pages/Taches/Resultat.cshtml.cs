using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.TaskWork;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>What came of a bulk act: each task, and another try for those that failed.</summary>
[Authorize(Policies.Staff)]
public sealed class ResultatModel(MonOpcoDbContext database, BatchRunner runner, TaskService tasks, InboxPerson person, TimeProvider clock) : PageModel
{
    public TaskBatch Batch { get; private set; } = null!;

    public int Undoable { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        Undoable = (await tasks.UndoableAsync(User.Id(), clock.GetUtcNow(), cancellationToken)).Count(x => x.BatchId == id);
        return Page();
    }

    /// <summary>Those that failed are tried again; what was done or refused stays as it is.</summary>
    public async Task<IActionResult> OnPostReessayerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        var again = Batch.Items.Where(x => !x.Done).Select(x => x.TaskId).ToList();
        var results = (await runner.RunAsync(id, again, Batch.Order, await person.KeysAsync(User, cancellationToken), User.Change(clock.GetUtcNow()), cancellationToken)).ToDictionary(x => x.TaskId);
        Batch.Items = [.. Batch.Items.Select(x => results.GetValueOrDefault(x.TaskId, x))];
        await database.SaveChangesAsync(cancellationToken);
        return RedirectToPage(new { id });
    }

    /// <summary>Takes back every decision of the act that can still be taken back.</summary>
    public async Task<IActionResult> OnPostAnnulerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        var (undone, late) = (new HashSet<Guid>(), 0);
        foreach (var decision in (await tasks.UndoableAsync(User.Id(), clock.GetUtcNow(), cancellationToken)).Where(x => x.BatchId == id))
        {
            try
            {
                await tasks.UndoAsync(decision.TaskId, User.Change(clock.GetUtcNow()), cancellationToken);
                undone.Add(decision.TaskId);
            }
            catch (RuleBrokenException)
            {
                late++;
            }
        }

        await database.Entry(Batch).ReloadAsync(cancellationToken);
        Batch.Items = [.. Batch.Items.Select(x => undone.Contains(x.TaskId) ? x with { Done = false, Message = "Réponse annulée : la tâche est de nouveau à vous." } : x)];
        await database.SaveChangesAsync(cancellationToken);
        this.Flash(undone.Count > 0 ? "success" : "warning", undone.Count > 0 ? $"{Fr.Plural(undone.Count, "réponse annulée", "réponses annulées")}.{(late > 0 ? $" Trop tard pour {late}." : "")}" : "Il est trop tard pour annuler : la procédure a déjà continué.");
        return RedirectToPage(new { id });
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        var me = User.Id();
        Batch = (await database.Set<TaskBatch>().FirstOrDefaultAsync(x => x.Id == id && x.UserId == me, cancellationToken))!;
        return Batch is not null;
    }
}
