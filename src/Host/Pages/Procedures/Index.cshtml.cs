using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>The procedures with their state; a process owner opens one in the designer, the others read it there.</summary>
[Authorize(Policies.Staff)]
public sealed class IndexModel(DefinitionStore definitions, IWorkflowReads instances) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    public IReadOnlyList<ProcedureRow> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var search = Recherche?.Trim() ?? "";
        var rows = new List<ProcedureRow>();
        foreach (var versions in (await definitions.ListAsync(null, cancellationToken)).GroupBy(version => version.DefinitionId))
        {
            var latest = versions.MaxBy(version => version.Version)!;
            if (search.Length > 0 && !latest.Name.Contains(search, StringComparison.CurrentCultureIgnoreCase) && !latest.Description.Contains(search, StringComparison.CurrentCultureIgnoreCase))
            {
                continue;
            }

            var running = await instances.ListInstancesAsync(new InstanceFilter { DefinitionId = latest.DefinitionId, Status = InstanceStatus.Running, Take = 1 }, cancellationToken);
            rows.Add(new ProcedureRow(latest, versions.FirstOrDefault(version => version.IsPublished), running.Total));
        }

        Rows = [.. rows.OrderBy(row => row.Name, StringComparer.CurrentCulture)];
    }
}

/// <summary>One line of the list.</summary>
public sealed class ProcedureRow(DefinitionVersion latest, DefinitionVersion? published, int running)
{
    public string Name => latest.Name;

    public string Description => latest.Description;

    /// <summary>« 3 », or « 4 (3 publiée) » while a draft waits.</summary>
    public string Version => published is null || published.Version == latest.Version ? $"{latest.Version}" : $"{latest.Version} (version {published.Version} publiée)";

    public StatusLook State => (latest, published) switch
    {
        (_, null) => new("Brouillon", "neutral", "pencil"),
        ({ IsPublished: true }, _) => new("Publiée", "success", "circle-check"),
        _ => new("Publiée, brouillon en cours", "warning", "pencil"),
    };

    public int Running => running;

    public DateTimeOffset ChangedAt => latest.UpdatedAt > latest.CreatedAt ? latest.UpdatedAt : latest.CreatedAt;

    public string? ChangedBy => latest.Author;

    public string Url => "/designer/procedures/" + Uri.EscapeDataString(latest.DefinitionId);

    public string InstancesUrl => $"/instances?procedure={Uri.EscapeDataString(latest.DefinitionId)}&etat=EnCours";
}
