using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Rules;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Permissions;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>The dated rules by subject: what holds today, or on a day.</summary>
[Authorize(Policies.RuleReaders)]
public sealed class IndexModel(MonOpcoDbContext database, RuleBook rules, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Sujet { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Opco { get; set; }

    /// <summary>ISO day; unreadable = today.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Au { get; set; }

    public DateOnly On { get; private set; }

    public RuleNames Names { get; private set; } = null!;

    public bool CanEdit { get; private set; }

    public IReadOnlyList<RuleLine> Lines { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        CanEdit = (await authorization.AuthorizeAsync(User, Policies.RuleEditors)).Succeeded;
        await LoadAsync(cancellationToken);
    }

    /// <summary>Every value with its dates, also those past, to come and withdrawn from the list's choice.</summary>
    [Requires(Policies.Exports)]
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var keys = Lines.Select(x => (x.Code, x.Scope, x.Kind)).ToHashSet();
        var values = (await rules.AllAsync(cancellationToken)).Where(x => keys.Contains((x.Code, x.Scope, x.Kind))).OrderBy(x => x.Code, StringComparer.Ordinal).ThenBy(x => x.Scope).ThenBy(x => x.Kind).ThenBy(x => x.ValidFrom);
        return Csv.File(
            ["Sujet", "Règle", "Code", "OPCO", "Action", "Valeur", "Valeur lisible", "Du", "Au", "Date qui la choisit", "Source", "Lien", "Certitude", "Modifiée par", "Le", "Motif"],
            values.Select(x => (Rule: x, Definition: Names.Find(x.Code)!)).Select(x => new[]
            {
                x.Definition.Subject, x.Definition.Label, x.Rule.Code, Names.Opco(x.Rule.Scope), RuleCatalogue.KindLabel(x.Rule.Kind), x.Rule.Value, x.Definition.Show(x.Rule.Value), Fr.Date(x.Rule.ValidFrom),
                x.Rule.ValidTo is { } end ? Fr.Date(end) : "", x.Definition.DateText, x.Rule.Source, x.Rule.SourceUrl ?? "", RuleCatalogue.CertaintyLabel(x.Rule.Certainty), x.Rule.ChangedBy,
                x.Rule.ChangedAt is { } at ? Fr.DateTime(at) : "", x.Rule.Reason,
            }),
            "regles.csv");
    }

    public string CsvUrl() => QueryHelpers.AddQueryString("/regles", new Dictionary<string, string?> { ["handler"] = "Csv", ["recherche"] = Recherche, ["sujet"] = Sujet, ["opco"] = Opco, ["au"] = Au }.Where(x => !string.IsNullOrEmpty(x.Value)));

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Names = await RuleNames.LoadAsync(database, cancellationToken);
        On = DateOnly.TryParseExact(Au, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : Fr.InParis(clock.GetUtcNow());
        var search = Domain.Data.SearchText.Of(Recherche ?? "");
        Lines = [.. (await rules.AllAsync(cancellationToken)).GroupBy(x => (x.Code, x.Scope, x.Kind)).Select(x => (x.Key, Values: x.ToList(), Definition: Names.Find(x.Key.Code))).Where(x => x.Definition is not null)
            .Where(x => (string.IsNullOrEmpty(Sujet) || x.Definition!.Subject == Sujet) && (string.IsNullOrEmpty(Opco) || x.Key.Scope == Opco))
            .Select(x => new RuleLine(x.Key.Code, x.Key.Scope, x.Key.Kind, x.Definition!, x.Values.FirstOrDefault(y => y.ValidFrom <= On && (y.ValidTo is null || y.ValidTo >= On)), x.Values.Where(y => y.ValidFrom > On).MinBy(y => y.ValidFrom)))
            .Where(x => search.Length == 0 || SearchText.Of($"{x.Definition.Label} {x.Definition.Subject} {x.Code} {Names.About(x.Scope, x.Kind)} {x.Now?.Source}").Contains(search, StringComparison.Ordinal))
            .OrderBy(x => x.Definition.Label, StringComparer.CurrentCulture).ThenBy(x => x.Scope != "*").ThenBy(x => Names.About(x.Scope, x.Kind), StringComparer.CurrentCulture)];
    }
}

/// <summary>One rule: what holds on the day, and what comes after.</summary>
public sealed record RuleLine(string Code, string Scope, string Kind, RuleDefinition Definition, Rule? Now, Rule? Next);
