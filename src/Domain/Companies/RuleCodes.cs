namespace MonOPCO.Domain.Companies;

/// <summary>Codes of dated rules.</summary>
public static class RuleCodes
{
    public const string FilingDelayDays = "depot.delai-jours";
    public const string FilingStrict = "depot.strict";
    public const string FilingEarliestMonths = "depot.au-plus-tot-mois";
    public const string FilingYearlyCutOff = "depot.date-limite-annuelle";
    public const string AnswerDays = "reponse.delai-jours";
    public const string PaymentCircuit = "paiement.circuit";
    public const string PaymentClaimMonths = "paiement.justificatifs-mois";
    public const string HourlyCeilingHt = "plafond.horaire";

    /// <summary><c>HT</c> or <c>TTC</c>, beside <see cref="HourlyCeilingHt"/>.</summary>
    public const string CeilingTax = "plafond.taxe";

    public const string LumpCeiling = "plafond.forfait";
    public const string HeadcountThreshold = "effectif.seuil-fonds-mutualises";
    public const string MinHours = "heures.min";
    public const string MaxHours = "heures.max";
    public const string MaxHoursPerDay = "heures.max-par-jour";
    public const string EmployeeAnswerDays = "convention.delai-reponse-salarie-jours";
    public const string QuoteValidityDays = "devis.validite-jours";
    public const string ComplementDays = "complement.delai-jours";
    public const string SmallBuildingHeadcount = "effectif.seuil-batiment";
    public const string MinConfidence = "opco.confiance-min";
    public const string SignatureDays = "signature.delai-jours";

    /// <summary>Prefix; the code goes on with the headcount from–to, e.g. <c>plafond.annuel:11-49</c>.</summary>
    public const string YearlyEnvelope = "plafond.annuel:";
}
