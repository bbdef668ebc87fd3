using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Rules;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>Names of OPCOs and documents, and how rules are shown and addressed.</summary>
public sealed record RuleNames(IReadOnlyDictionary<string, string> Opcos, IReadOnlyDictionary<string, string> Documents)
{
    public static async Task<RuleNames> LoadAsync(MonOpcoDbContext database, CancellationToken cancellationToken) => new(
        await database.Opcos.AsNoTracking().OrderBy(x => x.Name).ToDictionaryAsync(x => x.Slug, x => x.Name, cancellationToken),
        await database.DocumentTypes.AsNoTracking().Where(x => x.AllowedInPackage && !x.Confidential).OrderBy(x => x.PackageOrder).ToDictionaryAsync(x => x.Code, x => x.Label, cancellationToken));

    public RuleDefinition? Find(string code) => RuleCatalogue.Find(code, Documents);

    public string Opco(string scope) => scope == "*" ? "Tous les OPCO" : Opcos.GetValueOrDefault(scope, scope);

    public string About(string scope, string kind) => $"{Opco(scope)}, {RuleCatalogue.KindLabel(kind).ToLowerInvariant()}";

    /// <summary>« * » reads badly in an address.</summary>
    public static string Word(string part) => part == "*" ? "tous" : part;

    public static string Code(string word) => word == "tous" ? "*" : word;

    public static string Url(string code, string scope, string kind) => $"/regles/{Uri.EscapeDataString(code)}/{Uri.EscapeDataString(Word(scope))}/{Word(kind)}";

    public static string Until(DateOnly? day) => day is { } last ? "au " + Fr.Date(last) : "jusqu’à nouvel ordre";

    public static StatusLook Certainty(RuleCertainty certainty) => new(RuleCatalogue.CertaintyLabel(certainty), certainty switch { RuleCertainty.Verified => "success", RuleCertainty.Indicative => "info", _ => "warning" }, certainty switch { RuleCertainty.Verified => "circle-check", RuleCertainty.Indicative => "info-circle", _ => "alert-triangle" });

    public static StatusLook State(Rule rule, DateOnly today) => rule switch
    {
        { WithdrawnAt: not null } => new("Retirée", "neutral", "ban"),
        _ when rule.ValidFrom > today => new("À venir", "waiting", "hourglass"),
        _ when rule.ValidTo < today => new("Passée", "neutral", "history"),
        _ => new("En vigueur", "success", "circle-check"),
    };
}
