using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Rules;

/// <summary>What a preview needs to know of a dossier.</summary>
public sealed record RunningDossier(Guid Id, string Numero, DossierState State, DossierKind Kind, string? OpcoSlug, DateOnly StartDate, bool IsFiled, DateOnly? FilingDeadline);

/// <summary>
/// Running dossiers that a new value concerns. <paramref name="IsExact"/>: a date of the dossier decides; otherwise the step may come before the date, and the
/// count says « au plus ». <paramref name="WouldBeLate"/>: those whose last filing day would already have passed.
/// </summary>
public sealed record RuleImpact(IReadOnlyList<RunningDossier> Dossiers, bool IsExact, int? WouldBeLate, string DateText)
{
    /// <summary>From the request to the end of the action: what a rule may still decide.</summary>
    internal static readonly DossierState[] Running =
    [
        DossierState.Brouillon, DossierState.AnalyseBesoin, DossierState.DevisEnvoye, DossierState.DevisAccepte, DossierState.ConventionEnSignature, DossierState.PiecesManquantes, DossierState.PretAuDepot,
        DossierState.Depose, DossierState.EnInstruction, DossierState.ComplementDemande, DossierState.Accorde, DossierState.AccordePartiel, DossierState.Planifie, DossierState.EnCours, DossierState.Interrompu,
    ];
}
