using System.Globalization;
using System.Text;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Companies;

/// <summary>What the public page « Finançable ? » answers. Indicative: only the OPCO's written accord binds it.</summary>
public sealed record FinancingEstimate
{
    public required OpcoAnswer Opco { get; init; }

    public string? OpcoName { get; init; }

    public DateOnly StartDate { get; init; }

    public FilingWindow? Window { get; init; }

    /// <summary>From today to the last filing day; negative when it has passed.</summary>
    public int? DaysLeft { get; init; }

    public PaymentCircuit? Circuit { get; init; }

    public string CircuitText { get; init; } = "";

    /// <summary>Indicative, for the hours asked about; null when the OPCO publishes none.</summary>
    public decimal? Ceiling { get; init; }

    /// <summary><c>HT</c> or <c>TTC</c>.</summary>
    public string CeilingTax { get; init; } = "HT";

    public string CeilingText { get; init; } = "";

    /// <summary>True when the headcount says that mutualised funds are closed: the company's own or voluntary funds.</summary>
    public bool AboveThreshold { get; init; }

    /// <summary>French sentences, most important first.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<string> Sources { get; init; } = [];
}

public sealed class FinancingEstimator(RuleBook rules, OpcoResolver resolver, Data.MonOpcoDbContext db)
{
    public async Task<FinancingEstimate> EstimateAsync(Company company, DossierKind kind, DateOnly start, DateOnly today, CancellationToken cancellationToken, decimal? hours = null, int trainees = 1)
    {
        var answer = company is { OpcoOrigin: OpcoOrigin.Manual, OpcoSlug: { } chosen }
            ? new OpcoAnswer(chosen, OpcoOrigin.Manual, OpcoConfidence.Certain, "OPCO indiqué par l’entreprise et vérifié.", [chosen], [], "")
            : await resolver.ResolveAsync(CompanyService.QuestionOf(company), start, cancellationToken);
        var opco = answer.Opco is null ? null : await db.Opcos.FindAsync([answer.Opco], cancellationToken);
        var warnings = new List<string>();
        var sources = new List<string>();
        Add(sources, answer.Source);
        if (!company.IsOpen)
        {
            warnings.Add("Cet établissement est fermé au registre : aucune demande n’est possible avec ce SIRET.");
        }

        if (company.IsDegraded)
        {
            warnings.Add("Le registre des entreprises ne répond pas pour le moment : cette réponse sera complétée dès son retour.");
        }

        var threshold = (int)await rules.RequireNumberAsync(RuleCodes.HeadcountThreshold, start, cancellationToken);
        var above = IsAbove(company, threshold);
        if (above)
        {
            warnings.Add($"Entreprise d’au moins {threshold} salariés d’après les données connues : les fonds mutualisés du plan de développement des compétences ne sont pas ouverts. Restent les fonds propres ou conventionnels. L’effectif légal est à confirmer.");
        }

        if (opco is null)
        {
            return new FinancingEstimate { Opco = answer, StartDate = start, AboveThreshold = above, Warnings = warnings, Sources = sources };
        }

        var window = await rules.FilingWindowAsync(opco.Slug, start, cancellationToken);
        int? left = window is null ? null : window.Last.DayNumber - today.DayNumber;
        if (left < 0)
        {
            warnings.Add(window!.Strict
                ? $"La date limite de dépôt ({Fr.Date(window.Last)}) est passée : l’OPCO refusera la demande pour cette date de début."
                : $"La date conseillée de dépôt ({Fr.Date(window.Last)}) est passée : l’OPCO peut refuser ou répondre après le début.");
        }

        if (start < today)
        {
            warnings.Add("La date de début est passée : une formation commencée avant le dépôt n’est pas financée.");
        }

        Add(sources, window?.Source);
        var circuit = await rules.FindAsync(RuleCodes.PaymentCircuit, start, cancellationToken, opco.Slug);
        Add(sources, circuit?.Source);
        var (ceiling, tax, text, source) = await CeilingAsync(opco.Slug, kind, start, hours, trainees, cancellationToken);
        Add(sources, source);
        return new FinancingEstimate
        {
            Opco = answer,
            OpcoName = opco.Name,
            StartDate = start,
            Window = window,
            DaysLeft = left,
            Circuit = circuit is null ? null : Enum.Parse<PaymentCircuit>(circuit.Value),
            CircuitText = opco.PaymentRule,
            Ceiling = ceiling,
            CeilingTax = tax,
            CeilingText = text,
            AboveThreshold = above,
            Warnings = warnings,
            Sources = sources,
        };
    }

    /// <summary>Lump sum and hourly rate may both exist: the lower one is what can be hoped for.</summary>
    public async Task<(decimal? Amount, string Tax, string Text, string? Source)> CeilingAsync(
        string opco, DossierKind kind, DateOnly start, decimal? hours, int trainees, CancellationToken cancellationToken)
    {
        var lump = await rules.FindAsync(RuleCodes.LumpCeiling, start, cancellationToken, opco, kind);
        var hourly = await rules.FindAsync(RuleCodes.HourlyCeilingHt, start, cancellationToken, opco, kind);
        var tax = (await rules.FindAsync(RuleCodes.CeilingTax, start, cancellationToken, opco, kind))?.Value ?? "HT";
        if (lump is null && hourly is null)
        {
            return (null, tax, "L’OPCO ne publie pas de plafond général : il dépend de la branche.", null);
        }

        decimal? byLump = lump is null ? null : Parse(lump) * trainees;
        decimal? byHour = hourly is null || hours is null ? null : Parse(hourly) * hours * trainees;
        var amount = byLump is null ? byHour : byHour is null ? byLump : Math.Min(byLump.Value, byHour.Value);
        var parts = new List<string>();
        if (lump is not null)
        {
            parts.Add($"{Fr.Euros(Parse(lump))} {tax} au plus{(trainees > 1 ? " par personne" : "")}");
        }

        if (hourly is not null)
        {
            parts.Add($"{Fr.Euros(Parse(hourly))} {tax} par heure{(trainees > 1 ? " et par personne" : "")}");
        }

        return (amount, tax, $"Plafond indicatif : {string.Join(", ", parts)}.", (lump ?? hourly)!.Source);
    }

    /// <summary>What the company declares prevails; the register's band only when nothing is declared.</summary>
    public static bool IsAbove(Company company, int threshold) =>
        company.DeclaredHeadcount is { } declared ? declared >= threshold : HeadcountBand.Range(company.HeadcountBand) is { Min: var min } && min >= threshold;

    private static decimal Parse(Rule rule) => decimal.Parse(rule.Value, CultureInfo.InvariantCulture);

    private static void Add(List<string> sources, string? source)
    {
        if (!string.IsNullOrEmpty(source) && !sources.Contains(source))
        {
            sources.Add(source);
        }
    }
}

/// <summary>The filing day for a calendar (RFC 5545): an all-day event with a reminder a week before.</summary>
public static class FilingCalendar
{
    public static string Write(string title, string description, DateOnly lastDay, DateTimeOffset now, string uid)
    {
        var text = new StringBuilder();
        foreach (var line in (string[])
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Netz Informatique//MonOPCO//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
            $"UID:{Escape(uid)}", $"DTSTAMP:{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}",
            $"DTSTART;VALUE=DATE:{Day(lastDay)}", $"DTEND;VALUE=DATE:{Day(lastDay.AddDays(1))}", $"SUMMARY:{Escape(title)}", $"DESCRIPTION:{Escape(description)}",
            "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P7D", $"DESCRIPTION:{Escape(title)}", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
        ])
        {
            AppendFolded(text, line);
        }

        return text.ToString();
    }

    private static string Day(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Lines end with CRLF and hold at most 75 octets; a continuation begins with a space.</summary>
    private static void AppendFolded(StringBuilder text, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > 75)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
