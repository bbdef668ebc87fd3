using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Espace;

/// <summary>Where a dossier stands, in the words of its company: who must do something now, and what.</summary>
/// <param name="Who">« Vous », « Nous », « L’OPCO »…</param>
/// <param name="Text">What is expected.</param>
/// <param name="Step">Place on the way shown on top, from 1.</param>
public sealed record Standing(string Who, string Text, int Step)
{
    /// <summary>The way of every dossier, as people see it.</summary>
    public static readonly string[] Way = ["Demande", "Devis", "Convention", "Dépôt", "Réponse de l’OPCO", "Action"];

    /// <summary>For a company a request that it sent is no draft any more.</summary>
    public static StatusLook Look(DossierState state) => state == DossierState.Brouillon ? new StatusLook("En relecture", "info", "search") : StatusLook.Of(state);

    public static Standing Of(Dossier dossier, bool answersExpected) => dossier.State switch
    {
        DossierState.Brouillon => new("Nous", "Nous relisons votre demande : contrôles automatiques, puis une personne.", 1),
        DossierState.PiecesManquantes when answersExpected => new("Vous", "Il manque des éléments : répondez ci-dessous, dans cette page.", 1),
        DossierState.PiecesManquantes => new("Nous", "Nous complétons le dossier avant de le déposer.", 4),
        DossierState.AnalyseBesoin => new("Nous", "Votre demande est validée. Nous préparons le devis et le programme.", 2),
        DossierState.DevisEnvoye => new("Vous", "Signez le devis par le lien reçu.", 2),
        DossierState.DevisAccepte => new("Nous", "Le devis est accepté. Nous préparons la convention.", 3),
        DossierState.ConventionEnSignature => new("Les signataires", "La convention est en signature.", 3),
        DossierState.PretAuDepot => new("Nous", "Tout est signé. Nous déposons la demande auprès de l’OPCO.", 4),
        DossierState.Depose => new("L’OPCO", "La demande est déposée. L’OPCO va l’instruire.", 5),
        DossierState.EnInstruction => new("L’OPCO", "L’OPCO instruit la demande. Nous relevons sa réponse pour vous.", 5),
        DossierState.ComplementDemande => new("Nous", "L’OPCO demande un complément. Nous y répondons ; nous vous écrirons s’il nous manque quelque chose.", 5),
        DossierState.AccordePartiel => new("Vous", "L’OPCO accorde une partie du coût. Acceptez ou non le reste à votre charge.", 5),
        DossierState.Accorde => new("L’organisme", "L’accord est donné. L’action peut avoir lieu comme prévu.", 6),
        DossierState.Planifie => new("L’organisme", "L’action est planifiée.", 6),
        DossierState.EnCours => new("L’organisme", "L’action est en cours.", 6),
        DossierState.Interrompu => new("L’organisme", "L’action est interrompue pour le moment.", 6),
        DossierState.Realise or DossierState.CertificatEmis => new("Nous", "L’action est réalisée. Nous préparons le règlement.", 7),
        DossierState.ReglementDemande or DossierState.PayePartiel => new("L’OPCO", "Le règlement est demandé.", 7),
        DossierState.Paye or DossierState.Clos or DossierState.Suivi6Mois => new("Personne", "Le dossier est réglé.", 7),
        DossierState.Litige => new("Nous", "Le règlement est contesté : nous nous en occupons.", 7),
        DossierState.Refuse => new("Vous", dossier.FiledAt is null ? "La demande n’a pas été retenue." : "L’OPCO refuse la prise en charge.", dossier.FiledAt is null ? 1 : 5),
        DossierState.RefusTacite => new("Personne", "Le salarié n’a pas répondu à la convention dans le délai légal : cela vaut refus. Une nouvelle demande est possible.", 3),
        DossierState.Annule or DossierState.Abandonne or DossierState.Caduc => new("Personne", "Le dossier est arrêté. Une nouvelle demande est possible.", 1),
        _ => throw new InvalidOperationException($"A state without words: {dossier.State}."),
    };
}
