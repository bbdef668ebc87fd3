using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>The procedures with their state; a process owner opens one in the designer, the others read it there. The address is the state of the list.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class IndexModel(ProcedureReads procedures, ProcedureActs acts, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public static IReadOnlyList<(string Value, string Label)> States { get; } =
        [("publiee", "Publiée"), ("brouillon", "Avec un brouillon"), ("programmee", "Publication programmée"), ("a-approuver", "À approuver"), ("non-publiee", "Jamais publiée ou dépubliée")];

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Etat { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Etiquette { get; set; }

    [BindProperty]
    [Required(ErrorMessage = "Donnez un nom à la procédure.")]
    [StringLength(120)]
    [Display(Name = "Nom")]
    public string? Nom { get; set; }

    [BindProperty]
    [StringLength(400)]
    [Display(Name = "À quoi sert-elle ?")]
    public string? Description { get; set; }

    public IReadOnlyList<ProcedureView> Rows { get; private set; } = [];

    public IReadOnlyList<string> Labels { get; private set; } = [];

    public int Awaiting { get; private set; }

    public bool MayEdit { get; private set; }

    public bool MayPublish { get; private set; }

    public bool IsFiltered => new[] { Recherche, Etat, Etiquette }.Any(text => !string.IsNullOrWhiteSpace(text));

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <summary>A new procedure, opened in the designer.</summary>
    public async Task<IActionResult> OnPostCreerAsync(CancellationToken cancellationToken)
    {
        if (!(await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded)
        {
            return Forbid();
        }

        if (!ModelState.IsValid)
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        var created = await acts.CreateAsync(Nom!, Description ?? "", User.Change(clock.GetUtcNow()), cancellationToken);
        return Redirect(ProcedureLook.EditorUrl(created.DefinitionId));
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        MayEdit = (await authorization.AuthorizeAsync(User, Policies.ProceduresEdit)).Succeeded;
        MayPublish = (await authorization.AuthorizeAsync(User, Policies.ProceduresPublish)).Succeeded;
        var all = await procedures.ListAsync(cancellationToken);
        Awaiting = all.Count(row => row.Awaiting is not null);
        Labels = [.. all.SelectMany(row => row.Labels).Distinct(StringComparer.CurrentCultureIgnoreCase).Order(StringComparer.CurrentCulture)];
        var search = Recherche?.Trim() ?? "";
        Rows =
        [
            .. all.Where(row => search.Length == 0 || new[] { row.Latest.Name, row.Latest.Description, row.DefinitionId }.Concat(row.Labels).Any(text => text.Contains(search, StringComparison.CurrentCultureIgnoreCase)))
                .Where(row => string.IsNullOrEmpty(Etiquette) || row.Labels.Contains(Etiquette, StringComparer.CurrentCultureIgnoreCase))
                .Where(row => Etat switch
                {
                    "publiee" => row.Published is not null,
                    "brouillon" => row.Latest.IsDraft,
                    "programmee" => row.Scheduled is not null,
                    "a-approuver" => row.Awaiting is not null,
                    "non-publiee" => row.Published is null,
                    _ => true,
                })
                .OrderBy(row => row.Latest.Name, StringComparer.CurrentCulture),
        ];
    }
}
