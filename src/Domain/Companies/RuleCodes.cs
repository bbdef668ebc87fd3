namespace MonOPCO.Domain.Companies;

/// <summary>
/// Codes of dated rules. Each says which date of a dossier chooses its value: a new value from a date leaves alone every dossier whose date is before it.
/// People see them through <see cref="Rules.RuleCatalogue"/>.
/// </summary>
public static class RuleCodes
{
    /// <summary>At the start of the action.</summary>
    public const string FilingDelayDays = "depot.delai-jours";

    /// <summary>At the start of the action.</summary>
    public const string FilingStrict = "depot.strict";

    /// <summary>At the start of the action.</summary>
    public const string FilingEarliestMonths = "depot.au-plus-tot-mois";

    /// <summary>At the start of the action.</summary>
    public const string FilingYearlyCutOff = "depot.date-limite-annuelle";

    /// <summary>On the day of filing.</summary>
    public const string AnswerDays = "reponse.delai-jours";

    /// <summary>On the day of the accord; at the start of the action while there is none.</summary>
    public const string PaymentCircuit = "paiement.circuit";

    /// <summary>At the start of the action.</summary>
    public const string PaymentClaimMonths = "paiement.justificatifs-mois";

    /// <summary>At the start of the action.</summary>
    public const string HourlyCeilingHt = "plafond.horaire";

    /// <summary><c>HT</c> or <c>TTC</c>, beside <see cref="HourlyCeilingHt"/>; at the start of the action.</summary>
    public const string CeilingTax = "plafond.taxe";

    /// <summary>At the start of the action.</summary>
    public const string LumpCeiling = "plafond.forfait";

    /// <summary>At the start of the action.</summary>
    public const string HeadcountThreshold = "effectif.seuil-fonds-mutualises";

    /// <summary>At the start of the action.</summary>
    public const string MinHours = "heures.min";

    /// <summary>At the start of the action.</summary>
    public const string MaxHours = "heures.max";

    /// <summary>At the start of the action.</summary>
    public const string MaxHoursPerDay = "heures.max-par-jour";

    /// <summary>On the day on which the convention is sent to the employee (art. R6313-8: the days run from the transmission), also when its signature is checked later.</summary>
    public const string EmployeeAnswerDays = "convention.delai-reponse-salarie-jours";

    /// <summary>On the day of the quote.</summary>
    public const string QuoteValidityDays = "devis.validite-jours";

    /// <summary>On the day on which they are asked for.</summary>
    public const string ComplementDays = "complement.delai-jours";

    /// <summary>On the day on which the wait begins.</summary>
    public const string ComplementReminderDays = "complement.relance-jours";

    /// <summary>On the day of the acknowledgement.</summary>
    public const string RequestAnswerDays = "demande.reponse-jours";

    /// <summary>At the start of the action.</summary>
    public const string SmallBuildingHeadcount = "effectif.seuil-batiment";

    /// <summary>At the start of the action.</summary>
    public const string MinConfidence = "opco.confiance-min";

    /// <summary>At the start of the action.</summary>
    public const string MinDescriptionLength = "controle.longueur-min";

    /// <summary>On the day on which the signer is invited.</summary>
    public const string SignatureDays = "signature.delai-jours";

    /// <summary>Working hours; on the day on which the task begins; of all tasks, or of one with <c>:code-of-the-task</c>.</summary>
    public const string TaskHours = "tache.delai-heures";

    /// <summary>On the day on which old backups are deleted; how many days, weeks and months have their last backup kept.</summary>
    public const string BackupDays = "sauvegarde.quotidiennes";

    public const string BackupWeeks = "sauvegarde.hebdomadaires";

    public const string BackupMonths = "sauvegarde.mensuelles";

    /// <summary>Days for which the wrapped keys are kept: shorter, so that a destroyed key is soon in no backup either.</summary>
    public const string BackupKeysDays = "sauvegarde.cles-jours";

    /// <summary>On the day on which a person uses a right.</summary>
    public const string PersonRequestMonths = "rgpd.reponse-mois";

    /// <summary>Prefix; the code goes on with the document type, e.g. <c>document.requis:DEVIS</c>. At the start of the action.</summary>
    public const string RequiredDocument = "document.requis:";

    /// <summary>Prefix; the code goes on with the headcount from–to, e.g. <c>plafond.annuel:11-49</c>. At the start of the action.</summary>
    public const string YearlyEnvelope = "plafond.annuel:";
}
