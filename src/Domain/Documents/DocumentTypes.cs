namespace MonOPCO.Domain.Documents;

/// <summary>Codes of the document types that the product itself makes or reads; the rows are seeded and may be added to.</summary>
public static class DocumentTypes
{
    public const string Devis = "DEVIS";
    public const string Programme = "PROGRAMME";
    public const string Convention = "CONVENTION";
    public const string Mandat = "MANDAT";
    public const string ListeStagiaires = "LISTE_STAGIAIRES";
    public const string Qualiopi = "QUALIOPI";
    public const string Calendrier = "CALENDRIER";
    public const string Rib = "RIB";
    public const string Piece = "PIECE";
    public const string PreuveSignature = "PREUVE_SIGNATURE";
    public const string Paquet = "PAQUET_OPCO";
    public const string AccuseDepot = "ACCUSE_DEPOT";
    public const string CaptureEcran = "CAPTURE_ECRAN";
    public const string Accord = "ACCORD";
    public const string Refus = "REFUS";
    public const string CertificatRealisation = "CERTIF_REALISATION";
    public const string Emargement = "EMARGEMENT";
    public const string Facture = "FACTURE";
    public const string Synthese = "SYNTHESE_BILAN";
    public const string NotesBilan = "NOTES_BILAN";
    public const string CertificatDestruction = "CERTIFICAT_DESTRUCTION";
}
