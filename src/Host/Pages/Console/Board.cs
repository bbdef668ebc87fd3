using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Figures;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Console;

/// <summary>
/// The dashboard's numbers out of the sums. Each count comes with the address of the list that shows exactly the counted dossiers: the same conditions, in the list's language.
/// </summary>
/// <param name="cube">The sums.</param>
/// <param name="opcos">Names by slug.</param>
/// <param name="rules">Dated targets and answer delays.</param>
public sealed class Board(DossierCube cube, IReadOnlyDictionary<string, string> opcos, IReadOnlyList<Rule> rules)
{
    private const int Months = 13;

    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");
    private static readonly DossierGroup[] InProgress = [DossierGroup.Brouillon, DossierGroup.Envoye, DossierGroup.EnExamen];
    private static readonly DossierDecision[] Granted = [DossierDecision.Accord, DossierDecision.AccordPartiel];

    private readonly DateOnly _today = Fr.InParis(cube.At);

    public DateTimeOffset At => cube.At;

    private DateOnly Month => new(_today.Year, _today.Month, 1);

    public IReadOnlyList<Figure> Figures()
    {
        var validated = cube.Accords.Where(x => x.Month == Month).Sum(x => x.Count);
        var (granted, refused) = (CountOf(x => Granted.Contains(x.Decision)), CountOf(x => x.Decision == DossierDecision.RefusDeLOpco));
        var year = cube.Accords.Where(x => x.Month > Month.AddMonths(-12)).ToList();
        var delays = year.Sum(x => x.DelayCount);
        return
        [
            new("total", "Dossiers", Fr.Number(CountOf(_ => true)), "Tous les dossiers, quel que soit leur état.", List()),
            new("en-cours", "En cours", Fr.Number(CountOf(x => InProgress.Contains(DossierStates.Group(x.State)))), "Brouillon, envoyé ou en examen.", List(Groups(InProgress))),
            new("valides", "Validés ce mois", Fr.Number(validated), "Accords, complets ou partiels, datés du mois en cours.", List("accord:est:mois"), Change(validated, cube.Accords.Where(x => x.Month == Month.AddMonths(-1)).Sum(x => x.Count))),
            new("accorde", "Montant accordé", Money(cube.Created.Sum(x => x.Granted)), "Somme des montants accordés par les OPCO, hors taxes, tous dossiers confondus.", List("accorde:rempli")),
            new("paye", "Montant des dossiers payés", Money(cube.Created.Where(x => DossierStates.Group(x.State) == DossierGroup.Paye).Sum(x => x.Granted)), "Somme des montants accordés des dossiers payés ou clos, hors taxes.", List(Groups(DossierGroup.Paye))),
            new("acceptation", "Acceptation par les OPCO", Share(granted, granted + refused), "Accords, complets ou partiels, sur l’ensemble des décisions des OPCO.", List("decision:est:Accord,AccordPartiel,RefusDeLOpco"), $"{Fr.Plural(granted, "accord")}, {Fr.Plural(refused, "refus", "refus")}"),
            new("delai", "Délai de réponse des OPCO", delays == 0 ? "–" : $"{Fr.Number(Math.Round((decimal)year.Sum(x => x.DelayDays) / delays, 1))} jours", "Moyenne des jours entre le dépôt et l’accord, sur les accords de ce mois et des onze mois précédents.", List($"accord:apres:{Month.AddMonths(-11).AddDays(-1):yyyy-MM-dd}"), delays == 0 ? "aucun accord depuis un an" : $"sur {Fr.Plural(delays, "accord")}"),
            new("clients", "Entreprises actives", Fr.Number(cube.Companies.Active), "Entreprises qui ont au moins un dossier ni terminé ni refusé.", List(States(CubeReader.Active)), $"sur {Fr.Number(cube.Companies.All)} avec un dossier"),
        ];
    }

    /// <summary>Each OPCO has its own answer delay, so each has its own line and its own list.</summary>
    public IReadOnlyList<BoardAlert> Alerts() =>
    [
        Alert("danger", "clipboard-check", "À valider", DossierState.Brouillon, "Demandes reçues qui attendent votre contrôle."),
        Alert("warning", "message-circle", "Compléments demandés par l’OPCO", DossierState.ComplementDemande, "L’OPCO attend une réponse avant de décider."),
        .. Late().OrderByDescending(x => x.Days).Select(x => new BoardAlert("danger", "alert-triangle", $"{Name(x.Opco)} : réponse en retard", x.Count, LateList(x.Opco, x.Limit), $"Délai de réponse de l’OPCO dépassé, de {Fr.Plural(x.Days, "jour")} pour le plus ancien (règles « Dépôt et réponse »).")),
        Alert("warning", "currency-euro", "Paiements qui attendent des justificatifs", DossierState.CertificatEmis, "L’action est réalisée : certificat et facture sont à transmettre."),
    ];

    /// <summary>The sentences of the morning, most pressing first.</summary>
    public IReadOnlyList<BriefingLine> Briefing()
    {
        var alerts = Alerts();
        var (running, urgent) = (CountOf(x => InProgress.Contains(DossierStates.Group(x.State))), alerts.Sum(x => x.Count));
        var lines = new List<BriefingLine>
        {
            new("neutral", "folders", new BriefingPart(Fr.Plural(running, "dossier") + " en cours", List(Groups(InProgress))), new BriefingPart(urgent == 0 ? ", aucun ne demande d’action urgente." : urgent == 1 ? ", 1 demande une action urgente." : $", {Fr.Number(urgent)} demandent une action urgente.")),
        };
        if (alerts[0].Count is > 0 and var waiting)
        {
            lines.Add(new("danger", "clipboard-check", new BriefingPart(Fr.Plural(waiting, "nouveau dossier", "nouveaux dossiers") + " à valider", alerts[0].Url), new BriefingPart(".")));
        }

        foreach (var late in Late().OrderByDescending(x => x.Days).Take(3))
        {
            lines.Add(new("danger", "alert-triangle", new BriefingPart($"{Fr.Plural(late.Count, "dossier")} en retard", LateList(late.Opco, late.Limit)), new BriefingPart($" ({Name(late.Opco)}, délai dépassé de {Fr.Plural(late.Days, "jour")}).")));
        }

        if (alerts[1].Count is > 0 and var asked)
        {
            lines.Add(new("warning", "message-circle", new BriefingPart(Fr.Plural(asked, "complément"), alerts[1].Url), new BriefingPart(asked == 1 ? " demandé par un OPCO attend une réponse." : " demandés par les OPCO attendent une réponse.")));
        }

        lines.Add(new("neutral", "progress", new BriefingPart(MonthSentence())));
        return lines;
    }

    public IReadOnlyList<Chart> Charts()
    {
        var months = Enumerable.Range(0, Months).Select(x => Month.AddMonths(x + 1 - Months)).ToList();
        return
        [
            new("mois", "Dossiers créés par mois", ChartShape.Line, "Mois", "Dossiers", [.. months.Select(m => Point(MonthName(m), CountOf(x => x.Month == m), List($"cree:est:{m:yyyy-MM}")))], MonthSentence()),
            new("statuts", "Dossiers par statut", ChartShape.Donut, "Statut", "Dossiers", [.. Enum.GetValues<DossierGroup>().Select(g => Point(DossierStates.Label(g), CountOf(x => DossierStates.Group(x.State) == g), List(Groups(g)))).Where(x => x.Value > 0)]),
            new("opco", "Dossiers par OPCO", ChartShape.Bars, "OPCO", "Dossiers", [.. cube.Created.GroupBy(x => x.Opco).Select(g => Point(Name(g.Key), g.Sum(x => x.Count), List(g.Key is null ? "opco:vide" : $"opco:est:{g.Key}"))).OrderByDescending(x => x.Value).ThenBy(x => x.Label, StringComparer.Create(French, ignoreCase: true))]),
            new("types", "Bilans et formations", ChartShape.Donut, "Type", "Dossiers", [.. new[] { (DossierKind.Bilan, "Bilan de compétences"), (DossierKind.Formation, "Formation") }.Select(k => Point(k.Item2, CountOf(x => x.Kind == k.Item1), List($"type:est:{k.Item1}"))).Where(x => x.Value > 0)]),
            new("montants", "Montants accordés par mois", ChartShape.Bars, "Mois", "Montant accordé HT", [.. months.Select(m => cube.Accords.Where(x => x.Month == m).Sum(x => x.Granted) is var sum ? new ChartPoint(MonthName(m), sum, Money(sum), List($"accord:est:{m:yyyy-MM}")) : throw new InvalidOperationException())]),
        ];
    }

    /// <summary>The mission's own numbers beside their dated targets. <paramref name="pages"/>: share of pages under two seconds in per cent, null while none was served.</summary>
    public IReadOnlyList<Metric> Metrics(decimal? pages)
    {
        var (granted, refused) = (CountOf(x => Granted.Contains(x.Decision)), CountOf(x => x.Decision == DossierDecision.RefusDeLOpco));
        var january = new DateOnly(_today.Year, 1, 1);
        var created = CountOf(x => x.Month >= january);
        var obtained = cube.Accords.Where(x => x.Month >= january).Sum(x => x.Granted);
        decimal? faster = cube.PaidLately.Average is { } now && cube.PaidBefore.Average is > 0 and { } before ? (decimal)Math.Round((before - now) / before * 100, 1) : null;
        return
        [
            Percent("validation-24h", "Demandes contrôlées en moins de 24 heures", Ratio(cube.Checks.WithinDay, cube.Checks.All), $"Tâches « Valider la demande » terminées depuis {CubeReader.CheckDays} jours : part de celles qui l’ont été dans les 24 heures."),
            Percent("acceptation", "Demandes acceptées par les OPCO", Ratio(granted, granted + refused), "Accords, complets ou partiels, sur l’ensemble des décisions des OPCO."),
            Percent("delai-global-baisse", "Baisse du délai entre la création et le paiement", faster, cube.PaidLately.Average is { } days ? $"Dossiers payés depuis un an ({Fr.Number((decimal)Math.Round(days))} jours en moyenne) comparés à ceux de l’année d’avant." : "Dossiers payés depuis un an comparés à ceux de l’année d’avant."),
            Number("clients-actifs", "Entreprises avec un dossier en cours", cube.Companies.Active, "Entreprises qui ont au moins un dossier ni terminé ni refusé."),
            Number("dossiers-crees", $"Dossiers créés en {_today.Year}", created, "Depuis le 1er janvier."),
            Of("montant-obtenu", $"Montant accordé en {_today.Year}", obtained, Money(obtained), Money, "Accords datés de l’année, hors taxes."),
            Percent("fidelite", "Entreprises avec au moins deux dossiers", Ratio(cube.Companies.WithTwo, cube.Companies.All), "Parmi celles qui ont au moins un dossier."),
            Percent("pages-2s", "Pages servies en moins de 2 secondes", pages, "Temps de réponse du serveur, mesuré sur chaque page des 30 derniers jours."),
        ];
    }

    private List<(string Opco, DateOnly Limit, long Count, int Days)> Late()
    {
        var late = new List<(string, DateOnly, long, int)>();
        foreach (var opco in cube.Awaited.GroupBy(x => x.Opco))
        {
            if ((Rule(RuleCodes.AnswerDays, opco.Key) ?? Rule(RuleCodes.LateAnswerDays)) is { } days && _today.AddDays(-(int)days) is var limit && opco.Where(x => x.Filed < limit).ToList() is { Count: > 0 } passed)
            {
                late.Add((opco.Key, limit, passed.Sum(x => x.Count), limit.DayNumber - passed.Min(x => x.Filed).DayNumber));
            }
        }

        return late;
    }

    private static string LateList(string opco, DateOnly limit) => List(States(CubeReader.AtOpco), $"opco:est:{opco}", $"depose:avant:{limit:yyyy-MM-dd}");

    private BoardAlert Alert(string tone, string icon, string label, DossierState state, string explanation) => new(tone, icon, label, CountOf(x => x.State == state), List($"etat:est:{state}"), explanation);

    private string MonthSentence()
    {
        var (now, before) = (CountOf(x => x.Month == Month), CountOf(x => x.Month == Month.AddMonths(-1)));
        var name = MonthName(Month);
        var change = Change(now, before) is { } text ? $", {text}" : "";
        return $"{char.ToUpper(name[0], French)}{name[1..]} : {Fr.Plural(now, "dossier")}{change}.";
    }

    private string? Change(long now, long before) => before == 0 ? null : $"{(now >= before ? "+" : "−")}{Fr.Number(Math.Round(Math.Abs(now - before) * 100m / before))}\u00A0% vs {Month.AddMonths(-1).ToString("MMMM", French)}";

    private Metric Percent(string code, string label, decimal? value, string definition) => Of(code, label, value, value is { } shown ? $"{Fr.Number(shown)}\u00A0%" : "–", x => $"{Fr.Number(x)}\u00A0%", definition);

    private Metric Number(string code, string label, decimal value, string definition) => Of(code, label, value, Fr.Number(value), Fr.Number, definition);

    private Metric Of(string code, string label, decimal? value, string shown, Func<decimal, string> show, string definition) =>
        Rule(RuleCodes.Target + code) is { } target ? new(code, label, shown, show(target), value is null ? null : value >= target, definition) : new(code, label, shown, "aucun objectif à cette date", null, definition);

    private decimal? Rule(string code, string? opco = null) => rules
        .Where(x => x.Code == code && x.ValidFrom <= _today && (x.ValidTo is null || x.ValidTo >= _today) && (x.Scope == "*" || x.Scope == opco))
        .OrderByDescending(x => x.Scope != "*").ThenByDescending(x => x.ValidFrom).Select(x => (decimal?)decimal.Parse(x.Value, CultureInfo.InvariantCulture)).FirstOrDefault();

    private long CountOf(Func<CreatedCell, bool> which) => cube.Created.Where(which).Sum(x => x.Count);

    private string Name(string? opco) => opco is null ? "OPCO à déterminer" : opcos.GetValueOrDefault(opco, opco);

    private static ChartPoint Point(string label, long count, string url) => new(label, count, Fr.Number(count), url);

    private static string MonthName(DateOnly month) => month.ToString("MMMM yyyy", French);

    private static string Money(decimal amount) => amount.ToString("#,##0", French) + "\u202F€";

    private static decimal? Ratio(long part, long whole) => whole == 0 ? null : Math.Round(part * 100m / whole, 1);

    private static string Share(long part, long whole) => Ratio(part, whole) is { } share ? $"{Fr.Number(share)}\u00A0%" : "–";

    private static string Groups(params DossierGroup[] groups) => $"groupe:est:{string.Join(',', groups)}";

    private static string States(IReadOnlyList<DossierState> states) => $"etat:est:{string.Join(',', states)}";

    private static string List(params string[] conditions) => QueryHelpers.AddQueryString("/dossiers", conditions.Select(x => new KeyValuePair<string, string?>("f", x)));
}
