using System.Globalization;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>Names behind the ids and codes of chips.</summary>
public sealed record ListNames(IReadOnlyList<(string Slug, string Name)> Opcos, IReadOnlyList<(Guid Id, string Name)> People, IReadOnlyDictionary<Guid, string> Companies)
{
    public string Of(DossierField field, string value) => field.Kind switch
    {
        FieldKind.Choice => field.Choices.FirstOrDefault(x => x.Code == value)?.Label ?? value,
        FieldKind.Opco => Opcos.FirstOrDefault(x => x.Slug == value).Name ?? value,
        FieldKind.Person => value == "moi" ? "moi" : Guid.TryParse(value, out var id) ? People.FirstOrDefault(x => x.Id == id).Name ?? "un ancien compte" : value,
        FieldKind.Company => Guid.TryParse(value, out var company) ? Companies.GetValueOrDefault(company) ?? "une entreprise inconnue" : $"« {value} »",
        FieldKind.Text => $"« {value} »",
        FieldKind.Amount => decimal.TryParse(value, CultureInfo.InvariantCulture, out var amount) ? Fr.Euros(amount) : value,
        FieldKind.Days => int.TryParse(value, CultureInfo.InvariantCulture, out var days) ? Fr.Plural(days, "jour") : value,
        FieldKind.Date or FieldKind.Moment => Periods.Label(value),
        _ => value,
    };

    /// <summary>« est Déposé ou En instruction ».</summary>
    public string Of(DossierCondition condition)
    {
        var (field, values) = (condition.Field, condition.Values);
        var said = condition.Operator == FilterOperator.Entre
            ? string.Join(" ou ", values.Select(x => x.Split("..")).Select(x => x[0].Length == 0 ? $"jusqu’à {Of(field, x[1])}" : x[1].Length == 0 ? $"à partir de {Of(field, x[0])}" : $"{Of(field, x[0])} et {Of(field, x[1])}"))
            : string.Join(" ou ", values.Select(x => Of(field, x)));
        var range = condition.Operator == FilterOperator.Entre && values.All(x => !x.StartsWith("..", StringComparison.Ordinal) && !x.EndsWith("..", StringComparison.Ordinal));
        return condition.Operator == FilterOperator.Entre && !range ? said : $"{Words(field, condition.Operator)} {said}".TrimEnd();
    }

    public static string Words(DossierField field, FilterOperator filterOperator) => filterOperator switch
    {
        FilterOperator.Est => field.Kind is FieldKind.Amount or FieldKind.Count ? "égal à" : field.Kind is FieldKind.Date or FieldKind.Moment ? "dans" : "est",
        FilterOperator.Pas => "n’est pas",
        FilterOperator.Contient => "contient",
        FilterOperator.Sauf => "ne contient pas",
        FilterOperator.Avant => "avant",
        FilterOperator.Apres => "après",
        FilterOperator.Inf => "moins de",
        FilterOperator.Sup => "plus de",
        FilterOperator.Entre => "entre",
        FilterOperator.Vide => "vide",
        FilterOperator.Rempli => "non vide",
        _ => throw new ArgumentOutOfRangeException(nameof(filterOperator)),
    };

    /// <summary>« 812 », « 1 000+ ».</summary>
    public static string Count(BoundedCount count) => count.IsMore ? $"{Fr.Number(count.Value)}+" : Fr.Number(count.Value);
}
