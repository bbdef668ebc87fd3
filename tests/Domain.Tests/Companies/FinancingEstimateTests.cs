using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Tests.Companies;

public sealed class FinancingEstimateTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Theory]
    [InlineData("akto", "2027-03-10", "2027-02-08", true)] // 30 calendar days
    [InlineData("constructys", "2027-03-10", "2027-02-23", true)] // 15
    [InlineData("ocapiat", "2027-03-10", "2027-03-10", true)] // day one
    [InlineData("opco-ep", "2026-12-31", "2026-11-30", false)] // yearly cut-off before the 30 days
    [InlineData("opco-ep", "2026-12-20", "2026-11-20", false)] // the 30 days before the cut-off
    public async Task FilingWindow_EachOpco_FollowsItsRule(string opco, string start, string last, bool strict)
    {
        var window = await fixture.InScopeAsync<RuleBook, FilingWindow?>(x => x.FilingWindowAsync(opco, DateOnly.Parse(start, System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None));
        Assert.Equal((DateOnly.Parse(last, System.Globalization.CultureInfo.InvariantCulture), strict), (window!.Last, window.Strict));
    }

    [Fact]
    public async Task FilingWindow_EveryOpco_HasOne()
    {
        foreach (var slug in await fixture.InDbAsync(db => Task.FromResult(db.Opcos.Select(x => x.Slug).ToList())))
        {
            Assert.NotNull(await fixture.InScopeAsync<RuleBook, FilingWindow?>(x => x.FilingWindowAsync(slug, new DateOnly(2027, 3, 10), CancellationToken.None)));
            Assert.NotNull(await fixture.InScopeAsync<RuleBook, PaymentCircuit?>(x => x.CircuitAsync(slug, new DateOnly(2026, 12, 1), CancellationToken.None)));
        }
    }

    [Theory]
    [InlineData("constructys", "2026-09-30", PaymentCircuit.Subrogation)]
    [InlineData("constructys", "2026-10-01", PaymentCircuit.Remboursement)]
    [InlineData("opco-2i", "2026-10-01", PaymentCircuit.Subrogation)]
    [InlineData("atlas", "2026-10-01", PaymentCircuit.Mixte)]
    public async Task Circuit_AroundTheReform_ChangesThatDay(string opco, string on, PaymentCircuit circuit) =>
        Assert.Equal(circuit, await fixture.InScopeAsync<RuleBook, PaymentCircuit?>(x => x.CircuitAsync(opco, DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None)));

    [Theory]
    [InlineData("ocapiat", DossierKind.Bilan, 24, 1800, "HT")]
    [InlineData("ocapiat", DossierKind.Bilan, 16, 1200, "HT")] // the hourly rate is the lower one
    [InlineData("uniformation", DossierKind.Bilan, 24, 1560, "TTC")]
    [InlineData("akto", DossierKind.Formation, 14, 420, "HT")]
    [InlineData("opco-mobilites", DossierKind.Bilan, 24, null, "HT")]
    public async Task Ceiling_KindAndHours_TakeTheLowerOne(string opco, DossierKind kind, int hours, int? amount, string tax)
    {
        var (ceiling, ceilingTax, _, _) = await fixture.InScopeAsync<FinancingEstimator, (decimal?, string, string, string?)>(x => x.CeilingAsync(opco, kind, new DateOnly(2027, 1, 10), hours, 1, CancellationToken.None));
        Assert.Equal((amount, tax), (ceiling, ceilingTax));
    }

    [Fact]
    public async Task Estimate_FiftyAndMore_WarnsAndKeepsTheAnswer()
    {
        var company = await fixture.CreateCompanyAsync(x => x with { HeadcountBand = "21" });
        var estimate = await fixture.InScopeAsync<FinancingEstimator, FinancingEstimate>(x => x.EstimateAsync(company, DossierKind.Bilan, new DateOnly(2027, 1, 10), Today, CancellationToken.None, 24));
        Assert.True(estimate.AboveThreshold);
        Assert.Equal("Atlas", estimate.OpcoName);
        Assert.Contains(estimate.Warnings, x => x.Contains("50 salariés", StringComparison.Ordinal));
        Assert.Equal(new DateOnly(2027, 1, 9), estimate.Window!.Last);
        Assert.Equal(50, estimate.DaysLeft);
    }
}
