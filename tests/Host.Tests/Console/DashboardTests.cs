using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Figures;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.Timing;
using MonOPCO.Host.Pages.Console;

namespace MonOPCO.Host.Tests.Console;

public sealed class DashboardTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    [Trait("Requirement", "S000-1.K.1")]
    [Trait("Requirement", "S000-1.K.2")]
    [Trait("Requirement", "S000-1.K.3")]
    [Trait("Requirement", "S000-1.A.1")]
    [Trait("Requirement", "S000-1.A.2")]
    [Trait("Requirement", "S000-1.A.3")]
    [Trait("Requirement", "S000-1.A.4")]
    [Trait("Requirement", "S000-1.G.2")]
    [Trait("Requirement", "S000-1.G.3")]
    [Trait("Requirement", "S000-1.G.4")]
    public async Task Numbers_OfDossiersInManyStates_EqualTheListsTheyOpen()
    {
        await CreateSpreadAsync();
        var board = await BoardAsync();
        List<(string Label, long Count, string Url)> counted = board.Alerts().Select(x => (x.Label, x.Count, x.Url))
            .Concat(board.Figures().Where(x => x.Code is "total" or "en-cours" or "valides").Select(x => (x.Label, long.Parse(x.Value, CultureInfo.InvariantCulture), x.Url!)))
            .Concat(board.Charts().Where(x => x.Code != "montants").SelectMany(x => x.Points.Select(p => ($"{x.Title}, {p.Label}", (long)p.Value, p.Url!))))
            .ToList();

        var differing = new List<string>();
        foreach (var (label, count, url) in counted)
        {
            var listed = (await ListAsync(url)).Value;
            if (listed != count)
            {
                differing.Add($"{label} : {count}, la liste {url} en a {listed}");
            }
        }

        Assert.Empty(differing);
        Assert.Contains(counted, x => x.Label.EndsWith("réponse en retard", StringComparison.Ordinal) && x.Count == 1);
        Assert.Contains(counted, x => x is { Label: "À valider", Count: > 0 });
    }

    [Fact]
    [Trait("Requirement", "S000-1.K.4")]
    [Trait("Requirement", "S000-1.K.5")]
    [Trait("Requirement", "S000-1.K.8")]
    public async Task Amounts_AreThoseOfTheDossiers()
    {
        await CreateSpreadAsync();
        var board = await BoardAsync();

        var granted = await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.SumAsync(d => d.GrantedAmount ?? 0));
        var paid = await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.Where(d => d.State == DossierState.Paye).SumAsync(d => d.GrantedAmount ?? 0));
        var active = await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.Where(d => CubeReader.Active.Contains(d.State)).Select(d => d.CompanyId).Distinct().CountAsync());
        Assert.Equal((granted, paid, active), (Number("accorde"), Number("paye"), (int)Number("clients")));
        Assert.True(paid > 0);

        decimal Number(string code) => decimal.Parse(string.Concat(board.Figures().Single(x => x.Code == code).Value.Where(char.IsDigit)), CultureInfo.InvariantCulture);
    }

    [Fact]
    [Trait("Requirement", "S000-1.K.9")]
    public async Task Page_ForAnOperator_ShowsBriefingFiguresChartsAndTargets()
    {
        var page = await (await host.OperatorAsync("Nadia Keller")).GetAsync("/console");

        Assert.Contains("Bonjour Nadia", page.Text);
        Assert.Equal(8, Regex.Count(page.Html, "<details class=\"mo-explain\""));
        Assert.Equal(5, Regex.Count(page.Html, "<figure[^>]* data-chart="));
        Assert.Equal(8, Regex.Count(page.Html, "id=\"objectif-"));
        Assert.Matches("relevé à \\d\\d:\\d\\d:\\d\\d", page.Text);
    }

    [Fact]
    public async Task Figures_AskedAlone_AreAFragmentForStaffOnly()
    {
        var fragment = await (await host.OperatorAsync()).GetAsync("/console?handler=Chiffres");
        Assert.Contains("Le point du jour", fragment.Text);
        Assert.DoesNotContain("<html", fragment.Html, StringComparison.Ordinal);
        var company = await (await host.SignInAsync(Roles.Entreprise)).GetAsync("/console?handler=Chiffres");
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, company.Status);
    }

    [Fact]
    public async Task Home_ForStaff_IsTheDashboard()
    {
        Assert.Equal("/console", (await (await host.OperatorAsync()).GetAsync("/")).Location);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await (await host.OperatorAsync()).GetAsync("/financable")).Status);
    }

    [Fact]
    [Trait("Requirement", "S000-M.10")]
    public async Task PageTimes_OfServedPages_AreAddedToTheDay()
    {
        var times = host.Services.GetRequiredService<PageTimes>();
        await times.WriteAsync(CancellationToken.None);
        var before = await CountAsync();
        var browser = await host.OperatorAsync();
        await times.WriteAsync(CancellationToken.None);
        var signedIn = await CountAsync();

        await browser.GetAsync("/taches");
        await browser.GetAsync("/taches");
        await times.WriteAsync(CancellationToken.None);

        Assert.True(signedIn > before);
        Assert.True(await CountAsync() >= signedIn + 2);

        Task<long> CountAsync() => host.WithAsync((MonOpcoDbContext x) => x.PageTimes.SumAsync(t => t.Count));
    }

    [Theory]
    [InlineData(49.9, 0)]
    [InlineData(50, 0)]
    [InlineData(50.1, 1)]
    [InlineData(2000, 5)]
    [InlineData(2000.5, 6)]
    [InlineData(90000, 7)]
    public void PageTime_Band_EndsWithItsLimit(double milliseconds, int band) => Assert.Equal(band, PageTime.BandOf(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void PageTime_Share_CountsWhatLiesWithinTheLimit()
    {
        var day = new DateOnly(2026, 11, 3);
        Assert.Equal(75, PageTime.Share([new PageTime { Day = day, Band = 0, Count = 2 }, new PageTime { Day = day, Band = 5, Count = 1 }, new PageTime { Day = day, Band = 6, Count = 1 }], 2000));
        Assert.Null(PageTime.Share([], 2000));
    }

    private async Task CreateSpreadAsync()
    {
        await host.CreateDossierAsync();
        var company = await host.CreateCompanyAsync();
        await host.CreateDossierAsync(company, 90, DossierState.AnalyseBesoin);
        DossierState[] filed = [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot, DossierState.Depose];
        var late = await host.CreateDossierAsync(company, 90, filed);
        await host.CreateDossierAsync(null, 90, [.. filed, DossierState.EnInstruction, DossierState.ComplementDemande]);
        var paid = await host.CreateDossierAsync(null, 90, [.. filed, DossierState.Accorde]);
        await host.CreateDossierAsync(null, 90, DossierState.Refuse);

        // What only later stages record is written as they would.
        var now = host.Clock.GetUtcNow();
        await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.Where(d => d.Id == late.Id).ExecuteUpdateAsync(d => d.SetProperty(p => p.FiledAt, now.AddDays(-200))));
        await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.Where(d => d.Id == paid.Id).ExecuteUpdateAsync(d => d
            .SetProperty(p => p.State, DossierState.Paye).SetProperty(p => p.GrantedAmount, 1800m).SetProperty(p => p.AccordDate, Fr.InParis(now)).SetProperty(p => p.FiledAt, now.AddDays(-12))));
    }

    private Task<Board> BoardAsync() => host.WithAsync(async (IServiceProvider services) =>
    {
        var cube = await services.GetRequiredService<CubeReader>().ReadAsync(host.Clock.GetUtcNow(), CancellationToken.None);
        var names = await services.GetRequiredService<MonOpcoDbContext>().Opcos.ToDictionaryAsync(x => x.Slug, x => x.Name);
        return new Board(cube, names, await services.GetRequiredService<RuleBook>().AllAsync(CancellationToken.None));
    });

    private Task<BoundedCount> ListAsync(string url)
    {
        var query = DossierQuery.Parse(null, QueryHelpers.ParseQuery(url[(url + "?").IndexOf('?')..])["f"], null, out var problems);
        Assert.Empty(problems);
        return host.Services.GetRequiredService<DossierList>().CountAsync(query, new ListContext(host.Clock.GetUtcNow(), Guid.Empty), CancellationToken.None);
    }
}
