using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Data;

/// <summary>Lists of the product: document types, refusal motives, what can be asked for, demonstration training bodies.</summary>
internal static class ReferenceSeed
{
    private const long Megabyte = 1024 * 1024;
    private static readonly string[] Pdf = [FileSniffer.Pdf];
    private static readonly string[] Scans = [FileSniffer.Pdf, FileSniffer.Png, FileSniffer.Jpeg];
    private static readonly string[] Papers = [FileSniffer.Pdf, FileSniffer.Png, FileSniffer.Jpeg, FileSniffer.Docx];

    internal static IEnumerable<DocumentType> DocumentTypes =>
    [
        Outgoing(Documents.DocumentTypes.Devis, "Devis", 1, "Devis", SignatureLevel.Simple, "contrat"),
        Outgoing(Documents.DocumentTypes.Programme, "Programme", 2, "Programme", SignatureLevel.None, "formation"),
        Outgoing(Documents.DocumentTypes.Convention, "Convention", 3, "Convention", SignatureLevel.Simple, "contrat"),
        Outgoing(Documents.DocumentTypes.Mandat, "Mandat de dépôt", 4, "Mandat", SignatureLevel.Simple, "contrat"),
        Outgoing(Documents.DocumentTypes.ListeStagiaires, "Liste des stagiaires", 5, "Liste_stagiaires", SignatureLevel.None, "formation"),
        Outgoing(Documents.DocumentTypes.Qualiopi, "Certificat Qualiopi", 6, "Certificat_Qualiopi", SignatureLevel.None, "organisme"),
        Outgoing(Documents.DocumentTypes.Calendrier, "Calendrier des séances", 7, "Calendrier", SignatureLevel.None, "formation"),
        Outgoing(Documents.DocumentTypes.Rib, "RIB", 8, "RIB", SignatureLevel.None, "comptable"),
        new() { Code = Documents.DocumentTypes.Piece, Label = "Pièce complémentaire", RetentionClass = "formation", MaxBytes = 10 * Megabyte, AllowedMimes = Papers, Uploadable = true },
        new() { Code = Documents.DocumentTypes.PreuveSignature, Label = "Dossier de preuve de signature", RetentionClass = "contrat", MaxBytes = 10 * Megabyte, AllowedMimes = Pdf },
        new() { Code = Documents.DocumentTypes.Paquet, Label = "Paquet envoyé à l’OPCO", RetentionClass = "formation", MaxBytes = 60 * Megabyte, AllowedMimes = [FileSniffer.Zip] },
        new() { Code = Documents.DocumentTypes.AccuseDepot, Label = "Accusé de dépôt", RetentionClass = "formation", MaxBytes = 10 * Megabyte, AllowedMimes = Scans, Uploadable = true },
        new() { Code = Documents.DocumentTypes.CaptureEcran, Label = "Capture d’écran du portail", RetentionClass = "journal", MaxBytes = 10 * Megabyte, AllowedMimes = [FileSniffer.Png, FileSniffer.Jpeg] },
        new() { Code = Documents.DocumentTypes.Accord, Label = "Accord de prise en charge", RetentionClass = "formation", MaxBytes = 10 * Megabyte, AllowedMimes = Scans, Uploadable = true },
        new() { Code = Documents.DocumentTypes.Refus, Label = "Décision de refus", RetentionClass = "formation", MaxBytes = 10 * Megabyte, AllowedMimes = Scans, Uploadable = true },
        new() { Code = Documents.DocumentTypes.CertificatRealisation, Label = "Certificat de réalisation", RetentionClass = "certificat", MaxBytes = 10 * Megabyte, AllowedMimes = Pdf },
        new() { Code = Documents.DocumentTypes.Emargement, Label = "Feuille d’émargement", RetentionClass = "formation", MaxBytes = 10 * Megabyte, AllowedMimes = Scans, Uploadable = true },
        new() { Code = Documents.DocumentTypes.Facture, Label = "Facture", RetentionClass = "comptable", MaxBytes = 10 * Megabyte, AllowedMimes = Pdf, Uploadable = true },
        new() { Code = Documents.DocumentTypes.Synthese, Label = "Document de synthèse du bilan", Confidential = true, RetentionClass = "bilan-synthese", MaxBytes = 10 * Megabyte, AllowedMimes = Papers, Uploadable = true },
        new() { Code = Documents.DocumentTypes.NotesBilan, Label = "Documents de travail du bilan", Confidential = true, RetentionClass = "bilan-travail", MaxBytes = 10 * Megabyte, AllowedMimes = Papers, Uploadable = true },
        new() { Code = Documents.DocumentTypes.CertificatDestruction, Label = "Certificat de destruction", RetentionClass = "contrat", MaxBytes = 10 * Megabyte, AllowedMimes = Pdf },
    ];

    internal static IEnumerable<RefusalReason> RefusalReasons =>
    [
        Refusal(1, "depot-tardif", "Dépôt tardif", Remedy.Resubmit, "Décalez le début de la formation et déposez une nouvelle demande dans les délais de l’OPCO."),
        Refusal(2, "deja-commencee", "Formation déjà commencée", Remedy.SelfFunding, "Une action commencée n’est plus finançable : l’entreprise peut la payer elle-même ou prévoir une nouvelle session."),
        Refusal(3, "incomplet", "Dossier incomplet", Remedy.Resubmit, "Complétez les pièces manquantes et déposez de nouveau la demande."),
        Refusal(4, "incoherent", "Heures, dates ou montants contradictoires", Remedy.Resubmit, "Corrigez les pièces pour qu’elles portent les mêmes valeurs, puis déposez de nouveau."),
        Refusal(5, "mauvais-opco", "SIRET ou OPCO erroné", Remedy.Resubmit, "Vérifiez l’établissement et sa convention collective, puis déposez auprès du bon OPCO."),
        Refusal(6, "contributions", "Contributions non payées", Remedy.Resubmit, "Régularisez les contributions auprès de l’URSSAF ou de l’OPCO, puis déposez de nouveau."),
        Refusal(7, "effectif", "Entreprise de 50 salariés ou plus", Remedy.SelfFunding, "Les fonds mutualisés sont fermés : financez sur le plan de l’entreprise ou sur une contribution volontaire."),
        Refusal(8, "action-ineligible", "Action hors priorités ou non éligible", Remedy.Appeal, "Précisez les objectifs professionnels et demandez un réexamen, ou choisissez une autre action."),
        Refusal(9, "personne-ineligible", "Personne non éligible", Remedy.SelfFunding, "Un mandataire non salarié ou un stagiaire ne relève pas de l’OPCO : voyez le fonds d’assurance formation dont il dépend."),
        Refusal(10, "qualiopi-nda", "Qualiopi ou NDA manquant, ou mauvaise catégorie", Remedy.Resubmit, "Joignez un certificat valable pour la catégorie de l’action, ou changez d’organisme."),
        Refusal(11, "cout", "Coût au-dessus du plafond ou non détaillé", Remedy.Resubmit, "Détaillez le devis ou acceptez un reste à charge, puis déposez de nouveau."),
        Refusal(12, "enveloppe", "Enveloppe annuelle épuisée", Remedy.SelfFunding, "Reportez le début à l’année suivante ou financez sur les fonds de l’entreprise."),
        Refusal(13, "justificatifs", "Justificatifs de paiement tardifs ou manquants", Remedy.Appeal, "Demandez un réexamen à l’OPCO avec les justificatifs."),
        Refusal(14, "formateur-interne", "Règles du formateur interne non respectées", Remedy.Resubmit, "Faites intervenir un organisme certifié ou justifiez la qualification du formateur."),
        Refusal(99, "autre", "Autre motif", Remedy.Appeal, "Lisez le motif de l’OPCO et demandez conseil à votre interlocuteur."),
    ];

    internal static IEnumerable<ComplementType> ComplementTypes =>
    [
        Field(1, "objectifs", "Objectifs de la formation", "objectives"),
        Field(2, "contenu", "Contenu détaillé", "content"),
        Field(3, "intervenant", "Nom de l’intervenant", "trainerName"),
        Field(4, "dates", "Dates de début et de fin", "dates"),
        Field(5, "heures", "Durée en heures", "hours"),
        Field(6, "cout", "Coût hors taxes", "costHt"),
        Field(7, "modalite", "Modalité : assistance et évaluation à distance", "modalityDetail"),
        Field(8, "effectif", "Effectif légal de l’entreprise", "declaredHeadcount"),
        Field(9, "idcc", "Convention collective (IDCC du bulletin de paie)", "idcc"),
        Field(10, "date-naissance", "Date de naissance d’un bénéficiaire", "birthDate"),
        Field(11, "courriel-professionnel", "Adresse professionnelle d’un bénéficiaire", "email"),
        File(20, "piece-rib", "RIB de l’entreprise", Documents.DocumentTypes.Rib),
        File(21, "piece-calendrier", "Calendrier des séances", Documents.DocumentTypes.Calendrier),
        File(22, "piece-programme", "Programme détaillé", Documents.DocumentTypes.Programme),
        File(23, "piece-autre", "Autre pièce", Documents.DocumentTypes.Piece),
    ];

    /// <summary>Invented identifiers (SIREN 900 000 0xx, NDA 00…): real ones are entered by an administrator.</summary>
    internal static IEnumerable<TrainingBody> TrainingBodies =>
    [
        Body("netz", "Netz Informatique (démonstration)", "90000001900019", "00000000001", ["AF", "BC"], "1 rue de la Démonstration", "Alex Démo"),
        Body("haguenau-formation", "Haguenau Formation (démonstration)", "90000002700012", "00000000002", ["AF"], "2 rue de la Démonstration", "Camille Démo"),
    ];

    private static DocumentType Outgoing(string code, string label, int order, string name, SignatureLevel signature, string retention) => new()
    {
        Code = code,
        Label = label,
        AllowedInPackage = true,
        PackageOrder = order,
        PackageName = name,
        RequiredSignature = signature,
        RetentionClass = retention,
        MaxBytes = 10 * Megabyte,
        AllowedMimes = Pdf,
        Uploadable = signature == SignatureLevel.None,
    };

    private static RefusalReason Refusal(int position, string code, string label, Remedy remedy, string text) => new() { Position = position, Code = code, Label = label, Remedy = remedy, RemedyText = text };

    private static ComplementType Field(int position, string code, string label, string key) => new() { Position = position, Code = code, Label = label, Target = ComplementTarget.Field, Key = key };

    private static ComplementType File(int position, string code, string label, string type) => new() { Position = position, Code = code, Label = label, Target = ComplementTarget.Document, Key = type };

    private static TrainingBody Body(string slug, string name, string siret, string nda, string[] categories, string address, string representative) => new()
    {
        Id = Guid.CreateVersion7(),
        Slug = slug,
        Name = name,
        LegalForm = "SARL",
        Siret = siret,
        Nda = nda,
        NdaRegion = "Grand Est",
        QualiopiNumber = $"DEMO-{slug}",
        QualiopiCertifier = "Certificateur de démonstration",
        QualiopiFrom = new DateOnly(2025, 1, 1),
        QualiopiTo = new DateOnly(2027, 12, 31),
        QualiopiCategories = categories,
        Address = address,
        PostalCode = "67500",
        City = "Haguenau",
        Email = $"{slug}@exemple.test",
        Phone = "03 00 00 00 00",
        Website = "https://exemple.test",
        VatStatus = VatStatus.Exonere,
        RepresentativeName = representative,
        RepresentativeRole = "Gérance",
        RepresentativeEmail = $"direction.{slug}@exemple.test",
        HandicapContact = $"handicap.{slug}@exemple.test",
        IsFictitious = true,
    };
}
