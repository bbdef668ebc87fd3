using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>« Who uses this template, form, field, activity, procedure? »: procedure, version, step and input.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class UtilisationsModel(DefinitionUsage usage) : PageModel
{
    private const int Limit = 500;

    public static IReadOnlyList<(string Value, string Label, UsageKind Kind)> Kinds { get; } =
    [
        ("texte", "Un champ, un code, un mot", UsageKind.Text), ("modele", "Un modèle", UsageKind.Template),
        ("activite", "Une activité", UsageKind.Activity), ("procedure", "Une procédure", UsageKind.Procedure),
    ];

    [BindProperty(SupportsGet = true)]
    public string? Genre { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Valeur { get; set; }

    public IReadOnlyList<Use>? Uses { get; private set; }

    public int Total { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Valeur?.Trim() is { Length: > 0 and <= 200 } text)
        {
            var found = await usage.FindAsync(Kinds.FirstOrDefault(kind => kind.Value == Genre, Kinds[0]).Kind, text, cancellationToken);
            (Uses, Total) = ([.. found.Take(Limit)], found.Count);
        }
    }
}
