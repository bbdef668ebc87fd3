using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Pages.Taches;

namespace MonOPCO.Host.Pages.Console;

/// <summary>A count that opens its list.</summary>
public sealed record Stat(string Label, string Count, string Note, string Url);

/// <summary>The staff's home: what waits for me, what is urgent, where the dossiers are.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(Inbox inbox, MonOpcoDbContext database, DossierSearch search, IWorkflowReads instances, NextAction nextAction, TimeProvider clock) : PageModel
{
    private const int Limit = 100;
    private const int SoonDays = 7;

    public NextStep? Next { get; private set; }

    public IReadOnlyList<Stat> Work { get; private set; } = [];

    public IReadOnlyList<Stat> Stages { get; private set; } = [];

    public IReadOnlyList<InboxRow> Urgent { get; private set; } = [];

    public IReadOnlyList<DossierRow> ToFile { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
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
        Stages = await StagesAsync(cancellationToken);
    }

    // Only states in which something is awaited: the paid and closed ones, most of the table, are never counted.
    private async Task<IReadOnlyList<Stat>> StagesAsync(CancellationToken cancellationToken)
    {
        (DossierState State, string Note)[] shown =
        [
            (DossierState.Brouillon, "demandes à valider"), (DossierState.PiecesManquantes, "compléments ou pièces attendus"), (DossierState.ConventionEnSignature, "signatures attendues"), (DossierState.PretAuDepot, "à déposer ou à confirmer"),
            (DossierState.EnInstruction, "chez l’OPCO"), (DossierState.ComplementDemande, "l’OPCO attend une réponse"), (DossierState.AccordePartiel, "reste à charge à accepter"),
        ];
        var states = shown.Select(x => x.State).ToArray();
        var counts = await database.Dossiers.Where(x => states.Contains(x.State)).GroupBy(x => x.State).Select(x => new { x.Key, Count = x.Count() }).ToDictionaryAsync(x => x.Key, x => x.Count, cancellationToken);
        return [.. shown.Select(x => new Stat(DossierStates.Label(x.State), Fr.Number(counts.GetValueOrDefault(x.State)), x.Note, $"/dossiers?etat={x.State}"))];
    }

    private static string Shown(int count) => count >= Limit ? $"{Limit}+" : Fr.Number(count);
}
