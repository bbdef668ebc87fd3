using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Figures;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Pages.Taches;

namespace MonOPCO.Host.Pages.Console;

/// <summary>A count that opens its list.</summary>
public sealed record Stat(string Label, string Count, string Note, string Url);

/// <summary>The staff's home: the morning briefing, what waits for me, the figures and charts of all dossiers, the mission's targets.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(
    Inbox inbox, MonOpcoDbContext database, DossierSearch search, IWorkflowReads instances, NextAction nextAction, CubeShelf figures, RuleBook rules, TimeProvider clock) : PageModel
{
    private const int Limit = 100;
    private const int SoonDays = 7;
    private const int PageTimeDays = 30;
    private const int PageTimeMilliseconds = 2000;

    public NextStep? Next { get; private set; }

    public Board Board { get; private set; } = null!;

    public IReadOnlyList<Metric> Metrics { get; private set; } = [];

    public IReadOnlyList<Stat> Work { get; private set; } = [];

    public IReadOnlyList<InboxRow> Urgent { get; private set; } = [];

    public IReadOnlyList<DossierRow> ToFile { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadBoardAsync(cancellationToken);
        Next = await nextAction.FindAsync(User, cancellationToken);
        var keys = TaskLook.Keys(User);
        var mine = await inbox.PageAsync(new InboxKeys(keys.UserId, [], null, keys.Email), null, Limit, cancellationToken);
        var free = await inbox.PageAsync(new InboxKeys(null, keys.Roles), null, Limit, cancellationToken);
        Urgent = [.. mine.Rows.Concat(free.Rows).Where(x => x.DueAt < Now.AddHours(24) || x.Priority == TaskPriority.Urgent).OrderBy(x => x.DueAt).Take(5)];
        ToFile = (await search.PageAsync(new DossierFilter { ToFileBefore = Fr.InParis(Now).AddDays(SoonDays), OldestFirst = true }, null, 5, Now, cancellationToken)).Rows;
        var blocked = (await instances.ListInstancesAsync(new InstanceFilter { HasIncidents = true, Status = InstanceStatus.Running, Take = 1 }, cancellationToken)).Total;
        var late = mine.Rows.Concat(free.Rows).Count(x => x.DueAt < Now);
        Work =
        [
            new Stat("Mes tâches", Shown(mine.Rows.Count), "que j’ai prises", "/taches?liste=miennes"),
            new Stat("À prendre", Shown(free.Rows.Count), late == 0 ? "aucune en retard" : $"{Fr.Plural(late, "tâche")} en retard", "/taches?liste=a-prendre"),
            new Stat("Incidents", Fr.Number(blocked), blocked == 0 ? "toutes les procédures avancent" : "procédures arrêtées", "/instances?etat=Incident"),
        ];
        var since = Fr.InParis(Now).AddDays(-PageTimeDays);
        Metrics = Board.Metrics(PageTime.Share(await database.PageTimes.AsNoTracking().Where(x => x.Day > since).ToListAsync(cancellationToken), PageTimeMilliseconds));
    }

    /// <summary>Briefing, alerts and figures alone: what an open page asks for when something has changed.</summary>
    public async Task<IActionResult> OnGetChiffresAsync(CancellationToken cancellationToken)
    {
        await ReadBoardAsync(cancellationToken);
        return Partial("_Chiffres", Board);
    }

    private async Task ReadBoardAsync(CancellationToken cancellationToken)
    {
        var names = await database.Opcos.AsNoTracking().ToDictionaryAsync(x => x.Slug, x => x.Name, cancellationToken);
        Board = new Board(await figures.GetAsync(cancellationToken), names, await rules.AllAsync(cancellationToken));
    }

    private static string Shown(int count) => count >= Limit ? $"{Limit}+" : Fr.Number(count);
}
