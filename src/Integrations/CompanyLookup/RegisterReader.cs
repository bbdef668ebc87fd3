using System.Globalization;
using System.Text.Json;

namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>
/// Reads the JSON of « Recherche d'entreprises ». Members may be missing or null, but a member of another kind than documented
/// throws <see cref="JsonException"/>: a register that changed its shape must not look like a company without data.
/// </summary>
internal static class RegisterReader
{
    public static JsonElement Results(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array
            ? results
            : throw new JsonException("Le tableau « results » est absent.");

    public static int Total(JsonElement root) =>
        root.TryGetProperty("total_results", out var total) && total.TryGetInt32(out var value) ? value : Results(root).GetArrayLength();

    public static string Siren(JsonElement unit) =>
        Text(unit, "siren") is { Length: 9 } siren ? siren : throw new JsonException("Le champ « siren » est absent.");

    /// <summary>The establishment of the unit that carries this SIRET, or null: the asked one is not always the head office.</summary>
    public static JsonElement? Establishment(JsonElement unit, string siret)
    {
        var headOffice = Member(unit, "siege", JsonValueKind.Object);
        if (headOffice is { } office && Text(office, "siret") == siret)
        {
            // The head office is described in full under "siege"; its line in "matching_etablissements" may be short.
            return office;
        }

        if (Member(unit, "matching_etablissements", JsonValueKind.Array) is { } matching)
        {
            foreach (var candidate in matching.EnumerateArray())
            {
                if (Text(candidate, "siret") == siret)
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    public static CompanyRecord Company(JsonElement unit, JsonElement establishment, Uri source, bool isLive, DateTimeOffset now)
    {
        var complements = Member(unit, "complements", JsonValueKind.Object) ?? default;
        var idcc = List(establishment, "liste_idcc");
        var nda = List(establishment, "liste_id_organisme_formation");
        return new CompanyRecord
        {
            Siren = Siren(unit),
            Siret = Text(establishment, "siret") ?? throw new JsonException("Le champ « siret » est absent."),
            Name = Text(unit, "nom_complet") ?? Text(unit, "nom_raison_sociale") ?? throw new JsonException("Le champ « nom_complet » est absent."),
            Address = Text(establishment, "adresse"),
            PostalCode = Text(establishment, "code_postal"),
            City = Text(establishment, "libelle_commune"),
            Naf = Text(establishment, "activite_principale") ?? Text(unit, "activite_principale"),
            Idcc = [.. (idcc.Count > 0 ? idcc : List(complements, "liste_idcc")).Select(i => i.PadLeft(4, '0')).Distinct()],
            HeadcountBand = Text(unit, "tranche_effectif_salarie") ?? Text(establishment, "tranche_effectif_salarie"),
            HeadcountYear = Year(unit) ?? Year(establishment),
            LegalCategory = Text(unit, "nature_juridique"),
            IsHeadOffice = Flag(establishment, "est_siege") ?? false,
            IsOpen = Text(establishment, "etat_administratif") == "A" && (Text(unit, "etat_administratif") ?? "A") == "A",
            ClosedOn = Date(establishment, "date_fermeture") ?? Date(unit, "date_fermeture"),
            IsTrainingBody = Flag(complements, "est_organisme_formation") ?? false,
            Nda = nda.Count > 0 ? nda : List(complements, "liste_id_organisme_formation"),
            IsQualiopi = Flag(complements, "est_qualiopi") ?? false,
            IsEmployer = (Text(establishment, "caractere_employeur") ?? Text(unit, "caractere_employeur")) switch { "O" => true, "N" => false, _ => null },
            IsPublic = (Text(establishment, "statut_diffusion_etablissement") ?? Text(unit, "statut_diffusion") ?? "O") == "O",
            SourceUrl = source,
            IsLive = isLive,
            FetchedAt = now,
        };
    }

    private static JsonElement? Member(JsonElement owner, string name, JsonValueKind kind)
    {
        if (owner.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        if (owner.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"Un objet était attendu autour de « {name} ».");
        }

        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == kind ? value : throw new JsonException($"Le champ « {name} » n'a pas la forme attendue.");
    }

    private static string? Text(JsonElement owner, string name) =>
        Member(owner, name, JsonValueKind.String)?.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static bool? Flag(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new JsonException($"Le champ « {name} » n'a pas la forme attendue."),
        };
    }

    private static List<string> List(JsonElement owner, string name) =>
        Member(owner, name, JsonValueKind.Array) is { } array
            ? [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())]
            : [];

    private static int? Year(JsonElement owner) =>
        int.TryParse(Text(owner, "annee_tranche_effectif_salarie"), NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null;

    private static DateOnly? Date(JsonElement owner, string name) =>
        Text(owner, name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new JsonException($"Le champ « {name} » n'est pas une date.");
}
