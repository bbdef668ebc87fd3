using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Infrastructure.TagHelpers;

/// <summary>How a state is shown: a word, an icon and a tone, never a colour alone. Tones: neutral, info, waiting, warning, success, danger.</summary>
public sealed record StatusLook(string Label, string Tone, string Icon)
{
    /// <summary>The look of a dossier's state (docs/states.md).</summary>
    public static StatusLook Of(DossierState state) => state switch
    {
        DossierState.Brouillon => new("Brouillon", "neutral", "pencil"),
        DossierState.AnalyseBesoin => new("Analyse du besoin", "info", "search"),
        DossierState.DevisEnvoye => new("Devis envoyé", "waiting", "send"),
        DossierState.DevisAccepte => new("Devis accepté", "info", "check"),
        DossierState.ConventionEnSignature => new("Convention en signature", "waiting", "writing"),
        DossierState.PiecesManquantes => new("Pièces manquantes", "warning", "file-x"),
        DossierState.PretAuDepot => new("Prêt au dépôt", "info", "package"),
        DossierState.Depose => new("Déposé", "info", "upload"),
        DossierState.EnInstruction => new("En instruction", "waiting", "hourglass"),
        DossierState.ComplementDemande => new("Complément demandé", "warning", "message-circle"),
        DossierState.Accorde => new("Accordé", "success", "circle-check"),
        DossierState.AccordePartiel => new("Accord partiel", "warning", "progress-check"),
        DossierState.Refuse => new("Refusé", "danger", "circle-x"),
        DossierState.Planifie => new("Planifié", "info", "calendar"),
        DossierState.EnCours => new("En cours", "info", "progress"),
        DossierState.Interrompu => new("Interrompu", "warning", "player-pause"),
        DossierState.Realise => new("Réalisé", "success", "school"),
        DossierState.CertificatEmis => new("Certificat émis", "info", "certificate"),
        DossierState.ReglementDemande => new("Règlement demandé", "waiting", "currency-euro"),
        DossierState.PayePartiel => new("Payé en partie", "warning", "currency-euro"),
        DossierState.Paye => new("Payé", "success", "currency-euro"),
        DossierState.Litige => new("Litige", "danger", "scale"),
        DossierState.Clos => new("Clos", "neutral", "archive"),
        DossierState.Suivi6Mois => new("Suivi à 6 mois", "info", "history"),
        DossierState.Annule => new("Annulé", "neutral", "ban"),
        DossierState.Abandonne => new("Abandonné", "neutral", "ban"),
        DossierState.Caduc => new("Caduc", "neutral", "clock"),
        DossierState.RefusTacite => new("Refus tacite", "danger", "clock"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A state without look."),
    };

    /// <summary>The look of a deadline: red when passed, amber under seven days.</summary>
    public static StatusLook Deadline(DateOnly due, DateOnly today)
    {
        var days = due.DayNumber - today.DayNumber;
        var words = Domain.Fr.Due(due, today);
        var label = char.ToUpperInvariant(words[0]) + words[1..];
        return days < 0 ? new(label, "danger", "alert-triangle") : days < 7 ? new(label, "warning", "clock") : new(label, "neutral", "calendar");
    }
}
