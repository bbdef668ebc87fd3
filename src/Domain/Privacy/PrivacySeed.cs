namespace MonOPCO.Domain.Privacy;

/// <summary>The register as the product is delivered: what it really does. Its owner completes it (controller, processors, addresses).</summary>
internal static class PrivacySeed
{
    private const string Security = "Comptes nominatifs, droits par rôle et par ligne (PostgreSQL), chiffrement AES-256-GCM des documents avec une clé par document, journal inaltérable, sauvegardes chiffrées, clés à part.";

    internal static IEnumerable<ProcessingRecord> Records =>
    [
        Make(1, "dossiers", "Dossiers de financement de formation", "Constituer, signer, déposer et suivre une demande de financement auprès d’un OPCO.", "Contrat et mesures précontractuelles (RGPD, art. 6.1.b) ; obligation légale pour les preuves (art. 6.1.c ; code du travail, art. L6353-1 et suivants)", "Salariés bénéficiaires, contacts des entreprises", "Identité, date de naissance, adresse professionnelle, emploi, catégorie, contrat ; dates, heures, coût de l’action", "Personnel de Netz habilité, employeur, OPCO compétent", "Six ans après la fin de l’action pour les preuves de réalisation ; dix ans pour les contrats et pièces comptables"),
        Make(2, "bilans", "Bilans de compétences", "Conduire un bilan avec le consentement du salarié.", "Contrat (art. 6.1.b) et consentement du salarié (code du travail, art. L6313-4) ; consentement explicite pour toute donnée de santé (art. 9.2.a)", "Bénéficiaires de bilans", "Parcours, motivations, aptitudes, projet ; documents de travail ; document de synthèse", "Le bénéficiaire et son consultant, personne d’autre", "Détruits à la fin du bilan ; synthèse : douze mois au plus avec l’accord écrit du bénéficiaire (art. R6313-7)"),
        Make(3, "depots", "Demandes auprès des OPCO", "Déposer la demande sur le portail de l’OPCO ou aider l’entreprise à le faire, sous mandat.", "Contrat : mandat de dépôt (art. 6.1.b)", "Salariés bénéficiaires, contacts des entreprises", "Pièces de la liste blanche du dossier ; captures d’écran du portail", "OPCO compétent", "Comme le dossier ; captures d’écran : douze mois"),
        Make(4, "signatures", "Signature électronique", "Recueillir et prouver la signature des devis, conventions et mandats.", "Contrat (art. 6.1.b) ; preuve (code civil, art. 1366 et 1367)", "Signataires", "Nom, adresse de courriel, qualité, horodatages, empreinte de l’adresse réseau", "Signataires, Netz", "Dix ans, comme le document signé"),
        Make(5, "comptes", "Comptes et journaux d’accès", "Ouvrir l’accès, protéger les comptes, retrouver qui a fait quoi.", "Intérêt légitime : sécurité (art. 6.1.f) ; obligation de sécurité (art. 32)", "Utilisateurs", "Nom, adresse de courriel, rôle, dernière connexion, actions", "Administrateurs habilités", "Compte : jusqu’à sa fermeture ; journaux : douze mois ; journal des modifications : comme l’objet modifié"),
        Make(6, "courriels", "Courriels de service", "Prévenir des étapes du dossier, envoyer les liens et les codes.", "Contrat (art. 6.1.b)", "Contacts, bénéficiaires, signataires", "Adresse, objet, heure d’envoi ; le corps n’est pas conservé", "Destinataire, hébergeur de messagerie", "Avec le dossier"),
        Make(7, "prospects", "Demandes commencées et prospects", "Permettre de terminer une demande ; informer les personnes qui l’ont accepté.", "Mesures précontractuelles (art. 6.1.b) ; consentement pour l’information (art. 6.1.a)", "Contacts d’entreprises", "Identité, coordonnées, brouillon de demande", "Personnel de Netz habilité", "Trois ans après le dernier contact"),
        Make(8, "facturation", "Facturation et comptabilité", "Facturer, encaisser, justifier.", "Obligation légale (code de commerce, art. L123-22)", "Contacts des entreprises", "Identité, coordonnées, factures, règlements", "Comptable, administration fiscale, OPCO", "Dix ans après la clôture de l’exercice"),
        Make(9, "droits", "Demandes d’exercice des droits", "Répondre aux personnes et le prouver.", "Obligation légale (RGPD, art. 12 à 22)", "Demandeurs", "Identité, demande, réponse, certificat d’effacement sans donnée personnelle", "Administrateurs habilités", "Cinq ans après la réponse"),
    ];

    private static ProcessingRecord Make(int position, string code, string name, string purpose, string basis, string people, string categories, string recipients, string retention) => new()
    {
        Id = Guid.CreateVersion7(),
        Code = code,
        Position = position,
        Name = name,
        Purpose = purpose,
        LegalBasis = basis,
        People = people,
        Categories = categories,
        Recipients = recipients,
        Retention = retention,
        Security = Security,
    };
}
