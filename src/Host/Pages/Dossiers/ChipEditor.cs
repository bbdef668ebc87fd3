using System.Globalization;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>For <c>_Puce</c>: the form of one chip, new (<paramref name="Condition"/> null) or to be changed.</summary>
public sealed record ChipEditor(ListState State, DossierField Field, DossierCondition? Condition, ListNames Names)
{
    public string Id { get; } = "p" + Guid.NewGuid().ToString("N")[..6];

    public string Operator => DossierCondition.Code(Condition?.Operator ?? Field.Operators[0]);

    public bool Has(string value) => Condition?.Values.Contains(value) == true;

    /// <summary>The single value, as people write it.</summary>
    public string Value => Condition is { Operator: not FilterOperator.Entre, Values: [var value, ..] } ? Shown(value) : "";

    public string From => Condition is { Operator: FilterOperator.Entre, Values: [var value, ..] } ? Shown(value.Split("..")[0]) : "";

    public string To => Condition is { Operator: FilterOperator.Entre, Values: [var value, ..] } ? Shown(value.Split("..")[1]) : "";

    /// <summary>Values to tick, where there is a list.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices => Field.Kind switch
    {
        FieldKind.Choice => [.. Field.Choices.Select(x => (x.Code, x.Label))],
        FieldKind.Opco => [.. Names.Opcos.Select(x => (x.Slug, x.Name))],
        FieldKind.Person => [("moi", "moi"), .. Names.People.Select(x => (x.Id.ToString(), x.Name))],
        FieldKind.Company => [.. Names.Companies.Select(x => (x.Key.ToString(), x.Value))],
        _ => [],
    };

    public bool IsDay => Field.Kind is FieldKind.Date or FieldKind.Moment;

    /// <summary>Ready-made chips of this field: one click each.</summary>
    public IReadOnlyList<(string Filter, string Label)> Presets => Field.Key switch
    {
        "demande" or "accorde" => [($"{Field.Key}:inf:5000", "< 5 000 €"), ($"{Field.Key}:entre:5000..15000", "5 000 à 15 000 €"), ($"{Field.Key}:sup:15000", "> 15 000 €")],
        "duree" => [("duree:sup:7", "plus de 7 jours"), ("duree:sup:21", "plus de 21 jours"), ("duree:sup:60", "plus de 60 jours")],
        "delai" => [("delai:inf:0", "dépassé"), ("delai:entre:0..7", "7 jours ou moins"), ("delai:entre:0..30", "30 jours ou moins")],
        _ when IsDay => [.. new[] { "aujourdhui", "semaine", "mois", "annee", "7j", "30j" }.Select(x => ($"{Field.Key}:est:{x}", Periods.Label(x)))],
        _ => [],
    };

    /// <summary>The address with a ready-made chip in the place of this one.</summary>
    public string UrlWith(string filter)
    {
        var others = State.Query.Conditions.Where(x => x != Condition).ToList();
        return State.Url(State.Query with { Conditions = [.. others, DossierQuery.ParseCondition(filter)!] });
    }

    private string Shown(string value) => Field.Kind == FieldKind.Amount ? value.Replace('.', ',') : IsDay && value.Length == 10 && DateOnly.TryParse(value, CultureInfo.InvariantCulture, out _) ? value : value;
}
