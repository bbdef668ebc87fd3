using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Two versions of a procedure, told in words. Without choice: the one in force against the latest.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class ComparerModel(ProcedureReads procedures, DefinitionStore definitions, DefinitionComparison comparison) : PageModel
{
    public ProcedureView Procedure { get; private set; } = null!;

    public VersionRow From { get; private set; } = null!;

    public VersionRow To { get; private set; } = null!;

    public IReadOnlyList<Difference> Differences { get; private set; } = [];

    [BindProperty(SupportsGet = true)]
    public int? De { get; set; }

    [BindProperty(SupportsGet = true)]
    public int? A { get; set; }

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return NotFound();
        }

        Procedure = found;
        To = found.Versions.FirstOrDefault(version => version.Version == A) ?? found.Latest;
        From = found.Versions.FirstOrDefault(version => version.Version == De)
            ?? (found.Published is { } published && published.Id != To.Id ? published : found.Versions.FirstOrDefault(version => version.Version < To.Version) ?? found.Versions[^1]);
        if (await definitions.FindAsync(From.Id, cancellationToken) is not { } before || await definitions.FindAsync(To.Id, cancellationToken) is not { } after)
        {
            return NotFound();
        }

        Differences = comparison.Compare(DefinitionDocument.Parse(before), DefinitionDocument.Parse(after));
        return Page();
    }
}
