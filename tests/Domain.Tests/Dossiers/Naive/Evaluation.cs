using System.Globalization;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Domain.Tests.Dossiers.Naive;

/// <summary>A dossier in memory with what the list knows about it.</summary>
public sealed record Fact(Dossier Dossier, bool ComplementAsked, bool SignaturePending, IReadOnlyDictionary<string, int> Ranks);

/// <summary>What the list should find and in which order, written without SQL, without indexes, and without the list's own code.</summary>
internal static class Evaluation
{
    internal static List<Guid> Of(IReadOnlyList<Fact> facts, DossierQuery query, ListContext context)
    {
        var found = facts.Where(x => Words(x, query.Text) && query.Conditions.All(c => Holds(x, c, context)));
        var with = found.Where(x => Key(x, query.Sort.Key) is not null).OrderBy(x => Key(x, query.Sort.Key)).ThenBy(x => x.Dossier.Id).ToList();
        var without = found.Where(x => Key(x, query.Sort.Key) is null).OrderBy(x => x.Dossier.Id).ToList();

        // A duration rises while its beginning falls.
        if (query.Descending != (query.Sort.Key == "duree"))
        {
            with.Reverse();
            without.Reverse();
        }

        return [.. with.Concat(without).Select(x => x.Dossier.Id)];
    }

    private static IComparable? Key(Fact x, string key)
    {
        var d = x.Dossier;
        return key switch
        {
            "numero" => (d.Year * 1_000_000L) + d.Sequence,
            "cree" => d.CreatedAt,
            "entreprise" => x.Ranks[d.Company!.Name],
            "beneficiaire" => x.Ranks[d.BeneficiaireName],
            "type" => d.Kind == DossierKind.Bilan ? 0 : 1,
            "intitule" => x.Ranks[d.Title],
            "opco" => d.OpcoName is null ? null : x.Ranks[d.OpcoName],
            "demande" => d.RequestedAmount,
            "accorde" => d.GrantedAmount,
            "reste" => d.Remainder,
            "etat" => Alphabetical(DossierStates.Label(d.State)),
            "duree" => d.StateSince,
            "decision" => Array.IndexOf(["Accord", "AccordPartiel", "Aucune", "RefusAvantDepot", "RefusDeLOpco"], Decision(d)),
            "limite" => d.FilingDeadline,
            "depose" => d.FiledAt,
            "debut" => d.StartDate,
            "responsable" => d.ResponsableName is null ? null : x.Ranks[d.ResponsableName],
            _ => throw new ArgumentOutOfRangeException(nameof(key), key, null),
        };
    }

    // The place of the word among all labels, letters without accents.
    private static int Alphabetical(string label) => Enum.GetValues<DossierState>().Count(x => string.CompareOrdinal(SearchText.Of(DossierStates.Label(x)), SearchText.Of(label)) < 0);

    private static string Decision(Dossier d) =>
        d.GrantedAmount is { } granted ? (granted >= d.RequestedAmount ? "Accord" : "AccordPartiel") : d.RefusalCode is null ? "Aucune" : d.FiledAt is null ? "RefusAvantDepot" : "RefusDeLOpco";

    private static bool Holds(Fact x, DossierCondition condition, ListContext context) => condition.Operator switch
    {
        FilterOperator.Vide => IsEmpty(x, condition.Field.Key),
        FilterOperator.Rempli => !IsEmpty(x, condition.Field.Key),
        FilterOperator.Pas or FilterOperator.Sauf => !condition.Values.Any(v => One(x, condition.Field, FilterOperator.Est, v, context)),
        _ => condition.Values.Any(v => One(x, condition.Field, condition.Operator, v, context)),
    };

    private static bool IsEmpty(Fact x, string key) => key switch
    {
        "manque" => !x.ComplementAsked && !x.SignaturePending && x.Dossier.OpcoSlug is not null,
        "opco" => x.Dossier.OpcoSlug is null,
        "responsable" => x.Dossier.ResponsableId is null,
        "accorde" => x.Dossier.GrantedAmount is null,
        "reste" => x.Dossier.Remainder is null,
        "delai" => !(IsToFile(x.Dossier) && x.Dossier.FilingDeadline is not null),
        "limite" => x.Dossier.FilingDeadline is null,
        "depose" => x.Dossier.FiledAt is null,
        "accord" => x.Dossier.AccordDate is null,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, null),
    };

    private static bool IsToFile(Dossier d) => d.FiledAt is null && d.Circuit != PaymentCircuit.FondsPropres
        && d.State is DossierState.Brouillon or DossierState.AnalyseBesoin or DossierState.DevisEnvoye or DossierState.DevisAccepte or DossierState.ConventionEnSignature or DossierState.PiecesManquantes or DossierState.PretAuDepot
        && d.FiledAt is null && d.Circuit != PaymentCircuit.FondsPropres;

    private static bool One(Fact x, DossierField field, FilterOperator filterOperator, string value, ListContext context)
    {
        var d = x.Dossier;
        switch (field.Key)
        {
            case "texte": return Words(x, value);
            case "etat": return d.State.ToString() == value;
            case "groupe": return DossierStates.Group(d.State).ToString() == value;
            case "colonne": return DossierStates.Column(d.State).ToString() == value;
            case "type": return d.Kind.ToString() == value;
            case "decision": return Decision(d) == value;
            case "manque": return value switch { "complement" => x.ComplementAsked, "signature" => x.SignaturePending, _ => d.OpcoSlug is null };
            case "opco": return d.OpcoSlug == value;
            case "entreprise": return Guid.TryParse(value, out var id) ? d.CompanyId == id : SearchText.Of(value).Split(' ', StringSplitOptions.RemoveEmptyEntries).All(w => d.Company!.Search.Contains(w, StringComparison.Ordinal));
            case "responsable": return d.ResponsableId == (value == "moi" ? context.UserId : Guid.Parse(value));
            case "salaries": return Number(d.BeneficiaireCount, filterOperator, value);
            case "demande": return Number(d.RequestedAmount, filterOperator, value);
            case "accorde": return Number(d.GrantedAmount, filterOperator, value);
            case "reste": return Number(d.Remainder, filterOperator, value);
            case "duree": return Number((decimal)(context.Now - d.StateSince).Ticks / TimeSpan.TicksPerDay, filterOperator, value);
            case "delai": return Number(IsToFile(d) && d.FilingDeadline is { } day ? day.DayNumber - Fr.InParis(context.Now).DayNumber : null, filterOperator, value);
            case "cree": return Day(Fr.InParis(d.CreatedAt), filterOperator, value, context);
            case "depose": return Day(d.FiledAt is { } filed ? Fr.InParis(filed) : null, filterOperator, value, context);
            case "limite": return Day(d.FilingDeadline, filterOperator, value, context);
            case "accord": return Day(d.AccordDate, filterOperator, value, context);
            case "debut": return Day(d.StartDate, filterOperator, value, context);
            default: throw new ArgumentOutOfRangeException(nameof(field), field.Key, null);
        }
    }

    private static bool Number(decimal? number, FilterOperator filterOperator, string value)
    {
        decimal? Read(string text) => text.Length == 0 ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
        return number is { } n && filterOperator switch
        {
            FilterOperator.Inf => n < Read(value),
            FilterOperator.Sup => n > Read(value),
            FilterOperator.Est => n == Read(value),
            _ => value.Split("..") is var ends && (Read(ends[0]) is not { } low || n >= low) && (Read(ends[1]) is not { } high || n <= high),
        };
    }

    private static bool Day(DateOnly? day, FilterOperator filterOperator, string value, ListContext context)
    {
        if (day is not { } d)
        {
            return false;
        }

        var today = Fr.InParis(context.Now);
        (DateOnly First, DateOnly Last)? Read(string text)
        {
            if (text.Length == 0)
            {
                return null;
            }

            var monday = today;
            while (monday.DayOfWeek != DayOfWeek.Monday)
            {
                monday = monday.AddDays(-1);
            }

            return text switch
            {
                "aujourdhui" => (today, today),
                "hier" => (today.AddDays(-1), today.AddDays(-1)),
                "semaine" => (monday, monday.AddDays(6)),
                "semaine-1" => (monday.AddDays(-7), monday.AddDays(-1)),
                "mois" => (new(2026, 11, 1), new(2026, 11, 30)),
                "mois-1" => (new(2026, 10, 1), new(2026, 10, 31)),
                "annee" => (new(2026, 1, 1), new(2026, 12, 31)),
                "annee-1" => (new(2025, 1, 1), new(2025, 12, 31)),
                "7j" => (today.AddDays(-6), today),
                "90j" => (today.AddDays(-89), today),
                "+30j" => (today, today.AddDays(29)),
                { Length: 4 } => (new(int.Parse(text, CultureInfo.InvariantCulture), 1, 1), new(int.Parse(text, CultureInfo.InvariantCulture), 12, 31)),
                { Length: 7 } => DateOnly.ParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture) is var m ? (m, m.AddMonths(1).AddDays(-1)) : default,
                _ => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) is var one ? (one, one) : default,
            };
        }

        return filterOperator switch
        {
            FilterOperator.Est => d >= Read(value)!.Value.First && d <= Read(value)!.Value.Last,
            FilterOperator.Avant => d < Read(value)!.Value.First,
            FilterOperator.Apres => d > Read(value)!.Value.Last,
            _ => value.Split("..") is var ends && (Read(ends[0]) is not { } low || d >= low.First) && (Read(ends[1]) is not { } high || d <= high.Last),
        };
    }

    private static bool Words(Fact x, string text)
    {
        var d = x.Dossier;
        var digits = new string([.. text.Where(c => c != ' ' && c != '.')]);
        if (digits.Length is 9 or 14 && digits.All(char.IsAsciiDigit))
        {
            return d.Company!.Siret.StartsWith(digits, StringComparison.Ordinal);
        }

        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var number = word.TrimStart('#').Split('-');
            if (number is [{ Length: 4 } year, var sequence] && (year + sequence).All(char.IsAsciiDigit) && sequence.Length <= 8)
            {
                // A whole number, or the beginning of one written with five digits.
                var matches = d.Year.ToString(CultureInfo.InvariantCulture) == year && (sequence.Length >= 5 ? d.Sequence == int.Parse(sequence, CultureInfo.InvariantCulture) : d.Sequence.ToString("00000", CultureInfo.InvariantCulture).StartsWith(sequence, StringComparison.Ordinal));
                if (!matches)
                {
                    return false;
                }

                continue;
            }

            foreach (var part in SearchText.Of(word).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (part.Length < 3 ? !d.Search.Split(' ').Any(w => w.StartsWith(part, StringComparison.Ordinal)) : !d.Search.Contains(part, StringComparison.Ordinal))
                {
                    return false;
                }
            }
        }

        return true;
    }
}

/// <summary>Values that meet the data: taken from it half of the time.</summary>
internal static class Values
{
    private static readonly string[] Periods = ["aujourdhui", "hier", "semaine", "semaine-1", "mois", "mois-1", "annee", "annee-1", "7j", "90j", "+30j", "2025", "2026-03", "2026-10-31", "2026-11-01", "2026-11-28", "2025-12-24"];
    private static readonly string[] Amounts = ["0", "1500", "2400", "4999.99", "5000", "15000", "15000.01"];
    private static readonly string[] Days = ["-10", "0", "1", "7", "21", "30", "180"];

    internal static string For(string start, Random random, IReadOnlyList<Fact> facts, IReadOnlyList<Guid> people)
    {
        var (key, code) = (start.Split(':')[0], start.Split(':')[1]);
        if (code is "vide" or "rempli")
        {
            return "";
        }

        var field = DossierFields.Find(key)!;
        var count = 1 + random.Next(3);
        return ":" + string.Join(',', Enumerable.Range(0, count).Select(_ => code == "entre" ? Range(One()) : One()));

        string Range(string one) => random.Next(4) switch { 0 => one + "..", 1 => ".." + one, _ => $"{one}..{One()}" };

        string One()
        {
            var d = facts[random.Next(facts.Count)].Dossier;
            return field.Kind switch
            {
                FieldKind.Text => Words(random, facts).Replace("%", "", StringComparison.Ordinal),
                FieldKind.Choice => field.Choices[random.Next(field.Choices.Count)].Code,
                FieldKind.Opco => d.OpcoSlug ?? "nulle-part",
                FieldKind.Person => random.Next(3) == 0 ? "moi" : people[random.Next(people.Count)].ToString(),
                FieldKind.Company => code is "est" or "pas" ? d.CompanyId.ToString() : random.Next(2) == 0 ? d.Company!.Name : d.Company!.Siret[..random.Next(3, 14)],
                FieldKind.Amount => random.Next(2) == 0 ? Amounts[random.Next(Amounts.Length)] : d.RequestedAmount.ToString(CultureInfo.InvariantCulture),
                FieldKind.Count => random.Next(1, 12).ToString(CultureInfo.InvariantCulture),
                FieldKind.Days => Days[random.Next(Days.Length)],
                _ => Periods[random.Next(Periods.Length)],
            };
        }
    }

    internal static string Words(Random random, IReadOnlyList<Fact> facts)
    {
        var d = facts[random.Next(facts.Count)].Dossier;
        return random.Next(6) switch
        {
            0 => d.Numero,
            1 => d.Numero[..(5 + random.Next(4))],
            2 => d.BeneficiaireName,
            3 => d.Company!.Name,
            4 => d.Title[..2] + " " + d.Company!.Name[..3],
            _ => d.OpcoName ?? "rien",
        };
    }
}
