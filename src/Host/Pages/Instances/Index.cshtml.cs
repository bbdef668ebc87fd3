using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Designer;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Instances;

/// <summary>Instances of procedures, newest first; each opens its page, which leads to Studio's viewer.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class IndexModel(DefinitionStore definitions, IWorkflowReads instances, MonOpcoDbContext database) : PageModel
{
    private const int PageSize = 50;

    public static IReadOnlyList<(string Value, string Label)> States { get; } =
        [("EnCours", "En cours"), ("Incident", "Arrêtées par un incident"), ("Terminee", "Terminées"), ("Annulee", "Annulées"), ("Erreur", "En erreur")];

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Etat { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Procedure { get; set; }

    [BindProperty(SupportsGet = true, Name = "p")]
    public int Number { get; set; } = 1;

    public IReadOnlyList<InstanceRow> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Number = Math.Max(1, Number);
        var page = await instances.ListInstancesAsync(await FilterAsync(cancellationToken), cancellationToken);
        var names = (await definitions.ListAsync(null, cancellationToken)).GroupBy(version => version.DefinitionId).ToDictionary(versions => versions.Key, versions => versions.First().Name);
        var ids = page.Items.Select(DossierId).OfType<Guid>().ToArray();
        var dossiers = await database.Set<Dossier>().Where(dossier => ids.Contains(dossier.Id)).Select(dossier => new { dossier.Id, dossier.Numero }).ToDictionaryAsync(dossier => dossier.Id, dossier => dossier.Numero, cancellationToken);
        Rows = [.. page.Items.Select(instance => new InstanceRow(
            instance,
            DossierId(instance) is { } id && dossiers.TryGetValue(id, out var number) ? number : null,
            names.GetValueOrDefault(instance.DefinitionId, instance.DefinitionId)))];
        Pager = new Pager(Number, (page.Total + PageSize - 1) / PageSize, page.Total, "exécution", "exécutions", UrlOf);
    }

    private static Guid? DossierId(WorkflowInstance instance) => Guid.TryParse(instance.CorrelationId, out var id) ? id : null;

    private async Task<InstanceFilter> FilterAsync(CancellationToken cancellationToken)
    {
        var search = Recherche?.Trim();
        var dossier = search is { Length: > 0 }
            ? await database.Set<Dossier>().Where(found => found.Numero == search).Select(found => (Guid?)found.Id).FirstOrDefaultAsync(cancellationToken)
            : null;
        return new InstanceFilter
        {
            DefinitionId = string.IsNullOrEmpty(Procedure) ? null : Procedure,
            CorrelationId = dossier?.ToString("D"),
            Search = dossier is null && search is { Length: > 0 } ? search : null,
            Status = Etat is "EnCours" or "Incident" ? InstanceStatus.Running : null,
            HasIncidents = Etat is "Incident" ? true : null,
            SubStatus = Etat switch { "Terminee" => InstanceSubStatus.Finished, "Annulee" => InstanceSubStatus.Cancelled, "Erreur" => InstanceSubStatus.Faulted, _ => null },
            Skip = (Number - 1) * PageSize,
            Take = PageSize,
        };
    }

    private string UrlOf(int number)
    {
        var query = new Dictionary<string, string?> { ["recherche"] = Recherche, ["etat"] = Etat, ["procedure"] = Procedure, ["p"] = $"{number}" };
        return QueryHelpers.AddQueryString("/instances", query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }
}

/// <summary>One line of the list.</summary>
public sealed class InstanceRow(WorkflowInstance instance, string? dossier, string procedure)
{
    /// <summary>The dossier's number; without dossier the name or the id.</summary>
    public string Subject => dossier ?? (instance.Name is { Length: > 0 } name && name != procedure ? name : $"{instance.Id:D}"[..8]);

    public string Procedure => procedure;

    public int Version => instance.Version;

    public StatusLook State => InstanceLabels.Of(instance);

    /// <summary>Its last step: since then it waits, or is over.</summary>
    public DateTimeOffset Since => instance.FinishedAt ?? instance.UpdatedAt;

    public int Incidents => instance.IncidentCount;

    public string Url => $"/instances/{instance.Id:D}";
}
