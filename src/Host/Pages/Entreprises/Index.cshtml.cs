using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Figures;

namespace MonOPCO.Host.Pages.Entreprises;

/// <summary>The companies by name, or the most active ones. The address is the state of the list.</summary>
[Authorize(Policies.DossiersView)]
public sealed class IndexModel(CompanyDirectory directory, CubeShelf figures, MonOpcoDbContext database) : PageModel
{
    public const int CountLimit = 1000;
    private const int PageSize = 25;

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Opco { get; set; }

    /// <summary><c>nom</c> (usual), <c>actives</c>: those with most dossiers, <c>archivees</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Vue { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Groupe { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public IReadOnlyList<CompanyRow> Rows { get; private set; } = [];

    public string? Next { get; private set; }

    public int Count { get; private set; }

    public IReadOnlyList<Opco> Opcos { get; private set; } = [];

    public string? GroupName { get; private set; }

    public bool ShowsActive => Vue == "actives";

    public bool IsFiltered => !string.IsNullOrWhiteSpace(Recherche) || !string.IsNullOrEmpty(Opco) || Groupe is not null;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Opcos = await database.Opcos.AsNoTracking().OrderBy(x => x.Name).ToListAsync(cancellationToken);
        GroupName = Groupe is { } id ? await database.Set<CompanyGroup>().Where(x => x.Id == id).Select(x => x.Name).FirstOrDefaultAsync(cancellationToken) : null;
        if (ShowsActive)
        {
            Rows = await directory.RowsAsync([.. (await figures.GetAsync(cancellationToken)).MostActive.Select(x => x.CompanyId)], cancellationToken);
            Count = Rows.Count;
            return;
        }

        var filter = new CompanyFilter { Text = Recherche, OpcoSlug = Opco, Archived = Vue == "archivees", GroupId = Groupe };
        var page = await directory.PageAsync(filter, Apres, PageSize, cancellationToken);
        (Rows, Next) = (page.Rows, page.Next);
        Count = await directory.CountAsync(filter, CountLimit, cancellationToken);
    }
}
