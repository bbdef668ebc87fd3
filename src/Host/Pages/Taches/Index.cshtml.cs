using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.TaskWork;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>The inbox: five lists, one query; the address is the state of the page.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(Inbox inbox, InboxPerson person, NextTask next, TaskService tasks, NoticeService notices, CalendarBook calendars, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    private const int PageSize = 25;
    private const int CountLimit = 100;

    /// <summary>See <see cref="Lists"/>; without choice whatever has something in it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Liste { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    /// <summary>Code of the task.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Opco { get; set; }

    /// <summary>Id of a company.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Entreprise { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Priorite { get; set; }

    /// <summary><c>aujourdhui</c> or <c>semaine</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Echeance { get; set; }

    /// <summary><c>priorite</c> or <c>anciennete</c>; by deadline otherwise.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Tri { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public static IReadOnlyList<(InboxList List, string Slug, string Label, string Icon)> Lists { get; } =
    [
        (InboxList.Mine, "miennes", "Mes tâches", "user"), (InboxList.Team, "equipe", "De mon équipe", "users"), (InboxList.Available, "a-prendre", "À prendre", "inbox"),
        (InboxList.Late, "en-retard", "En retard", "alert-triangle"), (InboxList.Done, "terminees", "Terminées", "circle-check"),
    ];

    public InboxList List { get; private set; }

    public InboxPage Tasks { get; private set; } = new([], null);

    public IReadOnlyDictionary<InboxList, int> Counts { get; private set; } = new Dictionary<InboxList, int>();

    public IReadOnlyList<(string Code, string Title)> Kinds { get; private set; } = [];

    public IReadOnlyList<(string Slug, string Name)> Opcos { get; private set; } = [];

    public string? CompanyName { get; private set; }

    public IReadOnlyList<Delegation> StandsFor { get; private set; } = [];

    public IReadOnlyList<Notice> Notices { get; private set; } = [];

    public NextChoice? Next { get; private set; }

    public CalendarSet Calendars { get; private set; } = null!;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool IsFiltered => new[] { Recherche, Type, Opco, Entreprise, Priorite, Echeance }.Any(x => !string.IsNullOrWhiteSpace(x));

    /// <summary>« 100+ » rather than a count that costs more than the page.</summary>
    public static string Count(int count) => count >= CountLimit ? $"{CountLimit}+" : $"{count}";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var keys = await person.KeysAsync(User, cancellationToken);
        Calendars = await calendars.SetAsync(cancellationToken);
        Opcos = [.. (await database.Opcos.AsNoTracking().OrderBy(x => x.Name).Select(x => new { x.Slug, x.Name }).ToListAsync(cancellationToken)).Select(x => (x.Slug, x.Name))];
        Kinds = await inbox.KindsAsync(cancellationToken);
        StandsFor = await person.StandsForAsync(User, cancellationToken);
        Notices = await notices.UnreadAsync(User.Id(), cancellationToken);
        CompanyName = Guid.TryParse(Entreprise, out var company) ? await database.Companies.Where(x => x.Id == company).Select(x => x.Name).FirstOrDefaultAsync(cancellationToken) : null;
        var filter = Filter();
        Counts = await inbox.CountsAsync(keys, filter, Now, CountLimit, cancellationToken);
        if (Lists.FirstOrDefault(x => x.Slug == Liste) is { Slug: not null } chosen)
        {
            List = chosen.List;
        }
        else
        {
            List = Counts[InboxList.Mine] > 0 ? InboxList.Mine : InboxList.Available;
        }

        Liste = Lists.First(x => x.List == List).Slug;
        Tasks = await inbox.PageAsync(List, keys, filter, Now, Apres, PageSize, cancellationToken);
        Next = List is InboxList.Mine or InboxList.Available && Apres is null && !IsFiltered ? await next.FindAsync(keys, Now, cancellationToken) : null;
    }

    /// <summary>The best next task, taken at once; when a colleague is faster, the one after it.</summary>
    public async Task<IActionResult> OnPostSuivanteAsync(Guid? apres, CancellationToken cancellationToken)
    {
        var keys = await person.KeysAsync(User, cancellationToken);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            if (await next.FindAsync(keys, Now, cancellationToken, apres) is not { } choice)
            {
                break;
            }

            try
            {
                await tasks.ClaimAsync(choice.Task.Id, User.Change(Now), cancellationToken);
                this.Flash("info", $"Tâche suivante : {choice.Why}.");
                return RedirectToPage("Tache", new { id = choice.Task.Id });
            }
            catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
            {
                // Somebody else was faster: the list is read again.
            }
        }

        this.Flash("success", "Rien d’autre ne vous attend.");
        return RedirectToPage("Index");
    }

    public async Task<IActionResult> OnPostPrendreAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.HumanTasks.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } task)
        {
            return NotFound();
        }

        if (!TaskService.IsFor(task, await person.KeysAsync(User, cancellationToken)))
        {
            return Forbid();
        }

        try
        {
            await tasks.ClaimAsync(id, User.Change(Now), cancellationToken);
        }
        catch (Exception refused) when (refused is TaskTakenException or RuleBrokenException)
        {
            this.Flash("warning", refused.Message);
            return RedirectToPage(new { Liste });
        }

        return RedirectToPage("Tache", new { id });
    }

    public async Task<IActionResult> OnPostAvisLuAsync(Guid? avis, CancellationToken cancellationToken)
    {
        await notices.ReadAsync(User.Id(), avis, Now, cancellationToken);
        return RedirectToPage(new { Liste });
    }

    /// <summary>The same list with one thing changed; paging starts again.</summary>
    public string UrlWith(string name, string? value)
    {
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["liste"] = Liste,
            ["recherche"] = Recherche,
            ["type"] = Type,
            ["opco"] = Opco,
            ["entreprise"] = Entreprise,
            ["priorite"] = Priorite,
            ["echeance"] = Echeance,
            ["tri"] = Tri,
        };
        query[name] = value;
        return QueryHelpers.AddQueryString("/taches", query.Where(x => !string.IsNullOrWhiteSpace(x.Value)));
    }

    // An unreadable filter of a typed address is no filter, rather than an error.
    private InboxFilter Filter()
    {
        var today = Fr.InParis(Now);
        return new InboxFilter
        {
            Text = Recherche,
            Code = string.IsNullOrWhiteSpace(Type) ? null : Type,
            OpcoSlug = Opcos.Any(x => x.Slug == Opco) ? Opco : null,
            CompanyId = CompanyName is null ? null : Guid.Parse(Entreprise!, CultureInfo.InvariantCulture),
            Priority = Priorite switch { "urgente" => TaskPriority.Urgent, "haute" => TaskPriority.High, "normale" => TaskPriority.Normal, "basse" => TaskPriority.Low, _ => null },
            DueBefore = Echeance switch { "aujourdhui" => Fr.StartInParis(today.AddDays(1)), "semaine" => Fr.StartInParis(today.AddDays(7)), _ => null },
            Sort = Tri switch { "priorite" => InboxSort.Priority, "anciennete" => InboxSort.Created, _ => InboxSort.Due },
        };
    }
}
