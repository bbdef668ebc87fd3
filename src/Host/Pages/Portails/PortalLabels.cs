using System.Text.RegularExpressions;

namespace MonOPCO.Host.Pages.Portails;

/// <summary>French names of the data typed into portals (<c>portals/README.md</c>), in the order in which portals usually ask for them.</summary>
public static partial class PortalLabels
{
    private static readonly (string Path, string Label)[] Known =
    [
        ("entreprise.siret", "SIRET"), ("entreprise.raisonSociale", "Raison sociale"), ("entreprise.idcc", "Convention collective (IDCC)"), ("entreprise.effectif", "Effectif"), ("entreprise.tranche", "Tranche d’effectif"),
        ("contact.nom", "Contact"), ("contact.email", "Adresse du contact"), ("contact.telephone", "Téléphone du contact"),
        ("salaries.nom", "Nom"), ("salaries.prenom", "Prénom"), ("salaries.dateNaissance", "Date de naissance"), ("salaries.poste", "Poste"), ("salaries.contrat", "Contrat"), ("salaries.categorie", "Catégorie"),
        ("action.type", "Type d’action"), ("action.intitule", "Intitulé"), ("action.objectifs", "Objectifs"), ("action.dateDebut", "Date de début"), ("action.dateFin", "Date de fin"),
        ("action.heures", "Durée en heures"), ("action.modalite", "Modalité"), ("action.coutHt", "Coût pédagogique HT"),
        ("organisme.nda", "Numéro de déclaration d’activité (NDA)"), ("organisme.nom", "Organisme de formation"), ("reference", "Votre référence"),
    ];

    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["CDI"] = "CDI",
        ["CDD"] = "CDD",
        ["INTERIM"] = "Intérim",
        ["ALTERNANCE"] = "Alternance",
        ["AUTRE"] = "Autre",
        ["OUVRIER"] = "Ouvrier",
        ["EMPLOYE"] = "Employé",
        ["TAM"] = "Technicien ou agent de maîtrise",
        ["CADRE"] = "Cadre",
        ["bilan"] = "Bilan de compétences",
        ["formation"] = "Action de formation",
        ["presentiel"] = "En présentiel",
        ["distanciel"] = "À distance",
        ["mixte"] = "Mixte",
    };

    public static IEnumerable<string> Order => Known.Select(x => x.Path);

    /// <summary>« Nom (salarié 2) » for <c>salaries.1.nom</c>; an unknown path is shown as it is.</summary>
    public static string Of(string path)
    {
        var row = Row().Match(path);
        var bare = row.Success ? path.Remove(row.Index, row.Length - 1) : path;
        var label = Known.FirstOrDefault(x => x.Path == bare).Label ?? path;
        return row.Success ? $"{label} (salarié {int.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) + 1})" : label;
    }

    public static string Section(string path) => path.Split('.')[0] switch
    {
        "entreprise" or "contact" => "Entreprise",
        "salaries" => "Salariés",
        "action" => "Action",
        "organisme" => "Organisme de formation",
        _ => "Références",
    };

    /// <summary>A code of ours in words; anything else as it is.</summary>
    public static string Word(string text) => Codes.GetValueOrDefault(text, text);

    public static string Piece(string file) => file switch
    {
        "devis" => "Devis",
        "programme" => "Programme",
        "convention" => "Convention signée",
        "mandat" => "Mandat de dépôt",
        "liste" => "Liste des stagiaires",
        "qualiopi" => "Certificat Qualiopi",
        _ => file,
    };

    [GeneratedRegex(@"\.(\d+)\.")]
    private static partial Regex Row();
}
