using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Activities.OpcoPortals;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Host.Pages.Portails;

/// <summary>A value to carry over: what one reads and what the button copies.</summary>
public sealed record CopyLine(string Label, string Shown, string Copied);

public sealed record CopySection(string Title, IReadOnlyList<CopyLine> Lines);

/// <summary>Everything needed to file by hand with one OPCO.</summary>
public sealed record CopilotSheet
{
    public required Dossier Dossier { get; init; }

    public required Opco Opco { get; init; }

    public FilingWindow? Window { get; init; }

    public StatusLook? Deadline { get; init; }

    /// <summary>True when the order and the words are the portal's own (a script knows it).</summary>
    public required bool InPortalOrder { get; init; }

    public required IReadOnlyList<CopySection> Sections { get; init; }

    public required PackageContent Package { get; init; }
}

/// <summary>The copilote de dépôt: the values of the dossier in the portal's order, for all OPCO.</summary>
public sealed class Copilot(MonOpcoDbContext database, PortalData data, DossierPackage package, RuleBook rules, PortalRunner runner)
{
    /// <summary>Null while the dossier has no OPCO.</summary>
    public async Task<CopilotSheet?> BuildAsync(Dossier dossier, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (dossier.OpcoSlug is not { } slug || await database.Opcos.FindAsync([slug], cancellationToken) is not { } opco)
        {
            return null;
        }

        var values = await data.BuildAsync(dossier.Id, cancellationToken);
        var window = await rules.FilingWindowAsync(slug, dossier.StartDate, cancellationToken);
        var script = runner.ScriptOf(slug) is { } name ? runner.Scripts[name] : null;
        return new CopilotSheet
        {
            Dossier = dossier,
            Opco = opco,
            Window = window,
            Deadline = window is null || dossier.FiledAt is not null ? null : StatusLook.Deadline(window.Last, Fr.InParis(now)),
            InPortalOrder = script is not null,
            Sections = script is null ? Generic(values) : OfScript(script, values),
            Package = await package.ContentAsync(dossier.Id, cancellationToken),
        };
    }

    private static List<CopySection> OfScript(PortalScript script, JsonObject values) =>
        [.. PortalSheet.Lines(script, JsonSerializer.SerializeToElement(values)).Where(x => x.File is null).GroupBy(x => x.Section)
            .Select(group => new CopySection(group.Key, [.. group.Select(x => new CopyLine(x.Label ?? PortalLabels.Of(x.Path), Shown(x.Path, x.Text), x.Text))]))];

    /// <summary>Without script: the order in which portals usually ask, dates and amounts as French forms take them.</summary>
    private static List<CopySection> Generic(JsonObject values)
    {
        var order = PortalLabels.Order.Select((path, position) => (path, position)).ToDictionary(x => x.path, x => x.position, StringComparer.Ordinal);
        return [.. PortalValuesTree.Leaves(values).Where(x => order.ContainsKey(PortalValuesTree.Bare(x.Path)))
            .GroupBy(x => PortalLabels.Section(x.Path))
            .Select(group => new CopySection(group.Key, [.. group.Select(x => (x.Path, Text: Format(x.Value))).Where(x => x.Text.Length > 0).Select(x => new CopyLine(PortalLabels.Of(x.Path), Shown(x.Path, x.Text), x.Text))]))
            .OrderBy(x => x.Title switch { "Entreprise" => 0, "Salariés" => 1, "Action" => 2, "Organisme de formation" => 3, _ => 4 })];
    }

    private static string Format(JsonNode? value)
    {
        var text = value?.ToString() ?? "";
        if (value?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return number.ToString("0.##", CultureInfo.GetCultureInfo("fr-FR"));
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Fr.Date(date) : PortalLabels.Word(text);
    }

    private static string Shown(string path, string text) => path == "entreprise.siret" ? Fr.Siret(text)
        : path == "action.coutHt" && Fr.TryAmount(text, out var amount) ? Fr.Euros(amount) : text;
}
