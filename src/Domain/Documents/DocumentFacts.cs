using System.Globalization;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Documents;

/// <summary>The values of a dossier that its documents print. Stored with each generated document and compared before filing: hours, cost, dates and people must agree everywhere.</summary>
public static class DocumentFacts
{
    /// <summary>The dossier's <see cref="Dossier.Beneficiaires"/> must be loaded.</summary>
    public static JsonObject Of(Dossier dossier) => new()
    {
        ["title"] = dossier.Title,
        ["hours"] = dossier.Hours,
        ["costHt"] = dossier.CostHt,
        ["startDate"] = dossier.StartDate.ToString("O", CultureInfo.InvariantCulture),
        ["endDate"] = dossier.EndDate.ToString("O", CultureInfo.InvariantCulture),
        ["people"] = new JsonArray([.. dossier.Beneficiaires.Select(x => $"{x.LastName}|{x.FirstName}|{x.BirthDate:O}").Order(StringComparer.Ordinal).Select(x => JsonValue.Create(x))]),
    };

    /// <summary>French names of the values in <paramref name="printed"/> that differ from <paramref name="current"/>.</summary>
    public static IReadOnlyList<string> Differences(JsonObject printed, JsonObject current) => [.. Changes(printed, current).Select(x => x.Label)];

    /// <summary>The same with both values as people read them.</summary>
    public static IReadOnlyList<PrintedChange> Changes(JsonObject printed, JsonObject current) =>
        [.. current.Where(x => printed.ContainsKey(x.Key) && !Same(printed[x.Key], x.Value)).Select(x => new PrintedChange(Label(x.Key), Text(x.Key, printed[x.Key]), Text(x.Key, x.Value)))];

    private static string Text(string key, JsonNode? value) => (key, Normal(value)) switch
    {
        ("hours", JsonValue hours) => Fr.Hours(hours.GetValue<decimal>()),
        ("costHt", JsonValue cost) => Fr.Euros(cost.GetValue<decimal>()),
        ("startDate" or "endDate", JsonValue date) => Fr.Date(DateOnly.Parse(date.GetValue<string>(), CultureInfo.InvariantCulture)),
        ("people", JsonArray people) => string.Join(" ; ", people.Select(x => x!.GetValue<string>().Split('|')).Select(x => $"{x[1]} {x[0]}, né(e) le {Fr.Date(DateOnly.Parse(x[2], CultureInfo.InvariantCulture))}")),
        (_, var other) => other?.ToString() ?? "",
    };

    // Numbers are compared as numbers: 24 and 24.00 are the same hours.
    private static bool Same(JsonNode? a, JsonNode? b) =>
        a is JsonValue x && b is JsonValue y && Decimal(x) is { } p && Decimal(y) is { } q ? p == q : JsonNode.DeepEquals(Normal(a), Normal(b));

    private static JsonNode? Normal(JsonNode? node) => node is null ? null : JsonNode.Parse(node.ToJsonString());

    private static decimal? Decimal(JsonValue value) => JsonNode.Parse(value.ToJsonString()) is JsonValue parsed && parsed.TryGetValue<decimal>(out var number) ? number : null;

    private static string Label(string key) => key switch
    {
        "title" => "intitulé",
        "hours" => "durée",
        "costHt" => "coût",
        "startDate" => "date de début",
        "endDate" => "date de fin",
        "people" => "personnes",
        _ => key,
    };
}
