using System.Text.Json.Nodes;

namespace MonOPCO.Sandbox.Register;

/// <summary>The answer in the shape of API Recherche d'entreprises.</summary>
internal static class CompanyJson
{
    private const string Masked = "[NON-DIFFUSIBLE]";

    public static JsonObject Page(IReadOnlyList<(Company Company, IReadOnlyList<Establishment> Matching)> found, int page, int perPage) => new()
    {
        ["results"] = new JsonArray([.. found.Skip((page - 1) * perPage).Take(perPage).Select(hit => (JsonNode)Result(hit.Company, hit.Matching))]),
        ["total_results"] = found.Count,
        ["page"] = page,
        ["per_page"] = perPage,
        ["total_pages"] = (found.Count + perPage - 1) / perPage
    };

    private static JsonObject Result(Company c, IReadOnlyList<Establishment> matching) => new()
    {
        ["siren"] = c.Siren,
        ["nom_complet"] = c.Nom,
        ["nom_raison_sociale"] = c.NonDiffusible ? null : c.Nom,
        ["sigle"] = null,
        ["nombre_etablissements"] = 1 + c.Etablissements.Count,
        ["nombre_etablissements_ouverts"] = c.AllEstablishments.Count(e => e.Etat == "A"),
        ["siege"] = Establishment(c, c.HeadOffice),
        ["date_creation"] = "2015-03-01",
        ["date_fermeture"] = c.DateFermeture,
        ["tranche_effectif_salarie"] = c.Tranche,
        ["annee_tranche_effectif_salarie"] = c.Tranche == "NN" ? null : "2024",
        ["categorie_entreprise"] = c.Categorie,
        ["annee_categorie_entreprise"] = c.Categorie is null ? null : "2024",
        ["caractere_employeur"] = c.Tranche == "NN" ? "N" : "O",
        ["activite_principale"] = c.Naf,
        ["section_activite_principale"] = Section(c.Naf),
        ["nature_juridique"] = c.NatureJuridique,
        ["etat_administratif"] = c.Etat,
        ["statut_diffusion"] = c.NonDiffusible ? "P" : "O",
        ["date_mise_a_jour"] = "2026-11-02T08:00:00",
        ["dirigeants"] = new JsonArray([.. c.Dirigeants.Select(d => (JsonNode)new JsonObject
        {
            ["nom"] = d.Nom, ["prenoms"] = d.Prenoms, ["annee_de_naissance"] = null, ["qualite"] = d.Qualite, ["nationalite"] = null, ["type_dirigeant"] = "personne physique"
        })]),
        ["finances"] = null,
        ["complements"] = new JsonObject
        {
            ["collectivite_territoriale"] = null,
            ["convention_collective_renseignee"] = c.AllEstablishments.Any(e => e.Idcc.Count > 0),
            ["liste_idcc"] = List(c.AllEstablishments.SelectMany(e => e.Idcc).Distinct()),
            ["egapro_renseignee"] = false,
            ["est_association"] = c.Association,
            ["est_bio"] = false,
            ["est_entrepreneur_individuel"] = c.NatureJuridique == "1000",
            ["est_ess"] = c.Ess,
            ["est_finess"] = false,
            ["est_organisme_formation"] = c.Nda.Count > 0,
            ["est_qualiopi"] = c.Qualiopi,
            ["liste_id_organisme_formation"] = List(c.Nda),
            ["est_rge"] = false,
            ["est_service_public"] = c.ServicePublic,
            ["est_societe_mission"] = false,
            ["est_uai"] = false,
            ["identifiant_association"] = null
        },
        ["matching_etablissements"] = new JsonArray([.. matching.Select(e => (JsonNode)Establishment(c, e))])
    };

    private static JsonObject Establishment(Company c, Establishment e)
    {
        var (number, kind, street) = Split(e.Adresse);
        return new()
        {
            ["siret"] = e.Siret,
            ["activite_principale"] = e.Naf,
            ["adresse"] = c.NonDiffusible ? Masked : $"{e.Adresse} {e.CodePostal} {e.Commune}",
            ["numero_voie"] = c.NonDiffusible ? Masked : number,
            ["type_voie"] = c.NonDiffusible ? Masked : kind,
            ["libelle_voie"] = c.NonDiffusible ? Masked : street,
            ["code_postal"] = e.CodePostal,
            ["commune"] = e.CodeCommune,
            ["libelle_commune"] = e.Commune,
            ["departement"] = c.Departement,
            ["region"] = c.Region,
            ["epci"] = null,
            ["latitude"] = null,
            ["longitude"] = null,
            ["est_siege"] = e.IsHeadOffice,
            ["ancien_siege"] = false,
            ["etat_administratif"] = e.Etat,
            ["caractere_employeur"] = e.Tranche == "NN" ? "N" : "O",
            ["tranche_effectif_salarie"] = e.Tranche,
            ["annee_tranche_effectif_salarie"] = e.Tranche == "NN" ? null : "2024",
            ["date_creation"] = "2015-03-01",
            ["date_debut_activite"] = "2015-03-01",
            ["date_fermeture"] = e.DateFermeture,
            // The real register says null, not an empty list, when no agreement is declared.
            ["liste_idcc"] = List(e.Idcc),
            ["liste_enseignes"] = null,
            ["liste_id_organisme_formation"] = e.IsHeadOffice ? List(c.Nda) : null,
            ["liste_rge"] = null,
            ["liste_uai"] = null,
            ["liste_finess"] = null,
            ["nom_commercial"] = null,
            ["statut_diffusion_etablissement"] = c.NonDiffusible ? "P" : "O"
        };
    }

    private static JsonArray? List(IEnumerable<string> values) => values.ToList() is { Count: > 0 } list ? new JsonArray([.. list.Select(v => (JsonNode)v)]) : null;

    private static (string? Number, string? Kind, string Street) Split(string address)
    {
        var words = address.Split(' ', 3);
        return words.Length == 3 && char.IsAsciiDigit(words[0][0]) ? (words[0], words[1], words[2]) : (null, null, address);
    }

    // NAF rév. 2: the section letter follows from the division.
    private static string Section(string naf) => int.Parse(naf.AsSpan(0, 2), System.Globalization.CultureInfo.InvariantCulture) switch
    {
        <= 3 => "A",
        <= 9 => "B",
        <= 33 => "C",
        35 => "D",
        <= 39 => "E",
        <= 43 => "F",
        <= 47 => "G",
        <= 53 => "H",
        <= 56 => "I",
        <= 63 => "J",
        <= 66 => "K",
        68 => "L",
        <= 75 => "M",
        <= 82 => "N",
        84 => "O",
        85 => "P",
        <= 88 => "Q",
        <= 93 => "R",
        <= 96 => "S",
        <= 98 => "T",
        _ => "U"
    };
}
