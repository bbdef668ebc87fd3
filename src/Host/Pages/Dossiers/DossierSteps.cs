using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Dossiers;

public enum StepKind
{
    Done,
    Now,
    ToCome,
    Stopped,
}

/// <summary>One case of the matrix; <paramref name="Words"/> says what the icon shows.</summary>
public sealed record DossierStep(StepKind Kind, string Words, string? Icon);

/// <summary>The steps of a dossier as the matrix of people and steps shows them.</summary>
public static class DossierSteps
{
    private static readonly (string Label, DossierState[] States)[] All =
    [
        ("Demande", [DossierState.Brouillon, DossierState.AnalyseBesoin]),
        ("Devis", [DossierState.DevisEnvoye, DossierState.DevisAccepte]),
        ("Convention", [DossierState.ConventionEnSignature, DossierState.PiecesManquantes, DossierState.PretAuDepot]),
        ("OPCO", [DossierState.Depose, DossierState.EnInstruction, DossierState.ComplementDemande, DossierState.AccordePartiel]),
        ("Accord", [DossierState.Accorde, DossierState.Planifie]),
        ("Action", [DossierState.EnCours, DossierState.Interrompu, DossierState.Realise]),
        ("Facturation", [DossierState.CertificatEmis, DossierState.ReglementDemande, DossierState.PayePartiel, DossierState.Litige]),
        ("Paiement", [DossierState.Paye, DossierState.Clos, DossierState.Suivi6Mois]),
    ];

    public static IReadOnlyList<string> Labels { get; } = [.. All.Select(x => x.Label)];

    public static IReadOnlyList<DossierStep> Of(ListedDossier row)
    {
        var current = Array.FindIndex(All, x => x.States.Contains(row.State));
        if (current < 0)
        {
            // Stopped: at the latest step that left a trace.
            var stopped = row.AccordDate is not null ? 4 : row.FiledAt is not null ? 3 : 0;
            return [.. All.Select((_, i) => i < stopped ? Done : i == stopped ? new DossierStep(StepKind.Stopped, DossierStates.Label(row.State), "circle-x") : ToCome)];
        }

        var isOver = row.State is DossierState.Paye or DossierState.Clos or DossierState.Suivi6Mois;
        return [.. All.Select((_, i) => i < current || isOver ? Done : i == current ? new DossierStep(StepKind.Now, DossierStates.Label(row.State), "progress") : ToCome)];
    }

    private static DossierStep Done { get; } = new(StepKind.Done, "Fait", "circle-check");

    private static DossierStep ToCome { get; } = new(StepKind.ToCome, "À venir", null);
}
