namespace MonOPCO.Sandbox.Portals;

/// <summary>The four pages of the Atlas portal; the other OPCOs that have no portal of their own kind use them too.</summary>
internal static class AtlasForm
{
    private static readonly FormField Cost = new("coutHt", "coutHt", "cout-ht", "Coût pédagogique HT (€)", FieldKind.Amount) { Help = "Par exemple 2 400,00" };

    private static readonly FormField ChangedCost = Cost with { Name = "montantGlobal", Id = "montant-global", Label = "Montant global hors taxes de l'action" };

    public static readonly IReadOnlyList<FormStep> Steps = Build([Cost], []);

    // The amount has another name and stands on another page.
    public static readonly IReadOnlyList<FormStep> Changed = Build([], [ChangedCost]);

    private static FormStep[] Build(FormField[] costOnAction, FormField[] costOnPieces) =>
    [
        new("entreprise", "Entreprise",
        [
            new("Votre entreprise",
            [
                new("siret", "siret", "siret", "SIRET", FieldKind.Siret) { Help = "14 chiffres" },
                new("raisonSociale", "raisonSociale", "raison-sociale", "Raison sociale"),
                new("idcc", "idcc", "idcc", "IDCC de la convention collective", FieldKind.Idcc) { Help = "4 chiffres, par exemple 1486" },
                new("effectif", "effectif", "effectif", "Effectif de l'entreprise", FieldKind.Integer)
            ]),
            new("Personne à contacter",
            [
                new("contactNom", "contactNom", "contact-nom", "Nom et prénom du contact"),
                new("contactEmail", "contactEmail", "contact-email", "Adresse e-mail du contact", FieldKind.Email),
                new("contactTelephone", "contactTelephone", "contact-telephone", "Téléphone du contact") { Required = false }
            ])
        ]),
        new("salaries", "Salariés",
        [
            new("Salariés concernés",
            [
                new("nom", "salaries[{0}].nom", "salarie-{1}-nom", "Nom"),
                new("prenom", "salaries[{0}].prenom", "salarie-{1}-prenom", "Prénom"),
                new("dateNaissance", "salaries[{0}].dateNaissance", "salarie-{1}-date-naissance", "Date de naissance", FieldKind.Date) { Help = "jj/mm/aaaa" },
                new("poste", "salaries[{0}].poste", "salarie-{1}-poste", "Emploi occupé"),
                new("contrat", "salaries[{0}].contrat", "salarie-{1}-contrat", "Type de contrat", FieldKind.Select) { Options = [("CDI", "CDI"), ("CDD", "CDD"), ("ALTERNANCE", "Contrat en alternance"), ("INTERIM", "Intérim"), ("AUTRE", "Autre")] },
                new("categorie", "salaries[{0}].categorie", "salarie-{1}-categorie", "Catégorie socioprofessionnelle", FieldKind.Select)
                {
                    Options = [("OUVRIER", "Ouvrier"), ("EMPLOYE", "Employé"), ("TAM", "Technicien ou agent de maîtrise"), ("CADRE", "Cadre")]
                }
            ]) { RowTitle = "Salarié" }
        ]),
        new("action", "Action",
        [
            new("L'action",
            [
                new("type", "typeAction", "type-action", "Type d'action", FieldKind.Radio) { Options = [("FORMATION", "Action de formation"), ("BILAN", "Bilan de compétences")] },
                new("intitule", "intitule", "intitule", "Intitulé de l'action"),
                new("objectifs", "objectifs", "objectifs", "Objectifs", FieldKind.TextArea) { Required = false },
                new("dateDebut", "dateDebut", "date-debut", "Date de début", FieldKind.Date) { Help = "jj/mm/aaaa" },
                new("dateFin", "dateFin", "date-fin", "Date de fin", FieldKind.Date) { Help = "jj/mm/aaaa" },
                new("heures", "dureeHeures", "duree-heures", "Durée en heures", FieldKind.Hours) { Help = "Par exemple 24 ou 17,5" },
                new("modalite", "modalite", "modalite", "Modalité", FieldKind.Radio) { Options = [("PRESENTIEL", "En présentiel"), ("DISTANCIEL", "À distance"), ("MIXTE", "Mixte")] },
                .. costOnAction
            ]),
            new("L'organisme",
            [
                new("nda", "organismeNda", "organisme-nda", "Numéro de déclaration d'activité (NDA)", FieldKind.Nda) { Help = "11 chiffres" },
                new("organisme", "organismeNom", "organisme-nom", "Nom de l'organisme")
            ])
        ]),
        new("pieces", "Pièces",
        [
            new("Pièces justificatives",
            [
                new("devis", "devis", "piece-devis", "Devis", FieldKind.File),
                new("programme", "programme", "piece-programme", "Programme", FieldKind.File),
                new("convention", "convention", "piece-convention", "Convention signée", FieldKind.File),
                new("mandat", "mandat", "piece-mandat", "Mandat de dépôt", FieldKind.File),
                new("liste", "liste", "piece-liste", "Liste des salariés", FieldKind.File),
                new("qualiopi", "qualiopi", "piece-qualiopi", "Certificat Qualiopi", FieldKind.File)
            ]),
            new("Suivi",
            [
                .. costOnPieces,
                new("reference", "votreReference", "votre-reference", "Votre référence") { Help = "Elle vous permettra de retrouver votre demande" }
            ])
        ])
    ];
}
