using System.Globalization;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Domain.Data;

/// <summary>Dated rules out of opcos.json and the domain facts.</summary>
internal static class RuleSeed
{
    private static readonly DateOnly Origin = new(2020, 1, 1);
    private static readonly DateOnly Year2026 = new(2026, 1, 1);

    /// <summary>Direct payment to the training body is narrowed from this day on.</summary>
    private static readonly DateOnly CircuitReform = new(2026, 10, 1);

    internal static IEnumerable<Rule> All(JsonObject document, IReadOnlyList<JsonObject> opcos) => [.. Common(document["regles_communes"]!.AsObject()), .. Own(), .. RequiredDocuments(), .. opcos.SelectMany(OfOpco)];

    private static IEnumerable<Rule> Common(JsonObject common)
    {
        yield return new Rule { Code = RuleCodes.HeadcountThreshold, ValidFrom = Origin, Value = Invariant(common["seuil_fonds_mutualises_effectif"]!), Unit = "salariés", Source = DomainSeed.Text(common, "base_legale"), Certainty = RuleCertainty.Verified };
        yield return new Rule { Code = RuleCodes.MaxHours, Kind = "bilan", ValidFrom = Origin, Value = Invariant(common["bilan_max_heures"]!), Unit = "h", Source = "art. L6313-4 du code du travail", Certainty = RuleCertainty.Verified };
        yield return new Rule { Code = RuleCodes.MinHours, Kind = "bilan", ValidFrom = new DateOnly(2026, 2, 25), Value = Invariant(common["bilan_min_heures"]!), Unit = "h", Source = DomainSeed.Text(common, "bilan_min_heures_source"), Certainty = RuleCertainty.ToConfirm };
        yield return new Rule { Code = RuleCodes.MaxHoursPerDay, ValidFrom = Origin, Value = "7", Unit = "h/jour", Source = "Usage des OPCO (durée légale du travail)" };
        yield return new Rule { Code = RuleCodes.EmployeeAnswerDays, ValidFrom = Origin, Value = "10", Unit = "jours", Source = "art. R6313-8 du code du travail", Certainty = RuleCertainty.Verified };
        yield return new Rule { Code = RuleCodes.SmallBuildingHeadcount, ValidFrom = Origin, Value = "10", Unit = "salariés", Source = "Conventions collectives IDCC 1596 et 1597", Certainty = RuleCertainty.Verified };
    }

    /// <summary>What we chose ourselves.</summary>
    private static IEnumerable<Rule> Own()
    {
        (string Code, string Value, string Unit)[] settings =
        [
            (RuleCodes.QuoteValidityDays, "30", "jours"), (RuleCodes.SignatureDays, "30", "jours"), (RuleCodes.ComplementDays, "10", "jours"), (RuleCodes.ComplementReminderDays, "3", "jours"),
            (RuleCodes.RequestAnswerDays, "1", "jours"), (RuleCodes.MinConfidence, nameof(OpcoConfidence.Forte), ""), (RuleCodes.MinDescriptionLength, "40", "caractères"), (RuleCodes.TaskHours, "14", "heures ouvrées"),
        ];
        (string Code, string Value, string Unit, string Source)[] backups =
        [
            (RuleCodes.BackupDays, "14", "jours", "Réglage MonOPCO (S000-N3.2 : sauvegardes quotidiennes)"), (RuleCodes.BackupWeeks, "8", "semaines", "Réglage MonOPCO"),
            (RuleCodes.BackupMonths, "3", "mois", "Réglage MonOPCO : aucune sauvegarde au-delà de trois mois (RGPD, art. 5)"), (RuleCodes.BackupKeysDays, "10", "jours", "Réglage MonOPCO : plus court que les données, pour qu’une clé détruite le soit vite partout"),
        ];
        (string Task, string Hours)[] tasks =
        [
            ("valider-demande", "7"), ("completer-avant-depot", "7"), ("depot-assiste", "7"), ("confirmer-depot", "4"), ("incident-portail", "4"), ("saisir-decision", "14"), ("repondre-complement", "7"), ("accepter-reste", "35"),
        ];
        return settings.Concat(tasks.Select(x => (RuleCodes.TaskHours + ":" + x.Task, x.Hours, "heures ouvrées")))
            .Select(x => new Rule { Code = x.Item1, ValidFrom = Origin, Value = x.Item2, Unit = x.Item3, Source = "Réglage MonOPCO", Certainty = RuleCertainty.Verified })
            .Append(new Rule { Code = RuleCodes.PersonRequestMonths, ValidFrom = Origin, Value = "1", Unit = "mois", Source = "RGPD, art. 12.3", Certainty = RuleCertainty.Verified })
            .Concat(RetentionClasses.All.Select(x => new Rule { Code = RetentionClasses.Rule(x.Code), ValidFrom = Origin, Value = x.Months, Unit = "mois", Source = x.Source, Certainty = x.Certainty }))
            .Concat(backups.Select(x => new Rule { Code = x.Code, ValidFrom = Origin, Value = x.Value, Unit = x.Unit, Source = x.Source, Certainty = RuleCertainty.Verified }));
    }

    /// <summary>What every OPCO wants; one that wants more, or less, gets its own value on the page of rules.</summary>
    private static IEnumerable<Rule> RequiredDocuments()
    {
        string[] always = [DocumentTypes.Devis, DocumentTypes.Programme, DocumentTypes.Convention, DocumentTypes.Mandat, DocumentTypes.ListeStagiaires, DocumentTypes.Qualiopi];
        string[] sometimes = [DocumentTypes.Calendrier, DocumentTypes.Rib];
        return always.Concat(sometimes)
            .Select(x => new Rule { Code = RuleCodes.RequiredDocument + x, ValidFrom = Origin, Value = always.Contains(x) ? "true" : "false", Source = "Liste commune des OPCO" });
    }

    private static IEnumerable<Rule> OfOpco(JsonObject opco)
    {
        var slug = DomainSeed.Text(opco, "slug");
        var filing = opco["depot"]!.AsObject();
        var filingSource = DomainSeed.Text(filing, "source");
        yield return Make(RuleCodes.FilingDelayDays, filing["delai_jours"]!, "jours calendaires", filingSource);
        yield return Make(RuleCodes.FilingStrict, filing["strict"]!, "", filingSource);
        if (filing["au_plus_tot_mois"] is { } months)
        {
            yield return Make(RuleCodes.FilingEarliestMonths, months, "mois", filingSource);
        }

        if (filing["date_limite_annuelle"] is { } cutOff)
        {
            yield return Make(RuleCodes.FilingYearlyCutOff, cutOff, "MM-JJ", filingSource);
        }

        if (opco["reponse"]!["delai_jours"] is { } answer)
        {
            yield return Make(RuleCodes.AnswerDays, answer, "jours", DomainSeed.Text(opco["reponse"]!.AsObject(), "source"));
        }

        if (opco["justificatifs"]!["delai_mois"] is { } claim)
        {
            yield return Make(RuleCodes.PaymentClaimMonths, claim, "mois", filingSource);
        }

        foreach (var rule in Circuits(opco, slug))
        {
            yield return rule;
        }

        foreach (var rule in Ceilings(opco, slug))
        {
            yield return rule;
        }

        Rule Make(string code, JsonNode value, string unit, string source) => new() { Code = code, Scope = slug, ValidFrom = Year2026, Value = Invariant(value), Unit = unit, Source = source };
    }

    /// <summary>Until the reform what the OPCO offered; from it on what is left (facts §1.3): both ways = decided by the accord.</summary>
    private static IEnumerable<Rule> Circuits(JsonObject opco, string slug)
    {
        var payment = opco["paiement"]!.AsObject();
        var modes = payment["modes"]!.AsArray().Select(x => x!.GetValue<string>()).ToHashSet();
        var source = DomainSeed.Text(payment, "source");
        var before = modes.Contains("subrogation") || slug == "constructys" ? PaymentCircuit.Subrogation : PaymentCircuit.Remboursement;
        var after = modes.Contains("subrogation") ? slug == "opco-2i" ? PaymentCircuit.Subrogation : PaymentCircuit.Mixte : PaymentCircuit.Remboursement;
        yield return new Rule { Code = RuleCodes.PaymentCircuit, Scope = slug, ValidFrom = Origin, ValidTo = CircuitReform.AddDays(-1), Value = before.ToString(), Source = source };
        yield return new Rule { Code = RuleCodes.PaymentCircuit, Scope = slug, ValidFrom = CircuitReform, Value = after.ToString(), Source = source };
    }

    private static IEnumerable<Rule> Ceilings(JsonObject opco, string slug)
    {
        var (training, bilan) = (opco["formation"]!.AsObject(), opco["bilan_competences"]!.AsObject());
        foreach (var (node, kind, hourly) in new[] { (training, "formation", "plafond_horaire_ht"), (training, "formation", "plafond_horaire_ttc"), (bilan, "bilan", "plafond_horaire") })
        {
            if (node[hourly] is { } rate)
            {
                yield return Make(RuleCodes.HourlyCeilingHt, kind, rate, "€/h", node);
                var tax = hourly.EndsWith("ttc", StringComparison.Ordinal) ? "TTC" : node["plafond_horaire_taxe"]?.GetValue<string>() ?? "HT";
                yield return Make(RuleCodes.CeilingTax, kind, JsonValue.Create(tax), "", node);
            }
        }

        if (bilan["plafond_forfait"] is { } lump)
        {
            yield return Make(RuleCodes.LumpCeiling, "bilan", lump, "€", bilan);
        }

        foreach (var envelope in training["plafonds_annuels"]!.AsArray().Select(x => x!.AsObject()).Where(x => x["montant"] is not null))
        {
            yield return Make(RuleCodes.YearlyEnvelope + Bounds(DomainSeed.Text(envelope, "effectif")), "*", envelope["montant"]!, "€/an", training);
        }

        Rule Make(string code, string kind, JsonNode value, string unit, JsonObject node) =>
            new() { Code = code, Scope = slug, Kind = kind, ValidFrom = Year2026, Value = Invariant(value), Unit = unit, Source = DomainSeed.Text(node, "source") };
    }

    /// <summary>« &lt;11 » → 0-10, « 11-49 » as it is.</summary>
    private static string Bounds(string headcount) =>
        headcount.StartsWith('<') ? string.Create(CultureInfo.InvariantCulture, $"0-{int.Parse(headcount[1..], CultureInfo.InvariantCulture) - 1}") : headcount;

    private static string Invariant(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
