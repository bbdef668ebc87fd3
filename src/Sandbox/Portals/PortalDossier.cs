namespace MonOPCO.Sandbox.Portals;

/// <summary>A request as a portal received it. Texts are kept as they were typed; amounts and dates also as values.</summary>
public sealed record PortalDossier
{
    /// <summary>Number the portal gave, for instance ATL-2026-000123.</summary>
    public required string PortalRef { get; init; }

    /// <summary>"Votre référence": the number the sender gave.</summary>
    public required string Reference { get; init; }
    public required DateTimeOffset DeposeLe { get; init; }
    public required string Statut { get; init; }
    public required PortalCompany Entreprise { get; init; }
    public required IReadOnlyList<PortalEmployee> Salaries { get; init; }
    public required PortalAction Action { get; init; }
    public required IReadOnlyList<PortalPiece> Pieces { get; init; }
    public PortalComplement? Complement { get; init; }
    public PortalDecision? Decision { get; init; }
    public IReadOnlyList<PortalEvent> Messages { get; init; } = [];
}

public sealed record PortalCompany(string Siret, string RaisonSociale, string Idcc, string Effectif, string ContactNom, string ContactEmail);

public sealed record PortalEmployee(string Nom, string Prenom, string DateNaissance, string Poste, string Contrat, string Categorie);

public sealed record PortalAction(string Type, string Intitule, string Nda, string Organisme, DateOnly DateDebut, DateOnly DateFin, decimal Heures, string Modalite, decimal CoutHt);

/// <summary>An uploaded file; `Content` is its key in the vault.</summary>
public sealed record PortalPiece(string Code, string Libelle, string Fichier, long Taille, string Content);

public sealed record PortalComplement(string Texte, IReadOnlyList<string> Pieces, DateTimeOffset DemandeLe, DateTimeOffset? RecuLe = null);

/// <summary>The OPCO's answer. `Issue` is accord, accord-partiel or refus.</summary>
public sealed record PortalDecision(string Issue, DateTimeOffset Le, decimal? Montant = null, string? Circuit = null, string? NumeroAccord = null, decimal? Heures = null, string? Motif = null, string? Message = null);

public sealed record PortalEvent(DateTimeOffset Le, string Auteur, string Texte);

/// <summary>Status codes with the words a portal shows.</summary>
public static class PortalStatus
{
    public const string Transmise = "transmise";
    public const string ComplementDemande = "complement-demande";
    public const string ComplementRecu = "complement-recu";
    public const string Accordee = "accordee";
    public const string AccordeePartiellement = "accordee-partiellement";
    public const string Refusee = "refusee";

    public static string Label(string code) => code switch
    {
        Transmise => "Transmise, en cours d'examen",
        ComplementDemande => "Complément demandé",
        ComplementRecu => "Complément reçu, en cours d'examen",
        Accordee => "Accordée",
        AccordeePartiellement => "Accordée partiellement",
        Refusee => "Refusée",
        _ => code
    };

    public static bool IsDecided(string code) => code is Accordee or AccordeePartiellement or Refusee;
}

/// <summary>Coded motives of refusal (the usual ones) and circuits of payment.</summary>
public static class PortalCodes
{
    public static readonly IReadOnlyList<(string Code, string Label)> Motifs =
    [
        ("depot-tardif", "Demande déposée hors délai"),
        ("action-commencee", "Action commencée avant le dépôt"),
        ("dossier-incomplet", "Dossier incomplet"),
        ("incoherence", "Heures, dates ou montants contradictoires"),
        ("mauvais-opco", "Entreprise ne relevant pas de cet OPCO"),
        ("contributions-impayees", "Contributions non acquittées"),
        ("effectif", "Entreprise de 50 salariés et plus"),
        ("action-ineligible", "Action hors des priorités ou non éligible"),
        ("public-ineligible", "Bénéficiaire non éligible"),
        ("qualiopi", "Certification Qualiopi ou NDA absente ou inadaptée"),
        ("cout", "Coût au-dessus du plafond ou non détaillé"),
        ("enveloppe-epuisee", "Enveloppe annuelle épuisée")
    ];

    public static readonly IReadOnlyList<(string Code, string Label)> Circuits =
        [("subrogation", "Subrogation : paiement à l'organisme"), ("remboursement", "Remboursement à l'entreprise, hors taxes"), ("mixte", "Mixte")];

    public static string Label(IReadOnlyList<(string Code, string Label)> list, string? code) => list.FirstOrDefault(x => x.Code == code).Label ?? code ?? "";
}
