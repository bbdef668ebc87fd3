using System.Collections.Frozen;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Host.Audit;

/// <summary>The audit in French. What has no words here is shown by its code: a new kind of row is never hidden.</summary>
public static class AuditLabels
{
    private static readonly FrozenDictionary<string, string> Subjects = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["dossier"] = "Dossier",
        ["beneficiaire"] = "Bénéficiaire",
        ["company"] = "Entreprise",
        ["document"] = "Document",
        ["complement"] = "Complément",
        ["filing"] = "Dépôt",
        ["signature"] = "Signature",
        ["signer"] = "Signataire",
        ["task"] = "Tâche",
        ["mail"] = "Courriel",
        ["rule"] = "Règle",
        ["procedure"] = "Procédure",
        ["magic-link"] = "Lien personnel",
        ["api-key"] = "Clé d’API",
        ["key"] = "Clé de chiffrement",
        ["account"] = "Compte",
        ["user"] = "Compte",
        ["session"] = "Session",
        ["sign-in"] = "Connexion",
        ["permission"] = "Droit",
        ["role"] = "Rôle",
        ["export"] = "Export",
        ["audit"] = "Journal",
        ["draft"] = "Brouillon de demande",
        ["backup"] = "Sauvegarde",
        ["erasure"] = "Effacement",
        ["consent"] = "Consentement",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Actions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Created"] = "Création",
        ["Added"] = "Ajout",
        ["Edited"] = "Modification",
        ["Changed"] = "Modification",
        ["Deleted"] = "Suppression",
        ["Destroyed"] = "Destruction",
        ["StateChanged"] = "Changement d’état",
        ["Retyped"] = "Type changé",
        ["Sent"] = "Envoi",
        ["Failed"] = "Échec",
        ["Asked"] = "Demandé",
        ["Answered"] = "Réponse",
        ["Accepted"] = "Accepté",
        ["Rejected"] = "Refusé",
        ["Signed"] = "Signé",
        ["Completed"] = "Terminé",
        ["Declined"] = "Décliné",
        ["Expired"] = "Expiré",
        ["Cancelled"] = "Annulé",
        ["Claimed"] = "Pris en charge",
        ["Released"] = "Rendu",
        ["Delegated"] = "Délégué",
        ["Prepared"] = "Préparé",
        ["Confirmed"] = "Confirmé",
        ["Submitted"] = "Déposé",
        ["Revoked"] = "Révoqué",
        ["Exported"] = "Export",
        ["Opened"] = "Consultation",
        ["Published"] = "Publication",
        ["DraftSaved"] = "Brouillon enregistré",
        ["Imported"] = "Importation",
        ["RolledBack"] = "Retour arrière",
        ["Ended"] = "Fin de validité",
        ["Corrected"] = "Correction",
        ["Prolonged"] = "Prolongation",
        ["Withdrawn"] = "Retrait",
        ["Verified"] = "Vérification réussie",
        ["TamperingFound"] = "Altération découverte",
        ["PersonalValuesShown"] = "Valeurs personnelles affichées",
        ["SignedIn"] = "Connexion",
        ["SignedOut"] = "Déconnexion",
        ["SignInFailed"] = "Connexion refusée",
        ["DocumentAttached"] = "Document joint",
        ["Viewed"] = "Ouvert",
        ["Looked up"] = "Consultation du registre",
        ["Refreshed"] = "Mise à jour",
        ["Saved"] = "Enregistrement",
        ["Granted"] = "Accordé",
        ["Deposited"] = "Déposé",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Properties = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["state"] = "état",
        ["lastName"] = "nom",
        ["firstName"] = "prénom",
        ["birthDate"] = "date de naissance",
        ["email"] = "adresse électronique",
        ["phone"] = "téléphone",
        ["name"] = "nom",
        ["title"] = "intitulé",
        ["objectives"] = "objectifs",
        ["content"] = "contenu",
        ["costHt"] = "coût HT",
        ["hours"] = "heures",
        ["startDate"] = "début",
        ["endDate"] = "fin",
        ["contactName"] = "contact",
        ["contactEmail"] = "courriel du contact",
        ["contactPhone"] = "téléphone du contact",
        ["job"] = "emploi",
        ["typeCode"] = "type",
        ["mime"] = "format",
        ["size"] = "taille",
        ["status"] = "état",
        ["createdBy"] = "créé par",
        ["createdAt"] = "créé le",
        ["dueAt"] = "échéance",
        ["assigneeName"] = "confiée à",
        ["reference"] = "référence",
        ["requestedAmount"] = "montant demandé",
        ["grantedAmount"] = "montant accordé",
        ["recipient"] = "destinataire",
        ["template"] = "modèle",
        ["subject"] = "objet",
        ["displayName"] = "nom affiché",
        ["format"] = "format",
        ["rows"] = "lignes",
        ["value"] = "valeur",
        ["validFrom"] = "valable du",
        ["validTo"] = "au",
        ["iban"] = "IBAN",
        ["candidateEmail"] = "confiée à",
        ["values"] = "valeurs saisies",
        ["outcome"] = "issue",
        ["seals"] = "scellements",
        ["anchors"] = "ancres",
        ["unsealed"] = "en attente",
        ["userAgent"] = "navigateur",
        ["declineReason"] = "motif du refus",
    }.ToFrozenDictionary();

    public static string Subject(string code) => Subjects.GetValueOrDefault(code, code);

    public static string Action(string code) => Actions.GetValueOrDefault(code, code);

    public static string Property(string code) => Properties.GetValueOrDefault(code, code);

    public static string Kind(ActorKind kind) => kind switch
    {
        ActorKind.Human => "Personne",
        ActorKind.Bot => "Robot",
        ActorKind.Workflow => "Procédure",
        ActorKind.Company => "Entreprise",
        ActorKind.Opco => "OPCO",
        ActorKind.Beneficiary => "Bénéficiaire",
        ActorKind.System => "Système",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string KindIcon(ActorKind kind) => kind switch
    {
        ActorKind.Bot => "robot",
        ActorKind.Workflow => "route",
        ActorKind.System => "settings",
        ActorKind.Company or ActorKind.Opco => "building",
        _ => "user",
    };

    /// <summary>« 4BF9-2F35 », as error pages show it.</summary>
    public static string Reference(string requestId) => requestId.Length >= 8 ? $"{requestId[..4]}-{requestId[4..8]}".ToUpperInvariant() : requestId;
}
