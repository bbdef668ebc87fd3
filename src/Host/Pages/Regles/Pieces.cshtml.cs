using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>Which documents each OPCO wants, for an action that begins on a day.</summary>
[Authorize(Policies.RuleReaders)]
public sealed class PiecesModel(MonOpcoDbContext database, RuleBook rules, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Au { get; set; }

    public DateOnly On { get; private set; }

    public DossierKind Kind { get; private set; }

    public bool CanEdit { get; private set; }

    public RuleNames Names { get; private set; } = null!;

    /// <summary>By OPCO and document: the value, and whether the OPCO has its own.</summary>
    public IReadOnlyDictionary<(string Opco, string Document), Rule?> Cells { get; private set; } = new Dictionary<(string, string), Rule?>();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        CanEdit = (await authorization.AuthorizeAsync(User, Policies.RuleEditors)).Succeeded;
        Names = await RuleNames.LoadAsync(database, cancellationToken);
        On = DateOnly.TryParseExact(Au, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : Fr.InParis(clock.GetUtcNow());
        Kind = Type == "formation" ? DossierKind.Formation : DossierKind.Bilan;
        var cells = new Dictionary<(string, string), Rule?>();
        foreach (var opco in Names.Opcos.Keys)
        {
            foreach (var document in Names.Documents.Keys)
            {
                cells[(opco, document)] = await rules.FindAsync(RuleCodes.RequiredDocument + document, On, cancellationToken, opco, Kind);
            }
        }

        Cells = cells;
    }
}
