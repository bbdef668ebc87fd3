using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Figures;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Host.Pages.Console;

namespace MonOPCO.Host.Tests.Console;

/// <summary>The numbers out of given sums; that they equal the lists they open is proven by <see cref="DashboardTests"/>.</summary>
public sealed class BoardTests
{
    private static readonly DateTimeOffset Now = new(2025, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly November = new(2025, 11, 1);
    private static readonly DateOnly October = new(2025, 10, 1);
    private static readonly Dictionary<string, string> Opcos = new() { ["opco-ep"] = "OPCO EP", ["atlas"] = "Atlas" };

    [Fact]
    [Trait("Requirement", "S000-1.M.1")]
    [Trait("Requirement", "S000-1.M.2")]
    [Trait("Requirement", "S000-1.M.3")]
    [Trait("Requirement", "S000-1.M.5")]
    public void Briefing_OfTheSeed_IsWrittenAsTheOwnerWroteIt()
    {
        var board = Make(
            [
                Cell(November, DossierState.Brouillon, 3), Cell(October, DossierState.EnInstruction, 2, "opco-ep"), Cell(October, DossierState.AnalyseBesoin, 12), Cell(November, DossierState.DevisEnvoye, 15),
                Cell(October, DossierState.Paye, 1),
            ],
            awaited: [new AwaitedCell("opco-ep", new DateOnly(2025, 10, 11), 1), new AwaitedCell("opco-ep", new DateOnly(2025, 10, 12), 1), new AwaitedCell("opco-ep", new DateOnly(2025, 10, 16), 7)]);

        var lines = board.Briefing().Select(x => string.Concat(x.Parts.Select(p => p.Text)).Replace('\u00A0', ' ').Replace('\u202F', ' ')).ToList();

        Assert.Equal("32 dossiers en cours, 5 demandent une action urgente.", lines[0]);
        Assert.Equal("3 nouveaux dossiers à valider.", lines[1]);
        Assert.Equal("2 dossiers en retard (OPCO EP, délai dépassé de 5 jours).", lines[2]);
        Assert.Equal("Novembre 2025 : 18 dossiers, +20 % vs octobre.", lines[^1]);
    }

    [Fact]
    public void Briefing_NothingAtAll_SaysSoWithoutDividing()
    {
        var lines = Make([]).Briefing().Select(x => string.Concat(x.Parts.Select(p => p.Text))).ToList();

        Assert.Equal(["0 dossier en cours, aucun ne demande d’action urgente.", "Novembre 2025 : 0 dossier."], lines.Select(x => x.Replace('\u00A0', ' ')));
        Assert.All(Make([]).Metrics(null), x => Assert.True(x.Reached is not true));
        Assert.Contains(Make([]).Figures(), x => x is { Code: "acceptation", Value: "–" });
    }

    [Fact]
    [Trait("Requirement", "S000-1.K.6")]
    [Trait("Requirement", "S000-1.K.7")]
    public void Figures_RatesAndDelays_AreWeighted()
    {
        var board = Make(
            [Cell(November, DossierState.Accorde, 3, decision: DossierDecision.Accord), Cell(November, DossierState.Refuse, 1, decision: DossierDecision.RefusDeLOpco), Cell(November, DossierState.Refuse, 5, decision: DossierDecision.RefusAvantDepot)],
            accords: [new AccordCell(November, "atlas", DossierKind.Bilan, 3, 5400, 60, 3), new AccordCell(October, "opco-ep", DossierKind.Formation, 1, 1000, 30, 1), new AccordCell(November.AddMonths(-12), "atlas", DossierKind.Bilan, 1, 1, 900, 1)]);

        Assert.Equal("75 %", Value(board, "acceptation"));
        Assert.Equal("22,5 jours", Value(board, "delai"));
        Assert.Equal("3", Value(board, "valides"));
    }

    [Fact]
    [Trait("Requirement", "S000-M.1")]
    [Trait("Requirement", "S000-M.2")]
    [Trait("Requirement", "S000-M.3")]
    [Trait("Requirement", "S000-M.5")]
    [Trait("Requirement", "S000-M.6")]
    [Trait("Requirement", "S000-M.7")]
    [Trait("Requirement", "S000-M.8")]
    public void Metrics_BesideTheirDatedTargets_SayWhetherTheyAreReached()
    {
        var cube = Cube([Cell(November, DossierState.Accorde, 1900, decision: DossierDecision.Accord), Cell(November, DossierState.Refuse, 100, decision: DossierDecision.RefusDeLOpco)]) with
        {
            Accords = [new AccordCell(November, "atlas", DossierKind.Bilan, 1900, 4_999_999.99m, 0, 0)],
            Companies = new CompanyFigures(600, 480, 500),
            Checks = new CheckFigures(1000, 949),
            PaidLately = new PaymentFigures(10, 700),
            PaidBefore = new PaymentFigures(10, 1000),
        };
        var metrics = new Board(cube, Opcos, Rules()).Metrics(95.5m).ToDictionary(x => x.Code);

        Assert.Equal(("94,9 %", "95 %", false), Read("validation-24h"));
        Assert.Equal(("95 %", "95 %", true), Read("acceptation"));
        Assert.Equal(("30 %", "30 %", true), Read("delai-global-baisse"));
        Assert.Equal(("500", "500", true), Read("clients-actifs"));
        Assert.Equal(("2 000", "2 000", true), Read("dossiers-crees"));
        Assert.False(metrics["montant-obtenu"].Reached);
        Assert.Equal(("80 %", "80 %", true), Read("fidelite"));
        Assert.Equal(("95,5 %", "95 %", true), Read("pages-2s"));

        (string, string, bool) Read(string code) => (Plain(metrics[code].Value), Plain(metrics[code].Target), metrics[code].Reached!.Value);
    }

    [Fact]
    [Trait("Requirement", "S000-1.G.1")]
    [Trait("Requirement", "S000-1.G.5")]
    public void Charts_Months_EndWithTheCurrentOneAndHoldEmptyOnes()
    {
        var charts = Make([Cell(November, DossierState.Brouillon, 4), Cell(new DateOnly(2024, 11, 1), DossierState.Paye, 2), Cell(new DateOnly(2024, 10, 1), DossierState.Paye, 9)], accords: [new AccordCell(October, "atlas", DossierKind.Bilan, 1, 1800, 10, 1)]).Charts();

        var created = charts.Single(x => x.Code == "mois").Points;
        Assert.Equal((13, "novembre 2024", 2m, "novembre 2025", 4m), (created.Count, created[0].Label, created[0].Value, created[^1].Label, created[^1].Value));
        Assert.Equal(11, created.Count(x => x.Value == 0));
        Assert.Equal("1 800 €", Plain(charts.Single(x => x.Code == "montants").Points[^2].Shown));
    }

    private static string Value(Board board, string code) => Plain(board.Figures().Single(x => x.Code == code).Value);

    private static string Plain(string text) => text.Replace('\u00A0', ' ').Replace('\u202F', ' ');

    private static Board Make(CreatedCell[] created, AccordCell[]? accords = null, AwaitedCell[]? awaited = null) => new(Cube(created) with { Accords = accords ?? [], Awaited = awaited ?? [] }, Opcos, Rules());

    private static DossierCube Cube(CreatedCell[] created) => new(Now, created, [], [], new CompanyFigures(0, 0, 0), new CheckFigures(0, 0), new PaymentFigures(0, 0), new PaymentFigures(0, 0));

    private static CreatedCell Cell(DateOnly month, DossierState state, long count, string? opco = null, DossierDecision decision = DossierDecision.Aucune) => new(month, state, opco, DossierKind.Bilan, decision, count, 0, 0, 0);

    private static List<Rule> Rules()
    {
        (string Code, string Value, string Scope)[] rules =
        [
            ("cible.validation-24h", "95", "*"), ("cible.acceptation", "95", "*"), ("cible.delai-global-baisse", "30", "*"), ("cible.fidelite", "80", "*"), ("cible.pages-2s", "95", "*"), ("cible.clients-actifs", "500", "*"),
            ("cible.dossiers-crees", "2000", "*"), ("cible.montant-obtenu", "5000000", "*"), (RuleCodes.AnswerDays, "90", "*"), (RuleCodes.AnswerDays, "35", "opco-ep"),
        ];
        return [.. rules.Select(x => new Rule { Code = x.Code, Value = x.Value, Scope = x.Scope, ValidFrom = new DateOnly(2025, 1, 1), Source = "essai" })];
    }
}
