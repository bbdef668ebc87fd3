using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>All dossiers, as a table, a Kanban or a matrix of the same query. The address is the state of the list.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(DossierList list, ListViews views, KanbanMoves moves, MonOpcoDbContext database, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private const int PageSize = 25;
    private const int CardCount = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public ListState State { get; private set; } = null!;

    public ListedPage Dossiers { get; private set; } = new([], null, null);

    public IReadOnlyList<DossierColumn> Columns { get; private set; } = DossierColumns.Usual;

    public BoundedCount Count { get; private set; }

    public ListNames Names { get; private set; } = new([], [], new Dictionary<Guid, string>());

    public IReadOnlyList<NamedView> Views { get; private set; } = [];

    public IReadOnlyList<KanbanLane> Lanes { get; private set; } = [];

    /// <summary>People of the shown dossiers, for the matrix.</summary>
    public ILookup<Guid, (string Name, string Job)> People { get; private set; } = Array.Empty<(Guid, (string, string))>().ToLookup(x => x.Item1, x => x.Item2);

    /// <summary>The field whose new chip is being written.</summary>
    public DossierField? Added { get; private set; }

    public string? Problem { get; private set; }

    public bool CanWork { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public DateOnly Today => Fr.InParis(Now);

    public ListContext Context => new(Now, User.Id());

    /// <summary>Htmx asks for the list alone; going back in its history asks for the whole page.</summary>
    private bool IsFragment => Request.Headers.ContainsKey("HX-Request") && !Request.Headers.ContainsKey("HX-History-Restore-Request");

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        State = ListState.Read(Request.Query);
        CanWork = (await authorization.AuthorizeAsync(User, Policies.Operators)).Succeeded;
        await next();
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var preference = await views.PreferenceAsync(User.Id(), cancellationToken);
        if (Request.Query.Count == 0 && !IsFragment && preference?.DefaultViewId is { } standard
            && await database.SavedViews.AsNoTracking().FirstOrDefaultAsync(x => x.Id == standard, cancellationToken) is { } view)
        {
            return Redirect(ListViews.UrlOf(view));
        }

        if (Request.Query.ContainsKey("champ"))
        {
            State = State.WithChip(Request.Query, out var problem);
            Problem = problem;
            if (!IsFragment && problem is null)
            {
                return Redirect(State.Url());
            }
        }

        Added = DossierFields.Find(Request.Query["ajout"]);
        await LoadAsync(preference, cancellationToken);
        if (!IsFragment)
        {
            Views = await views.ForAsync(User.Id(), User.Roles(), cancellationToken);
            return Page();
        }

        // Typing changes the current entry of the history, everything else makes a new one.
        Response.Headers[Request.Headers["HX-Trigger-Name"] == "q" ? "HX-Replace-Url" : "HX-Push-Url"] = State.Url(page: State.Page);
        return Partial("_Liste", this);
    }

    /// <summary>The exact number, when somebody wants it.</summary>
    public async Task<IActionResult> OnGetCompteAsync(CancellationToken cancellationToken) =>
        Content(await list.ExactCountAsync(State.Query, Context, Patience, cancellationToken) is { } count ? Fr.Plural(count, "dossier") : "plus de 5 secondes de comptage : ajoutez un filtre", "text/html; charset=utf-8");

    /// <summary>The views with their counters; apart, so that the list does not wait for them.</summary>
    public async Task<IActionResult> OnGetVuesAsync(CancellationToken cancellationToken)
    {
        Views = await views.CountedAsync(await views.ForAsync(User.Id(), User.Roles(), cancellationToken), Context, cancellationToken);
        return Partial("_Vues", this);
    }

    /// <summary>Further cards of one column of the Kanban.</summary>
    public async Task<IActionResult> OnGetColonneAsync(string colonne, CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<KanbanColumn>(colonne, out var column))
        {
            return NotFound();
        }

        return Partial("_Cartes", new KanbanCards(State, await LaneAsync(column, State.Page, counted: false, cancellationToken), Today, CanWork));
    }

    public async Task<IActionResult> OnPostColonnesAsync([FromForm(Name = "colonnes")] string[] chosen, [FromForm] string? retour, CancellationToken cancellationToken)
    {
        await views.SaveColumnsAsync(User.Id(), [.. chosen.Select(DossierColumns.Find).OfType<DossierColumn>().Select(x => x.Key).Distinct()], cancellationToken);
        return Back(retour, "success", "Colonnes enregistrées.");
    }

    public async Task<IActionResult> OnPostVueAsync([FromForm] string? nom, [FromForm] string? role, [FromForm] bool defaut, [FromForm] string? retour, CancellationToken cancellationToken)
    {
        var name = nom?.Trim() ?? "";
        if (name.Length is 0 or > 60)
        {
            return Back(retour, "warning", "Donnez à la vue un nom de 60 caractères au plus.");
        }

        var state = ListState.Read(new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Query(retour)))) with { ViewId = null, Page = null };
        var query = state.Url(path: "") is { Length: > 0 } written ? written : "?vue=table";
        var view = await views.SaveAsync(User.Id(), name, query, string.IsNullOrEmpty(role) ? null : role, defaut, Now, cancellationToken);
        return Back(ListViews.UrlOf(view), "success", $"Vue « {name} » enregistrée.");
    }

    public async Task<IActionResult> OnPostRetirerVueAsync([FromForm] Guid vue, CancellationToken cancellationToken) =>
        await views.RemoveAsync(User.Id(), vue, cancellationToken) ? Back(ListState.Path + "?vue=table", "success", "Vue supprimée.") : NotFound();

    public async Task<IActionResult> OnPostDefautAsync([FromForm] Guid? vue, [FromForm] string? retour, CancellationToken cancellationToken) =>
        await views.SetDefaultAsync(User.Id(), User.Roles(), vue, cancellationToken) ? Back(retour, "success", vue is null ? "La liste s’ouvre de nouveau sur tous les dossiers." : "La liste s’ouvrira sur cette vue.") : NotFound();

    /// <summary>The filing day matters until the request is filed.</summary>
    public StatusLook? DeadlineOf(ListedDossier row) => DeadlineOf(row, Today);

    public static StatusLook? DeadlineOf(ListedDossier row, DateOnly today) => row.FilingDeadline is { } day && row.IsToFile ? StatusLook.Deadline(day, today) : null;

    public static IReadOnlyList<string> StaffRoles { get; } = [.. Roles.All.Except(Roles.Portal)];

    private static string Query(string? url) => url is not null && url.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? url[at..] : "";

    private RedirectResult Back(string? url, string tone, string message)
    {
        this.Flash(tone, message);
        return Redirect(url is not null && (url == ListState.Path || url.StartsWith(ListState.Path + "?", StringComparison.Ordinal)) ? url : ListState.Path);
    }

    private async Task LoadAsync(ListPreference? preference, CancellationToken cancellationToken)
    {
        Columns = State.Columns ?? (preference?.Columns.Select(DossierColumns.Find).OfType<DossierColumn>().ToArray() is { Length: > 0 } own ? own : DossierColumns.Usual);
        Count = await views.CountAsync(State.Query, Context, cancellationToken);
        if (State.Shape == ListShape.Kanban)
        {
            foreach (var column in Enum.GetValues<KanbanColumn>())
            {
                Lanes = [.. Lanes, await LaneAsync(column, null, counted: true, cancellationToken)];
            }
        }
        else
        {
            Dossiers = await list.PageAsync(State.Query, State.Page, PageSize, Context, cancellationToken);
        }

        if (State.Shape == ListShape.Matrice)
        {
            var ids = Dossiers.Rows.Select(x => x.Id).ToArray();
            People = (await database.Beneficiaires.AsNoTracking().Where(x => ids.Contains(x.DossierId)).OrderBy(x => x.Position).Select(x => new { x.DossierId, x.LastName, x.FirstName, x.Job }).ToListAsync(cancellationToken)).ToLookup(x => x.DossierId, x => ($"{x.LastName} {x.FirstName}", x.Job));
        }

        Names = await NamesAsync(cancellationToken);
    }

    private async Task<KanbanLane> LaneAsync(KanbanColumn column, string? page, bool counted, CancellationToken cancellationToken)
    {
        var query = State.Query with { Conditions = [.. State.Query.Conditions, new DossierCondition(DossierFields.Column, FilterOperator.Est, [column.ToString()])] };
        var cards = await list.PageAsync(query, page, CardCount, Context, cancellationToken);
        return new KanbanLane(column, cards, counted ? await views.CountAsync(query, Context, cancellationToken) : default, CanWork ? await moves.ForAsync([.. cards.Rows.Select(x => x.Id)], User.InboxKeys(), cancellationToken) : KanbanMoves.None);
    }

    private async Task<ListNames> NamesAsync(CancellationToken cancellationToken)
    {
        var opcos = await database.Opcos.AsNoTracking().OrderBy(x => x.Name).Select(x => new { x.Slug, x.Name }).ToListAsync(cancellationToken);
        var people = await HouseAsync(database, cancellationToken);
        var ids = State.Query.Conditions.Where(x => x.Field.Kind == FieldKind.Company).SelectMany(x => x.Values).Select(x => Guid.TryParse(x, out var id) ? id : Guid.Empty).Where(x => x != Guid.Empty).ToArray();
        var companies = ids.Length == 0 ? [] : await database.Companies.AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Name, cancellationToken);
        return new ListNames([.. opcos.Select(x => (x.Slug, x.Name))], people, companies);
    }

    /// <summary>The accounts of the house that may answer for a dossier.</summary>
    internal static async Task<IReadOnlyList<(Guid Id, string Name)>> HouseAsync(MonOpcoDbContext database, CancellationToken cancellationToken)
    {
        var roles = await database.Roles.Where(x => StaffRoles.Contains(x.Name!)).Select(x => x.Id).ToArrayAsync(cancellationToken);
        var people = await database.Users.AsNoTracking().Where(x => database.UserRoles.Any(r => r.UserId == x.Id && roles.Contains(r.RoleId))).OrderBy(x => x.DisplayName).Select(x => new { x.Id, x.DisplayName }).Take(300).ToListAsync(cancellationToken);
        return [.. people.Select(x => (x.Id, x.DisplayName))];
    }
}
