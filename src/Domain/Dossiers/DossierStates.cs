using System.Collections.Frozen;
using static MonOPCO.Domain.Dossiers.DossierState;

namespace MonOPCO.Domain.Dossiers;

/// <summary>The seeds' seven labels, a grouping of the states for lists and filters.</summary>
public enum DossierGroup
{
    Brouillon,
    Envoye,
    EnExamen,
    Valide,
    Refuse,
    PaiementEnCours,
    Paye,
}

/// <summary>Columns of the kanban.</summary>
public enum KanbanColumn
{
    Demande,
    PiecesAttendues,
    ChezOpco,
    EnFormation,
    Facture,
    Paye,
    Arrete,
}

/// <summary>Label, grouping and allowed changes of each state; written out for people in docs/states.md.</summary>
public static class DossierStates
{
    private static readonly DossierState[] Stops = [Annule, Abandonne, Caduc];

    private static readonly FrozenDictionary<DossierState, (string Label, DossierGroup Group, KanbanColumn Column, DossierState[] Next)> All =
        new Dictionary<DossierState, (string, DossierGroup, KanbanColumn, DossierState[])>
        {
            [Brouillon] = ("Brouillon", DossierGroup.Brouillon, KanbanColumn.Demande, [AnalyseBesoin, PiecesManquantes, Refuse, .. Stops]),
            [AnalyseBesoin] = ("Analyse du besoin", DossierGroup.Brouillon, KanbanColumn.Demande, [DevisEnvoye, ConventionEnSignature, PiecesManquantes, Refuse, .. Stops]),
            [DevisEnvoye] = ("Devis envoyé", DossierGroup.Brouillon, KanbanColumn.Demande, [DevisAccepte, AnalyseBesoin, ConventionEnSignature, .. Stops]),
            [DevisAccepte] = ("Devis accepté", DossierGroup.Brouillon, KanbanColumn.Demande, [ConventionEnSignature, AnalyseBesoin, .. Stops]),
            [ConventionEnSignature] = ("Convention en signature", DossierGroup.Brouillon, KanbanColumn.PiecesAttendues, [PiecesManquantes, PretAuDepot, Planifie, AnalyseBesoin, RefusTacite, .. Stops]),
            [PiecesManquantes] = ("Pièces manquantes", DossierGroup.Brouillon, KanbanColumn.PiecesAttendues, [Brouillon, AnalyseBesoin, ConventionEnSignature, PretAuDepot, Refuse, .. Stops]),
            [PretAuDepot] = ("Prêt au dépôt", DossierGroup.Brouillon, KanbanColumn.PiecesAttendues, [Depose, PiecesManquantes, ConventionEnSignature, Planifie, .. Stops]),
            [Depose] = ("Déposé", DossierGroup.Envoye, KanbanColumn.ChezOpco, [EnInstruction, ComplementDemande, Accorde, AccordePartiel, Refuse, .. Stops]),
            [EnInstruction] = ("En instruction", DossierGroup.EnExamen, KanbanColumn.ChezOpco, [ComplementDemande, Accorde, AccordePartiel, Refuse, .. Stops]),
            [ComplementDemande] = ("Complément demandé", DossierGroup.EnExamen, KanbanColumn.ChezOpco, [EnInstruction, Accorde, AccordePartiel, Refuse, .. Stops]),
            [Accorde] = ("Accordé", DossierGroup.Valide, KanbanColumn.EnFormation, [Planifie, EnCours, .. Stops]),
            [AccordePartiel] = ("Accord partiel", DossierGroup.Valide, KanbanColumn.ChezOpco, [Accorde, EnInstruction, Planifie, .. Stops]),
            [Refuse] = ("Refusé", DossierGroup.Refuse, KanbanColumn.Arrete, [AnalyseBesoin, PretAuDepot, EnInstruction, Planifie, Clos]),
            [Planifie] = ("Planifié", DossierGroup.Valide, KanbanColumn.EnFormation, [EnCours, .. Stops]),
            [EnCours] = ("En cours", DossierGroup.Valide, KanbanColumn.EnFormation, [Interrompu, Realise, Abandonne]),
            [Interrompu] = ("Interrompu", DossierGroup.Valide, KanbanColumn.EnFormation, [EnCours, Realise, Abandonne]),
            [Realise] = ("Réalisé", DossierGroup.Valide, KanbanColumn.EnFormation, [CertificatEmis]),
            [CertificatEmis] = ("Certificat émis", DossierGroup.PaiementEnCours, KanbanColumn.Facture, [ReglementDemande]),
            [ReglementDemande] = ("Règlement demandé", DossierGroup.PaiementEnCours, KanbanColumn.Facture, [PayePartiel, Paye, Litige, Caduc]),
            [PayePartiel] = ("Payé en partie", DossierGroup.PaiementEnCours, KanbanColumn.Facture, [Paye, Litige]),
            [Paye] = ("Payé", DossierGroup.Paye, KanbanColumn.Paye, [Clos, Litige]),
            [Litige] = ("Litige", DossierGroup.PaiementEnCours, KanbanColumn.Facture, [PayePartiel, Paye, Clos]),
            [Clos] = ("Clos", DossierGroup.Paye, KanbanColumn.Paye, [Suivi6Mois]),
            [Suivi6Mois] = ("Suivi à 6 mois", DossierGroup.Paye, KanbanColumn.Paye, []),
            [Annule] = ("Annulé", DossierGroup.Refuse, KanbanColumn.Arrete, []),
            [Abandonne] = ("Abandonné", DossierGroup.Refuse, KanbanColumn.Arrete, [Clos]),
            [Caduc] = ("Caduc", DossierGroup.Refuse, KanbanColumn.Arrete, []),
            [RefusTacite] = ("Refus tacite", DossierGroup.Refuse, KanbanColumn.Arrete, []),
        }.ToFrozenDictionary();

    public static string Label(DossierState state) => All[state].Label;

    public static DossierGroup Group(DossierState state) => All[state].Group;

    public static KanbanColumn Column(DossierState state) => All[state].Column;

    public static IReadOnlyList<DossierState> Next(DossierState state) => All[state].Next;

    public static bool CanGo(DossierState from, DossierState to) => All[from].Next.Contains(to);

    /// <summary>The states behind one label of the seeds.</summary>
    public static IReadOnlyList<DossierState> Of(DossierGroup group) => [.. Enum.GetValues<DossierState>().Where(state => Group(state) == group)];

    public static string Label(KanbanColumn column) => column switch
    {
        KanbanColumn.Demande => "Demande",
        KanbanColumn.PiecesAttendues => "Pièces attendues",
        KanbanColumn.ChezOpco => "Chez l'OPCO",
        KanbanColumn.EnFormation => "En formation",
        KanbanColumn.Facture => "Facturé",
        KanbanColumn.Paye => "Payé",
        KanbanColumn.Arrete => "–",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    public static string Label(DossierGroup group) => group switch
    {
        DossierGroup.Brouillon => "Brouillon",
        DossierGroup.Envoye => "Envoyé",
        DossierGroup.EnExamen => "En examen",
        DossierGroup.Valide => "Validé",
        DossierGroup.Refuse => "Refusé",
        DossierGroup.PaiementEnCours => "Paiement en cours",
        DossierGroup.Paye => "Payé",
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };
}
