using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;

namespace MonOPCO.Domain.Tests.Companies;

public sealed class CompanyServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    public async Task SaveDegraded_ThenRegisterBack_CompletesTheSameCompany()
    {
        var siret = Siret.Parse(fixture.NextSiret());
        var degraded = await DegradedAsync(siret);
        Assert.True(degraded.IsDegraded);
        Assert.Contains(siret.Value, await fixture.InScopeAsync<CompanyService, List<string>>(x => x.DegradedAsync(1000, CancellationToken.None)));
        var saved = await SaveAsync(new CompanyFacts(siret.Value, "Atelier", CompanyOrigin.Live) { Idcc = ["16"] });
        Assert.Equal((degraded.Id, false, "opco-mobilites"), (saved.Id, saved.IsDegraded, saved.OpcoSlug!));
        Assert.Equal(["0016"], saved.Idcc);

        // Down again later: what is known stays known.
        Assert.False((await DegradedAsync(siret)).IsDegraded);
    }

    [Fact]
    public async Task Save_SameFactsAgain_WritesNoAudit()
    {
        var facts = new CompanyFacts(fixture.NextSiret(), "Atelier", CompanyOrigin.Sandbox) { Idcc = ["1486"] };
        var companies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SaveAsync(facts)));
        var id = Assert.Single(companies.Select(x => x.Id).Distinct()).ToString();
        Assert.Equal(1, await fixture.InDbAsync(db => db.AuditEntries.CountAsync(x => x.Subject == "company" && x.SubjectId == id)));
    }

    [Fact]
    public async Task Save_AfterAPersonChose_KeepsTheChoice()
    {
        var company = await fixture.CreateCompanyAsync();
        await fixture.InScopeAsync<CompanyService, Company>(x => x.ChooseOpcoAsync(company.Id, "afdas", DomainFixture.Change(), CancellationToken.None));
        Assert.Equal(("afdas", OpcoOrigin.Manual), await SaveAsync(new CompanyFacts(company.Siret, "Autre nom", CompanyOrigin.Live) { Idcc = ["1486"] }) is var x ? (x.OpcoSlug!, x.OpcoOrigin) : default);
    }

    private Task<Company> SaveAsync(CompanyFacts facts) => fixture.InScopeAsync<CompanyService, Company>(x => x.SaveAsync(facts, DomainFixture.Change(), CancellationToken.None));

    private Task<Company> DegradedAsync(Siret siret) => fixture.InScopeAsync<CompanyService, Company>(x => x.SaveDegradedAsync(siret, CompanyOrigin.Live, DomainFixture.Change(), CancellationToken.None));
}
