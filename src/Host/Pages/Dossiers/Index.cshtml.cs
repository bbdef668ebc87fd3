using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>All dossiers; the address is the state of the list.</summary>
[Authorize(Policies.DossiersView)]
public sealed class IndexModel(DossierSearch search, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    private const int PageSize = 25;

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    /// <summary>A group of the seeds (« Envoyé »).</summary>
    [BindProperty(SupportsGet = true)]
    public string? Groupe { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Etat { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Opco { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    /// <summary>In the same state for at least so many days.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Depuis { get; set; }

    /// <summary>Not yet filed, and to be filed within so many days.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Depot { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Ordre { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public DossierPage Dossiers { get; private set; } = new([], null);

    public IReadOnlyList<(string Slug, string Name)> Opcos { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public DateOnly Today => Fr.InParis(Now);

    public bool IsFiltered => new[] { Recherche, Groupe, Etat, Opco, Type, Depuis, Depot }.Any(x => !string.IsNullOrWhiteSpace(x));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        // An unreadable filter of a typed address is no filter, rather than an error.
        Opcos = [.. (await database.Opcos.AsNoTracking().OrderBy(x => x.Name).Select(x => new { x.Slug, x.Name }).ToListAsync(cancellationToken)).Select(x => (x.Slug, x.Name))];
        var filter = new DossierFilter
        {
            Text = Recherche,
            Group = Read<DossierGroup>(Groupe),
            State = Read<DossierState>(Etat),
            OpcoSlug = Opcos.Any(x => x.Slug == Opco) ? Opco : null,
            Kind = Read<DossierKind>(Type),
            DaysInState = int.TryParse(Depuis, out var days) && days is > 0 and < 10000 ? days : null,
            ToFileBefore = int.TryParse(Depot, out var within) && within is >= 0 and < 1000 ? Today.AddDays(within) : null,
            OldestFirst = Ordre == "anciens",
        };
        Dossiers = await search.PageAsync(filter, Apres, PageSize, Now, cancellationToken);
    }

    /// <summary>The same list with one thing changed; paging starts again.</summary>
    public string UrlWith(string name, string? value)
    {
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["recherche"] = Recherche,
            ["groupe"] = Groupe,
            ["etat"] = Etat,
            ["opco"] = Opco,
            ["type"] = Type,
            ["depuis"] = Depuis,
            ["depot"] = Depot,
            ["ordre"] = Ordre,
            ["apres"] = null,
        };
        query[name] = value;
        return QueryHelpers.AddQueryString("/dossiers", query.Where(x => !string.IsNullOrWhiteSpace(x.Value)));
    }

    /// <summary>The filing day matters until the request is filed.</summary>
    public StatusLook? DeadlineOf(DossierRow row) =>
        row.FilingDeadline is { } day && DossierStates.Group(row.State) == DossierGroup.Brouillon ? StatusLook.Deadline(day, Today) : null;

    private static T? Read<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]) ? value : null;
}
