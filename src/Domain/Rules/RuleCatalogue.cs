using System.Collections.Frozen;
using System.Globalization;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Domain.Rules;

public enum RuleValueKind
{
    WholeNumber,
    Amount,
    YesNo,
    Choice,

    /// <summary>MM-DD.</summary>
    DayOfYear,
}

/// <summary>Which date of a dossier chooses the value.</summary>
public enum RuleDate
{
    ActionStart,
    Filing,
    Accord,

    /// <summary>The day on which the step is done.</summary>
    Step,
}

/// <summary>What people are told about a rule; <paramref name="Code"/> as in <see cref="RuleCodes"/>.</summary>
public sealed record RuleDefinition(string Code, string Subject, string Label, RuleValueKind Kind, RuleDate UsedAt, string DateText, string Unit = "")
{
    /// <summary>Stored value and French label.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices { get; init; } = [];

    /// <summary>Without any value the product cannot decide: it may not end.</summary>
    public bool IsRequired { get; init; }

    /// <summary>States of dossiers that have not come to the step yet; empty = the date alone decides.</summary>
    public IReadOnlyList<DossierState> Before { get; init; } = [];

    /// <summary>As people read it: « 30 jours », « 1 500,00 € », « oui ».</summary>
    public string Show(string value) => Kind switch
    {
        RuleValueKind.YesNo => value == "true" ? "oui" : "non",
        RuleValueKind.Choice => Choices.FirstOrDefault(x => x.Value == value).Label ?? value,
        RuleValueKind.DayOfYear when value.Split('-') is [var month, var day] => $"{day}/{month}",
        _ when !decimal.TryParse(value, CultureInfo.InvariantCulture, out _) => value,
        RuleValueKind.Amount => Fr.Euros(decimal.Parse(value, CultureInfo.InvariantCulture)) + Unit[1..],
        _ => Fr.Number(decimal.Parse(value, CultureInfo.InvariantCulture)) + (Unit.Length == 0 ? "" : "\u00A0" + (decimal.Parse(value, CultureInfo.InvariantCulture) < 2 && Unit != "mois" ? string.Join(' ', Unit.Split(' ').Select(x => x.TrimEnd('s'))) : Unit)),
    };

    /// <summary>The stored form of what was typed; null when it is none.</summary>
    public string? Parse(string typed)
    {
        typed = typed.Trim();
        switch (Kind)
        {
            case RuleValueKind.YesNo:
                return typed is "true" or "false" ? typed : null;
            case RuleValueKind.Choice:
                return Choices.Any(x => x.Value == typed) ? typed : null;
            case RuleValueKind.DayOfYear:
                return DateOnly.TryParseExact(typed + "/2000", "dd/MM/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("MM-dd", CultureInfo.InvariantCulture) : null;
            default:
                var plain = typed.Replace(',', '.').Replace(" ", "", StringComparison.Ordinal).Replace("\u202F", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal).TrimEnd('€');
                return decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 10_000_000 && (Kind == RuleValueKind.Amount || number == Math.Truncate(number))
                    ? number.ToString("0.##", CultureInfo.InvariantCulture)
                    : null;
        }
    }

    /// <summary>As it is typed into a form.</summary>
    public string Typed(string value) => Kind switch
    {
        RuleValueKind.DayOfYear => Show(value),
        RuleValueKind.Amount => value.Replace('.', ','),
        _ => value,
    };
}

/// <summary>Every rule that the product reads, by subject.</summary>
public static class RuleCatalogue
{
    private const string Filing = "Dépôt et réponse";
    private const string Money = "Montants et paiement";
    private const string Hours = "Heures et contenu";
    private const string Documents = "Pièces exigées";
    private const string Delays = "Délais de la procédure";
    private const string Opco = "OPCO et effectif";
    private const string Keeping = "Conservation et sauvegardes";
    private const string Start = "la date de début de l’action";

    private static readonly DossierState[] BeforeQuote = [DossierState.Brouillon, DossierState.AnalyseBesoin, DossierState.PiecesManquantes];
    private static readonly DossierState[] BeforeSignature = [.. BeforeQuote, DossierState.DevisEnvoye, DossierState.DevisAccepte];
    private static readonly DossierState[] BeforeFiling = [.. BeforeSignature, DossierState.ConventionEnSignature, DossierState.PretAuDepot];
    private static readonly DossierState[] BeforeAccord = [.. BeforeFiling, DossierState.Depose, DossierState.EnInstruction, DossierState.ComplementDemande];

    private static readonly (string Value, string Label)[] Circuits = [(nameof(PaymentCircuit.Subrogation), "Subrogation"), (nameof(PaymentCircuit.Remboursement), "Remboursement"), (nameof(PaymentCircuit.Mixte), "Mixte")];

    private static readonly FrozenDictionary<string, RuleDefinition> Fixed = new RuleDefinition[]
    {
        AtStart(RuleCodes.FilingDelayDays, Filing, "Délai de dépôt avant le début", RuleValueKind.WholeNumber, "jours"),
        AtStart(RuleCodes.FilingStrict, Filing, "Un dépôt tardif est refusé", RuleValueKind.YesNo),
        AtStart(RuleCodes.FilingEarliestMonths, Filing, "Dépôt au plus tôt avant le début", RuleValueKind.WholeNumber, "mois"),
        AtStart(RuleCodes.FilingYearlyCutOff, Filing, "Dernier jour de dépôt de l’année", RuleValueKind.DayOfYear),
        new(RuleCodes.AnswerDays, Filing, "Délai de réponse de l’OPCO", RuleValueKind.WholeNumber, RuleDate.Filing, "le jour du dépôt", "jours") { Before = BeforeFiling },
        new(RuleCodes.PaymentCircuit, Money, "Circuit de paiement", RuleValueKind.Choice, RuleDate.Accord, "le jour de l’accord, et avant lui la date de début de l’action") { Choices = Circuits, Before = BeforeAccord },
        AtStart(RuleCodes.PaymentClaimMonths, Money, "Délai pour envoyer les justificatifs", RuleValueKind.WholeNumber, "mois"),
        AtStart(RuleCodes.HourlyCeilingHt, Money, "Plafond horaire", RuleValueKind.Amount, "€/h"),
        AtStart(RuleCodes.CeilingTax, Money, "Plafond exprimé", RuleValueKind.Choice) with { Choices = [("HT", "hors taxes"), ("TTC", "toutes taxes comprises")] },
        AtStart(RuleCodes.LumpCeiling, Money, "Plafond forfaitaire", RuleValueKind.Amount, "€"),
        AtStart(RuleCodes.HeadcountThreshold, Opco, "Effectif à partir duquel les fonds mutualisés sont fermés", RuleValueKind.WholeNumber, "salariés") with { IsRequired = true },
        AtStart(RuleCodes.SmallBuildingHeadcount, Opco, "Effectif séparant les conventions du bâtiment", RuleValueKind.WholeNumber, "salariés") with { IsRequired = true },
        AtStart(RuleCodes.MinConfidence, Opco, "Confiance nécessaire pour l’OPCO", RuleValueKind.Choice) with
        {
            IsRequired = true,
            Choices = [.. Enum.GetNames<OpcoConfidence>().Select(x => (x, x.ToLowerInvariant()))],
        },
        AtStart(RuleCodes.MinHours, Hours, "Durée minimale", RuleValueKind.WholeNumber, "h"),
        AtStart(RuleCodes.MaxHours, Hours, "Durée maximale", RuleValueKind.WholeNumber, "h"),
        AtStart(RuleCodes.MaxHoursPerDay, Hours, "Durée maximale par jour", RuleValueKind.WholeNumber, "h/jour") with { IsRequired = true },
        AtStart(RuleCodes.MinDescriptionLength, Hours, "Longueur sous laquelle objectifs et contenu sont « très courts »", RuleValueKind.WholeNumber, "caractères") with { IsRequired = true },
        Step(RuleCodes.EmployeeAnswerDays, "Délai de réponse du salarié à la convention de bilan", "le jour où la convention est envoyée au salarié", "jours", BeforeSignature),
        Step(RuleCodes.SignatureDays, "Délai de signature", "le jour où le signataire est invité", "jours", BeforeSignature),
        Step(RuleCodes.QuoteValidityDays, "Validité du devis", "le jour du devis", "jours", BeforeQuote),
        Step(RuleCodes.ComplementDays, "Délai pour répondre à un complément", "le jour où le complément est demandé", "jours", BeforeFiling),
        Step(RuleCodes.ComplementReminderDays, "Relance d’un complément sans réponse", "le jour où l’attente commence", "jours", BeforeFiling),
        Step(RuleCodes.RequestAnswerDays, "Réponse annoncée dans l’accusé de réception", "le jour de l’accusé", "jours", []),
        Backup(RuleCodes.BackupDays, "Sauvegardes quotidiennes gardées", "jours"),
        Backup(RuleCodes.BackupWeeks, "Sauvegardes hebdomadaires gardées", "semaines"),
        Backup(RuleCodes.BackupMonths, "Sauvegardes mensuelles gardées", "mois"),
        Backup(RuleCodes.BackupKeysDays, "Sauvegardes des clés gardées", "jours"),
        Step(RuleCodes.TaskHours, "Échéance d’une tâche sans règle propre", "le jour où la tâche commence", "heures ouvrées", []),
    }.Concat(RetentionClasses.All.Select(x => new RuleDefinition(RetentionClasses.Rule(x.Code), Keeping, "Conservation : " + char.ToLowerInvariant(x.Label[0]) + x.Label[1..], RuleValueKind.WholeNumber, RuleDate.Step, $"le jour de la purge ; la durée court depuis {x.From}", "mois") { IsRequired = true }))
        .Append(new(RuleCodes.PersonRequestMonths, Keeping, "Réponse à une personne qui exerce un droit", RuleValueKind.WholeNumber, RuleDate.Step, "le jour où la demande arrive", "mois") { IsRequired = true }).ToFrozenDictionary(x => x.Code);

    private static readonly (string Code, string Label)[] TaskNames =
    [
        ("valider-demande", "valider la demande"), ("completer-avant-depot", "compléter avant le dépôt"), ("depot-assiste", "déposer avec le copilote"), ("confirmer-depot", "confirmer les valeurs du portail"),
        ("incident-portail", "incident du portail"), ("saisir-decision", "saisir la décision de l’OPCO"), ("repondre-complement", "répondre au complément de l’OPCO"), ("accepter-reste", "accepter le reste à charge"),
    ];

    public static IReadOnlyList<string> Subjects { get; } = [Filing, Money, Documents, Delays, Hours, Opco, Keeping];

    /// <summary>Codes made of a fixed part and a document type, a task or a headcount find their definition by that part; unknown ones null.</summary>
    public static RuleDefinition? Find(string code, IReadOnlyDictionary<string, string>? documentLabels = null)
    {
        if (Fixed.TryGetValue(code, out var definition))
        {
            return definition;
        }

        if (code.StartsWith(RuleCodes.RequiredDocument, StringComparison.Ordinal))
        {
            var type = code[RuleCodes.RequiredDocument.Length..];
            return AtStart(code, Documents, documentLabels?.GetValueOrDefault(type) ?? type, RuleValueKind.YesNo);
        }

        if (code.StartsWith(RuleCodes.TaskHours + ":", StringComparison.Ordinal))
        {
            var task = code[(RuleCodes.TaskHours.Length + 1)..];
            return Step(code, $"Échéance de la tâche « {TaskNames.FirstOrDefault(x => x.Code == task).Label ?? task} »", "le jour où la tâche commence", "heures ouvrées", []) with { IsRequired = false };
        }

        return code.StartsWith(RuleCodes.YearlyEnvelope, StringComparison.Ordinal)
            ? AtStart(code, Money, $"Enveloppe annuelle, {code[RuleCodes.YearlyEnvelope.Length..].Replace("-", " à ", StringComparison.Ordinal)} salariés", RuleValueKind.Amount, "€/an")
            : null;
    }

    /// <summary>What a new value may be given for, beside the codes that are in the table already.</summary>
    public static IEnumerable<string> Codes(IEnumerable<string> documentTypes) => Fixed.Keys.Concat(documentTypes.Select(x => RuleCodes.RequiredDocument + x));

    public static string CertaintyLabel(RuleCertainty certainty) => certainty switch
    {
        RuleCertainty.Verified => "Vérifiée",
        RuleCertainty.Indicative => "Indicative",
        RuleCertainty.ToConfirm => "À confirmer",
        _ => throw new ArgumentOutOfRangeException(nameof(certainty)),
    };

    public static string KindLabel(string kind) => kind switch
    {
        "bilan" => "Bilan de compétences",
        "formation" => "Formation",
        _ => "Toutes les actions",
    };

    private static RuleDefinition AtStart(string code, string subject, string label, RuleValueKind kind, string unit = "") => new(code, subject, label, kind, RuleDate.ActionStart, Start, unit);

    private static RuleDefinition Backup(string code, string label, string unit) => new(code, Keeping, label, RuleValueKind.WholeNumber, RuleDate.Step, "le jour où les anciennes sauvegardes sont supprimées", unit) { IsRequired = true };

    private static RuleDefinition Step(string code, string label, string date, string unit, DossierState[] before) =>
        new(code, Delays, label, RuleValueKind.WholeNumber, RuleDate.Step, date, unit) { IsRequired = true, Before = before };
}
