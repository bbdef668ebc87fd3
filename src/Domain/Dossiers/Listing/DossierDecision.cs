namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>What was decided about a request; the codes' alphabetical order is that of their labels.</summary>
public enum DossierDecision
{
    Accord,
    AccordPartiel,
    Aucune,
    RefusAvantDepot,
    RefusDeLOpco,
}
