using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>The inbox: what this person has taken, and what may be taken.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(Inbox inbox, TaskService tasks, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    private const int PageSize = 25;
    private const int CountLimit = 100;

    /// <summary><c>miennes</c> or <c>a-prendre</c>; without choice whatever has something in it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Liste { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public InboxPage Tasks { get; private set; } = new([], null);

    public IReadOnlyDictionary<Guid, string> Titles { get; private set; } = new Dictionary<Guid, string>();

    public int Mine { get; private set; }

    public int Available { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool ShowsMine => Liste == "miennes";

    /// <summary>« 100+ » rather than a count that costs more than the page.</summary>
    public static string Count(int count) => count >= CountLimit ? $"{CountLimit}+" : $"{count}";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var (mine, free) = KeysOf();
        Mine = await inbox.CountAsync(mine, CountLimit, cancellationToken);
        Available = await inbox.CountAsync(free, CountLimit, cancellationToken);
        Liste = Liste is "miennes" or "a-prendre" ? Liste : Mine > 0 ? "miennes" : "a-prendre";
        Tasks = await inbox.PageAsync(ShowsMine ? mine : free, Apres, PageSize, cancellationToken);
        var ids = Tasks.Rows.Select(x => x.DossierId).OfType<Guid>().ToArray();
        Titles = await database.Dossiers.AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Title, cancellationToken);
    }

    public async Task<IActionResult> OnPostPrendreAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } task)
        {
            return NotFound();
        }

        if (!TaskService.IsFor(task, TaskLook.Keys(User)))
        {
            return Forbid();
        }

        try
        {
            await tasks.ClaimAsync(id, User.Change(clock.GetUtcNow()), cancellationToken);
        }
        catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
        {
            this.Flash("warning", refused.Message);
            return RedirectToPage(new { Liste });
        }

        return RedirectToPage("Tache", new { id });
    }

    private (InboxKeys Mine, InboxKeys Free) KeysOf()
    {
        var keys = TaskLook.Keys(User);
        return (new InboxKeys(keys.UserId, [], null, keys.Email), new InboxKeys(null, keys.Roles));
    }
}
