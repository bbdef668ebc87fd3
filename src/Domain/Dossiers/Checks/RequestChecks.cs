using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using static MonOPCO.Domain.Dossiers.Checks.CheckStatus;

namespace MonOPCO.Domain.Dossiers.Checks;

/// <summary>Rules 1–6, 8 and 12, each in one method.</summary>
internal sealed class RequestChecks(CheckFacts facts, RuleBook rules, OpcoResolver resolver, FinancingEstimator estimator, MonOpcoDbContext db)
{

    // Verbs that say nothing measurable; « Bloom » lists begin elsewhere.
    private static readonly string[] VagueVerbs = ["comprendre", "connaitre", "savoir", "decouvrir", "sensibiliser", "apprehender", "se familiariser"];

    private static readonly string[] DistanceWords = ["assistance", "accompagnement", "evaluation", "suivi", "tuteur", "referent", "visio"];

    private Dossier Dossier => facts.Dossier;

    internal static IEnumerable<CheckLine> Company(CheckFacts facts, int threshold, bool above)
    {
        var company = facts.Company;
        var valid = Siret.TryParse(company.Siret, out var siret);
        yield return new CheckLine("1-siret", "SIRET valide", valid ? Ok : Blocking, valid ? $"SIRET {siret.Formatted}, clé de contrôle exacte." : "La clé de contrôle du SIRET est fausse.", "INSEE");
        yield return company switch
        {
            { IsDegraded: true } => new CheckLine("1-ouvert", "Établissement ouvert", Unknown, "Le registre n’a pas répondu : à compléter dès son retour.", "Registre des entreprises"),
            { IsOpen: true } => new CheckLine("1-ouvert", "Établissement ouvert", Ok, $"{company.Name}, {company.City} : ouvert.", "Registre des entreprises"),
            _ => new CheckLine("1-ouvert", "Établissement ouvert", Blocking, company.ClosedOn is { } day ? $"Établissement fermé depuis le {Fr.Date(day)}." : "Établissement fermé, ou inconnu du registre.", "Registre des entreprises"),
        };
        var known = company.DeclaredHeadcount is { } declared ? $"{Fr.Number(declared)} salariés déclarés" : HeadcountBand.Label(company.HeadcountBand);
        var unknown = company.DeclaredHeadcount is null && HeadcountBand.Range(company.HeadcountBand) is null;
        yield return new CheckLine(
            "1-effectif",
            $"Effectif inférieur à {threshold} (fonds mutualisés)",
            unknown ? Unknown : above ? Warning : Ok,
            above ? $"{known} : les fonds mutualisés sont fermés, la demande suit la voie des fonds propres de l’entreprise." : $"{known}.",
            "art. L6332-17 du code du travail");
    }

    internal async Task<IReadOnlyList<CheckLine>> OpcoAsync(CancellationToken cancellationToken)
    {
        var answer = await resolver.ResolveAsync(CompanyService.QuestionOf(facts.Company), Dossier.StartDate, cancellationToken);
        var min = Enum.Parse<OpcoConfidence>((await rules.FindAsync(RuleCodes.MinConfidence, Dossier.StartDate, cancellationToken))!.Value);
        var chosen = Dossier.OpcoOrigin == OpcoOrigin.Manual;
        var status = Dossier.OpcoSlug is null ? Blocking : Dossier.OpcoConfidence >= min ? Ok : Warning;
        var name = Dossier.OpcoSlug is null ? null : await db.Opcos.Where(x => x.Slug == Dossier.OpcoSlug).Select(x => x.Name).SingleAsync(cancellationToken);
        var proof = name is null ? answer.Explanation : chosen ? $"{name}, indiqué par une personne." : $"{name}. {answer.Explanation}";
        var lines = new List<CheckLine> { new("2-opco", "OPCO identifié", status, proof, answer.Source) };
        lines.AddRange(answer.Notes.Select(note => new CheckLine("2-coherence", "Convention collective, effectif et lieu cohérents", note.StartsWith("L’effectif", StringComparison.Ordinal) ? Warning : Ok, note, "Table MonOPCO")));
        return lines;
    }

    internal async Task<IReadOnlyList<CheckLine>> FilingAsync(CancellationToken cancellationToken)
    {
        var window = Dossier.OpcoSlug is { } slug ? await rules.FilingWindowAsync(slug, Dossier.StartDate, cancellationToken) : null;
        var started = Dossier.StartDate <= facts.Today;
        return
        [
            FilingLine(facts, window),
            new CheckLine(
                "3-debut",
                "Formation non commencée",
                started ? Blocking : Ok,
                started ? $"Début prévu le {Fr.Date(Dossier.StartDate)} : une action commencée avant le dépôt n’est pas financée." : $"Début le {Fr.Date(Dossier.StartDate)}.",
                "Règle commune des OPCO"),
        ];
    }

    internal static CheckLine FilingLine(CheckFacts facts, FilingWindow? window)
    {
        const string label = "Dépôt dans les délais de l’OPCO";
        if (window is null)
        {
            return new CheckLine("3-delai", label, Unknown, "Aucun délai connu pour cet OPCO.");
        }

        var today = facts.Today;
        return window switch
        {
            _ when today > window.Last && window.Strict => new CheckLine("3-delai", label, Blocking, $"Dernier jour de dépôt passé : {Fr.Date(window.Last)}. Décalez le début de la formation.", window.Source),
            _ when today > window.Last => new CheckLine("3-delai", label, Warning, $"Dernier jour conseillé passé : {Fr.Date(window.Last)}. L’OPCO peut refuser.", window.Source),
            _ when window.Earliest > today => new CheckLine("3-delai", label, Warning, $"Dépôt possible à partir du {Fr.Date(window.Earliest.Value)} seulement, jusqu’au {Fr.Date(window.Last)}.", window.Source),
            _ => new CheckLine("3-delai", label, Ok, $"Dernier jour de dépôt : {Fr.Date(window.Last)} (dans {window.Last.DayNumber - today.DayNumber} jours).", window.Source),
        };
    }

    internal async Task<IReadOnlyList<CheckLine>> HoursAsync(CancellationToken cancellationToken)
    {
        var lines = new List<CheckLine>();
        var start = Dossier.StartDate;
        var datesGood = Dossier.EndDate >= start && Dossier.Hours > 0;
        lines.Add(new CheckLine("4-dates", "Dates et durée cohérentes", datesGood ? Ok : Blocking, $"Du {Fr.Date(start)} au {Fr.Date(Dossier.EndDate)}, {Fr.Hours(Dossier.Hours)}."));
        var min = await rules.NumberAsync(RuleCodes.MinHours, start, cancellationToken, Dossier.OpcoSlug, Dossier.Kind);
        var max = await rules.FindAsync(RuleCodes.MaxHours, start, cancellationToken, Dossier.OpcoSlug, Dossier.Kind);
        if (min is not null || max is not null)
        {
            var maxHours = max is null ? decimal.MaxValue : decimal.Parse(max.Value, CultureInfo.InvariantCulture);
            var good = Dossier.Hours >= (min ?? 0) && Dossier.Hours <= maxHours;
            lines.Add(new CheckLine("4-heures-bilan", $"Durée du bilan entre {Fr.Number(min ?? 0)} et {Fr.Number(maxHours)} heures", good ? Ok : Blocking, $"{Fr.Hours(Dossier.Hours)} prévues.", max?.Source ?? ""));
        }

        if (datesGood)
        {
            var perDay = await rules.RequireNumberAsync(RuleCodes.MaxHoursPerDay, start, cancellationToken);
            var days = WorkingDays(start, Dossier.EndDate);
            var fits = Dossier.Hours <= perDay * Math.Max(days, 1);
            lines.Add(new CheckLine("4-heures-jour", $"Au plus {Fr.Hours(perDay)} par jour", fits ? Ok : Blocking, $"{Fr.Hours(Dossier.Hours)} sur {days} jour(s) ouvré(s)."));
        }

        return lines;
    }

    internal async Task<IReadOnlyList<CheckLine>> CostAsync(CancellationToken cancellationToken)
    {
        var lines = new List<CheckLine>();
        var trainees = Math.Max(1, Dossier.Beneficiaires.Count);
        if (Dossier.CostHt <= 0)
        {
            return [new CheckLine("5-cout", "Coût renseigné", Blocking, "Le coût hors taxes manque.")];
        }

        if (Dossier.HourlyRateHt is { } rate)
        {
            var expected = rate * Dossier.Hours * (Dossier.RatePerTrainee ? trainees : 1);
            var people = Dossier.RatePerTrainee && trainees > 1 ? $" × {trainees} personnes" : "";
            lines.Add(new CheckLine(
                "5-cout", "Taux × heures = total", expected == Dossier.CostHt ? Ok : Blocking, $"{Fr.Euros(rate)} × {Fr.Hours(Dossier.Hours)}{people} = {Fr.Euros(expected)} ; total indiqué : {Fr.Euros(Dossier.CostHt)}."));
        }
        else
        {
            lines.Add(new CheckLine("5-cout", "Coût renseigné", Ok, $"Forfait de {Fr.Euros(Dossier.CostHt)} HT."));
        }

        if (Dossier.OpcoSlug is { } slug)
        {
            var (ceiling, tax, text, source) = await estimator.CeilingAsync(slug, Dossier.Kind, Dossier.StartDate, Dossier.Hours, trainees, cancellationToken);
            lines.Add(ceiling switch
            {
                null => new CheckLine("5-plafond", "Plafond de l’OPCO", Unknown, text, source ?? ""),
                _ when Dossier.CostHt <= ceiling => new CheckLine("5-plafond", "Plafond de l’OPCO", Ok, $"{text} Coût : {Fr.Euros(Dossier.CostHt)} HT.", source!),
                _ => new CheckLine("5-plafond", "Plafond de l’OPCO", Warning, $"{text} Reste à charge probable : {Fr.Euros(Dossier.CostHt - ceiling.Value)} {tax}.", source!),
            });
        }

        return lines;
    }

    internal static IEnumerable<CheckLine> TrainingBody(CheckFacts facts)
    {
        const string source = "art. L6316-1 du code du travail";
        if (facts.Dossier.TrainingBody is not { } body)
        {
            yield return new CheckLine("6-organisme", "Organisme de formation choisi", Blocking, "Aucun organisme de formation n’est indiqué.");
            yield break;
        }

        var (start, end) = (facts.Dossier.StartDate, facts.Dossier.EndDate);
        var covers = body.QualiopiFrom <= start && body.QualiopiTo >= end;
        yield return new CheckLine(
            "6-qualiopi",
            "Certificat Qualiopi valable du début à la fin",
            covers ? Ok : Blocking,
            body is { QualiopiFrom: { } from, QualiopiTo: { } to } ? $"Certificat de {body.Name} valable du {Fr.Date(from)} au {Fr.Date(to)}." : $"{body.Name} : aucun certificat enregistré.",
            source);
        var category = facts.Dossier.Kind == DossierKind.Bilan ? "BC" : "AF";
        var right = body.QualiopiCategories.Contains(category);
        yield return new CheckLine("6-categorie", "Certificat pour la bonne catégorie", right ? Ok : Blocking, $"Catégorie nécessaire : {category} ; certificat : {string.Join(", ", body.QualiopiCategories)}.", source);
        var nda = body.NdaActive && body.Nda.Length == 11 && body.Nda.All(char.IsAsciiDigit);
        yield return new CheckLine("6-nda", "Déclaration d’activité active", nda ? Ok : Blocking, nda ? $"NDA {body.Nda}." : "Le numéro de déclaration d’activité manque, est mal formé ou n’est plus actif.", source);
    }

    /// <summary>Texts shorter than <paramref name="vagueLength"/> say too little: <see cref="RuleCodes.MinDescriptionLength"/>.</summary>
    internal static IEnumerable<CheckLine> Pedagogy(CheckFacts facts, int vagueLength)
    {
        const string source = "Qualiopi, indicateurs 1, 5 et 6";
        var dossier = facts.Dossier;
        var objectives = SearchText.Of(dossier.Objectives);
        var vague = VagueVerbs.FirstOrDefault(verb => objectives.StartsWith(verb, StringComparison.Ordinal));
        yield return new CheckLine(
            "8-objectifs",
            "Objectifs mesurables",
            objectives.Length == 0 ? Blocking : objectives.Length < vagueLength || vague is not null ? Warning : Ok,
            objectives.Length == 0 ? "Les objectifs manquent." : vague is not null ? $"Le verbe « {vague} » ne se mesure pas : préférez ce que la personne saura faire." : objectives.Length < vagueLength ? "Objectifs très courts : à préciser." : "Objectifs renseignés.",
            source);
        var content = dossier.Content.Trim().Length;
        yield return new CheckLine("8-contenu", "Contenu détaillé", content == 0 ? Warning : content < vagueLength ? Warning : Ok, content == 0 ? "Le contenu n’est pas décrit." : content < vagueLength ? "Contenu très court : à préciser." : "Contenu décrit.", source);
        var named = dossier.TrainerName.Trim().Length > 0;
        yield return new CheckLine("8-intervenant", "Intervenant nommé", named ? Ok : Warning, named ? dossier.TrainerName : "Aucun intervenant n’est nommé.", source);
        if (dossier.Modality == Modality.Presentiel)
        {
            yield return new CheckLine("8-modalite", "Modalité détaillée", dossier.Place.Trim().Length > 0 ? Ok : Warning, dossier.Place.Trim().Length > 0 ? $"En présence : {dossier.Place}." : "Le lieu manque.", source);
            yield break;
        }

        var detail = SearchText.Of(dossier.ModalityDetail);
        var told = DistanceWords.Count(word => detail.Contains(word, StringComparison.Ordinal)) >= 2;
        yield return new CheckLine(
            "8-modalite", "Modalité à distance détaillée (assistance, évaluation)", told ? Ok : Warning, told ? dossier.ModalityDetail : "Décrivez l’assistance apportée à distance et la façon d’évaluer.", source);
    }

    /// <summary>Rule 12: what other dossiers of the year have already taken from the OPCO's yearly envelope for this company.</summary>
    internal async Task<CheckLine> EnvelopeAsync(CancellationToken cancellationToken)
    {
        const string label = "Enveloppe annuelle restante";
        if (Dossier.OpcoSlug is not { } slug || await EnvelopeRuleAsync(slug, cancellationToken) is not { } rule)
        {
            return new CheckLine("12-enveloppe", label, Unknown, "L’OPCO ne publie pas d’enveloppe annuelle pour cette taille d’entreprise, ou l’effectif est inconnu.");
        }

        var (first, last) = (new DateOnly(Dossier.StartDate.Year, 1, 1), new DateOnly(Dossier.StartDate.Year, 12, 31));
        DossierState[] without = [DossierState.Annule, DossierState.Abandonne, DossierState.Caduc, DossierState.Refuse, DossierState.RefusTacite];
        var siren = facts.Company.Siren;
        var used = await db.Dossiers
            .Where(x => x.Company!.Siren == siren && x.OpcoSlug == slug && x.Id != Dossier.Id && x.StartDate >= first && x.StartDate <= last && !without.Contains(x.State) && x.Circuit != PaymentCircuit.FondsPropres)
            .SumAsync(x => x.GrantedAmount ?? x.RequestedAmount, cancellationToken);
        var envelope = decimal.Parse(rule.Value, CultureInfo.InvariantCulture);
        var left = Math.Max(0, envelope - used);
        return new CheckLine(
            "12-enveloppe", label, Dossier.RequestedAmount <= left ? Ok : Warning, $"Enveloppe indicative {Fr.Euros(envelope)}, déjà demandé ou accordé {Fr.Euros(used)}, reste {Fr.Euros(left)} ; cette demande : {Fr.Euros(Dossier.RequestedAmount)}.", rule.Source);
    }

    private static int WorkingDays(DateOnly from, DateOnly to) =>
        Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Count(offset => from.AddDays(offset).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    private async Task<Rule?> EnvelopeRuleAsync(string slug, CancellationToken cancellationToken)
    {
        var (min, max) = facts.Company.DeclaredHeadcount is { } exact ? (exact, exact) : HeadcountBand.Range(facts.Company.HeadcountBand) is { Max: { } top } band ? (band.Min, top) : (-1, -1);
        if (min < 0)
        {
            return null;
        }

        // « plafond.annuel:11-49 ». An INSEE band may straddle two of the OPCO's: the lower envelope is the careful answer.
        var found = new List<Rule>();
        foreach (var code in (await rules.AllAsync(cancellationToken)).Where(x => x.Scope == slug && x.Code.StartsWith(RuleCodes.YearlyEnvelope, StringComparison.Ordinal)).Select(x => x.Code).Distinct())
        {
            var bounds = code[RuleCodes.YearlyEnvelope.Length..].Split('-');
            if (min <= int.Parse(bounds[1], CultureInfo.InvariantCulture) && max >= int.Parse(bounds[0], CultureInfo.InvariantCulture)
                && await rules.FindAsync(code, Dossier.StartDate, cancellationToken, slug) is { } rule)
            {
                found.Add(rule);
            }
        }

        return found.MinBy(x => decimal.Parse(x.Value, CultureInfo.InvariantCulture));
    }
}
