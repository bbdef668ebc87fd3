namespace MonOPCO.Domain.Dossiers;

public enum DossierKind
{
    Formation,
    Bilan,
}

/// <summary>Life of a funding request. The codes are stored and never renamed; <see cref="DossierStates"/> gives labels and allowed changes.</summary>
public enum DossierState
{
    Brouillon,
    AnalyseBesoin,
    DevisEnvoye,
    DevisAccepte,
    ConventionEnSignature,
    PiecesManquantes,
    PretAuDepot,
    Depose,
    EnInstruction,
    ComplementDemande,
    Accorde,
    AccordePartiel,
    Refuse,
    Planifie,
    EnCours,
    Interrompu,
    Realise,
    CertificatEmis,
    ReglementDemande,
    PayePartiel,
    Paye,
    Litige,
    Clos,
    Suivi6Mois,
    Annule,
    Abandonne,
    Caduc,
    RefusTacite,
}

/// <summary>How the session is held.</summary>
public enum Modality
{
    Presentiel,
    Distanciel,
    Mixte,
}

/// <summary>Who pays whom (facts §1.3). <see cref="FondsPropres"/>: the company pays alone, no OPCO money.</summary>
public enum PaymentCircuit
{
    Subrogation,
    Remboursement,
    Mixte,
    FondsPropres,
}
