using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Documents;

/// <summary>
/// Legal mentions and standard wording of documents, each with its dates of validity and its source: <c>Data/Reference/textes.json</c>.
/// A text for the kind of dossier wins over one for all kinds; among those valid on the day, the one that began last.
/// </summary>
public static class DatedTexts
{
    private static readonly Lazy<ILookup<string, Entry>> All = new(Read);

    /// <param name="code">e.g. <c>mentions.tva.Exonere</c>.</param>
    /// <param name="kind">Kind of the dossier.</param>
    /// <param name="on">Day whose wording is wanted.</param>
    /// <exception cref="RuleBrokenException">No text of this code is valid on that day.</exception>
    public static JsonNode Value(string code, DossierKind kind, DateOnly on) => All.Value[code]
        .Where(x => (x.Kind is null || x.Kind == kind) && (x.From is null || x.From <= on) && (x.Until is null || x.Until >= on))
        .OrderByDescending(x => x.Kind is not null)
        .ThenByDescending(x => x.From ?? DateOnly.MinValue)
        .Select(x => x.Value.DeepClone())
        .FirstOrDefault() ?? throw new RuleBrokenException("text-missing", $"Aucun texte « {code} » n'est valable le {Fr.Date(on)}.");

    public static string Text(string code, DossierKind kind, DateOnly on) => Value(code, kind, on).GetValue<string>();

    private static ILookup<string, Entry> Read()
    {
        using var stream = typeof(DatedTexts).Assembly.GetManifestResourceStream("MonOPCO.Domain.Data.Reference.textes.json")!;
        return JsonSerializer.Deserialize<Entry[]>(stream, Options)!.ToLookup(x => x.Code, StringComparer.Ordinal);
    }

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    private sealed record Entry(string Code, DossierKind? Kind, DateOnly? From, DateOnly? Until, JsonNode Value, string Source);
}
