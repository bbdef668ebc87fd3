namespace MonOPCO.Sandbox.Portals;

/// <summary>The one long page of the Constructys portal: other words, other names, dates in three boxes, lists instead of buttons.</summary>
internal static class ConstructysForm
{
    private static readonly FormField Price = new("coutHt", "prix_ht", "prix_ht", "Prix de l'action HT", FieldKind.Amount);

    public static readonly IReadOnlyList<FormStep> Steps = Build(Price);

    public static readonly IReadOnlyList<FormStep> Changed = Build(Price with { Name = "tarif_action", Id = "tarif_action", Label = "Tarif hors taxes" });

    private static FormStep[] Build(FormField price) =>
    [
        new("formulaire", "Saisie de la DPC",
        [
            new("A. Adhérent",
            [
                new("siret", "num_siret", "num_siret", "N° SIRET de l'établissement", FieldKind.Siret),
                new("raisonSociale", "denomination", "denomination", "Dénomination"),
                new("idcc", "code_idcc", "code_idcc", "Convention collective (code IDCC)", FieldKind.Idcc),
                new("effectif", "tranche_effectif", "tranche_effectif", "Tranche d'effectif", FieldKind.Select)
                {
                    Options = [("1-10", "De 1 à 10 salariés"), ("11-49", "De 11 à 49 salariés"), ("50+", "50 salariés et plus")]
                },
                new("contactNom", "correspondant", "correspondant", "Correspondant formation"),
                new("contactEmail", "courriel", "courriel", "Courriel du correspondant", FieldKind.Email)
            ]),
            new("B. Stagiaires",
            [
                new("nom", "st{1}_nom", "st{1}_nom", "Nom de naissance"),
                new("prenom", "st{1}_prenom", "st{1}_prenom", "Prénom usuel"),
                new("dateNaissance", "st{1}_naissance", "st{1}_naissance", "Né(e) le", FieldKind.SplitDate),
                new("poste", "st{1}_fonction", "st{1}_fonction", "Fonction"),
                new("contrat", "st{1}_contrat", "st{1}_contrat", "Nature du contrat", FieldKind.Select) { Options = [("1", "CDI"), ("2", "CDD"), ("3", "Alternance"), ("9", "Autre")] },
                new("categorie", "st{1}_statut", "st{1}_statut", "Statut", FieldKind.Select) { Options = [("O", "Ouvrier"), ("E", "ETAM"), ("C", "Cadre")] }
            ]) { RowTitle = "Stagiaire" },
            new("C. Formation",
            [
                new("type", "nature", "nature", "Nature de l'action", FieldKind.Select) { Options = [("AF", "Action de formation"), ("BC", "Bilan de compétences")] },
                new("intitule", "libelle", "libelle", "Libellé du stage"),
                new("nda", "nda_of", "nda_of", "N° de déclaration de l'organisme", FieldKind.Nda),
                new("organisme", "nom_of", "nom_of", "Organisme de formation"),
                new("dateDebut", "debut", "debut", "Début du stage", FieldKind.SplitDate),
                new("dateFin", "fin", "fin", "Fin du stage", FieldKind.SplitDate),
                new("heures", "nb_heures", "nb_heures", "Nombre d'heures", FieldKind.Hours),
                new("modalite", "modalite_peda", "modalite_peda", "Modalité pédagogique", FieldKind.Select) { Options = [("P", "Présentiel"), ("D", "Distanciel"), ("M", "Mixte")] },
                price
            ]),
            new("D. Documents joints",
            [
                new("devis", "fic_devis", "fic_devis", "Devis de l'organisme", FieldKind.File),
                new("programme", "fic_programme", "fic_programme", "Programme du stage", FieldKind.File),
                new("convention", "fic_convention", "fic_convention", "Convention", FieldKind.File),
                new("mandat", "fic_mandat", "fic_mandat", "Mandat", FieldKind.File) { Required = false },
                new("liste", "fic_liste", "fic_liste", "Liste des stagiaires", FieldKind.File) { Required = false },
                new("qualiopi", "fic_qualiopi", "fic_qualiopi", "Certificat qualité", FieldKind.File) { Required = false },
                new("reference", "ref_interne", "ref_interne", "Référence interne de votre dossier")
            ])
        ])
    ];
}
