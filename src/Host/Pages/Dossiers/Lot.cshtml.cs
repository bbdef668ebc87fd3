using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Bulk;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>One act on many dossiers: what exactly, on whom it works and on whom not and why; then off it goes.</summary>
[Authorize(Policies.Operators)]
public sealed class LotModel(BulkRuns runs, BulkActs acts, BulkRunner runner, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Action { get; set; }

    [BindProperty]
    public Guid[] Ids { get; set; } = [];

    /// <summary>Everything that the list shows, not only what is ticked.</summary>
    [BindProperty]
    public bool Tout { get; set; }

    /// <summary>The list one comes from.</summary>
    [BindProperty]
    public string? Retour { get; set; }

    /// <summary>The row whose « Relancer » was pressed.</summary>
    [BindProperty]
    public Guid? Relancer { get; set; }

    [BindProperty]
    public string? Responsable { get; set; }

    [BindProperty]
    public string? Modele { get; set; }

    [BindProperty]
    public string? Issue { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public BulkKind Kind { get; private set; }

    public IReadOnlyList<Guid> Selected { get; private set; } = [];

    /// <summary>Null until the act is described whole.</summary>
    public IReadOnlyList<BulkCheck>? Checks { get; private set; }

    public IReadOnlyDictionary<Guid, string> Numbers { get; private set; } = new Dictionary<Guid, string>();

    public IReadOnlyList<(Guid Id, string Name)> People { get; private set; } = [];

    public IReadOnlyList<(string Outcome, string Task, int Count)> Outcomes { get; private set; } = [];

    public string Title { get; private set; } = "";

    private DateTimeOffset Now { get; } = clock.GetUtcNow();

    private InboxKeys Keys => User.InboxKeys();

    public IActionResult OnGet() => Redirect(ListState.Path);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Relancer is { } one)
        {
            return await RemindAsync(one, cancellationToken);
        }

        if (Action is "xlsx" or "csv")
        {
            var query = ListUrl()[ListState.Path.Length..];
            return Redirect($"/dossiers/export.{Action}" + (Tout || Ids.Length == 0 ? query : QueryHelpers.AddQueryString(query, Ids.Select(x => new KeyValuePair<string, string?>("ids", x.ToString())))));
        }

        return await PrepareAsync(cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostLancerAsync(CancellationToken cancellationToken)
    {
        if (await PrepareAsync(cancellationToken) is { } refused)
        {
            return refused;
        }

        if (Checks is null)
        {
            return Page();
        }

        if (Checks.All(x => x.Refusal is not null))
        {
            this.Flash("warning", "Rien n’a été lancé : aucun de ces dossiers n’est concerné.");
            return Redirect(ListUrl());
        }

        var run = await StartAsync(Kind, Title, Parameters(), Selected, cancellationToken);
        return RedirectToPage("LotSuivi", new { id = run.Id });
    }

    private async Task<IActionResult?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<BulkKind>(Action, out var kind) || !Enum.IsDefined(kind))
        {
            return NotFound();
        }

        Kind = kind;
        var state = ListState.Read(new QueryCollection(QueryHelpers.ParseQuery(ListUrl()[ListState.Path.Length..])));
        Selected = await runs.ResolveAsync(new BulkSelection(Ids, Tout ? state.Query : null), new ListContext(Now, User.Id()), cancellationToken);
        if (Selected.Count == 0)
        {
            this.Flash("warning", "Cochez au moins un dossier, ou « cette vue ».");
            return Redirect(ListUrl());
        }

        if (Selected.Count > BulkSelection.Limit)
        {
            this.Flash("warning", $"Une action groupée porte sur {Fr.Number(BulkSelection.Limit)} dossiers au plus : ajoutez un filtre.");
            return Redirect(ListUrl());
        }

        People = Kind == BulkKind.Responsable ? await IndexModel.HouseAsync(database, cancellationToken) : [];
        Outcomes = Kind == BulkKind.Reponse ? await acts.OutcomesAsync(Selected, Keys, cancellationToken) : [];
        (Title, var described) = Kind switch
        {
            BulkKind.Relance => ("Relance", true),
            BulkKind.Responsable => (Guid.TryParse(Responsable, out var id) ? $"Responsable : {People.FirstOrDefault(x => x.Id == id).Name}" : "Retirer le responsable", Responsable == "personne" || (Guid.TryParse(Responsable, out var known) && People.Any(x => x.Id == known))),
            BulkKind.Courriel => ($"Courriel : {BulkActs.Mails.FirstOrDefault(x => x.Template == Modele).Label}", BulkActs.Mails.Any(x => x.Template == Modele)),
            _ => ($"Réponse : {Issue}", Outcomes.Any(x => x.Outcome == Issue)),
        };
        if (described)
        {
            Checks = await acts.CheckAsync(Kind, Parameters(), Selected, Keys, Now, cancellationToken);
            var shown = Checks.GroupBy(x => x.Refusal).SelectMany(x => x.Take(12)).Select(x => x.DossierId).ToArray();
            Numbers = await database.Dossiers.AsNoTracking().Where(x => shown.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Numero, cancellationToken);
        }

        return null;
    }

    // One row, one click: done at once, and told.
    private async Task<IActionResult> RemindAsync(Guid dossier, CancellationToken cancellationToken)
    {
        if (!await database.Dossiers.AnyAsync(x => x.Id == dossier, cancellationToken))
        {
            return NotFound();
        }

        var run = await StartAsync(BulkKind.Relance, "Relance", [], [dossier], cancellationToken);
        await runner.WorkAsync(run.Id, cancellationToken);
        var item = await database.BulkItems.AsNoTracking().SingleAsync(x => x.RunId == run.Id, cancellationToken);
        this.Flash(item.Status == BulkItemStatus.Done ? "success" : "warning", item.Message ?? "La relance part dans un instant.");
        return Redirect(ListUrl());
    }

    private Task<BulkRun> StartAsync(BulkKind kind, string title, JsonObject parameters, IReadOnlyList<Guid> dossiers, CancellationToken cancellationToken) => runs.CreateAsync(
        new BulkRun { Id = Guid.CreateVersion7(Now), Kind = kind, Title = title, Parameters = parameters, OwnerId = User.Id(), OwnerName = User.ShownName(), CreatedAt = Now }, dossiers, cancellationToken);

    private JsonObject Parameters() => Kind switch
    {
        BulkKind.Responsable => new JsonObject { ["responsable"] = Guid.TryParse(Responsable, out var id) ? id.ToString() : null },
        BulkKind.Courriel => new JsonObject { ["modele"] = Modele },
        BulkKind.Reponse => new JsonObject { ["issue"] = Issue, ["motif"] = Motif?.Trim() },
        _ => [],
    };

    private string ListUrl() => Retour is not null && (Retour == ListState.Path || Retour.StartsWith(ListState.Path + "?", StringComparison.Ordinal)) ? Retour : ListState.Path;
}
