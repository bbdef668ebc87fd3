using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Domain.Signatures;
using static MonOPCO.Domain.Dossiers.Checks.CheckStatus;

namespace MonOPCO.Domain.Tests.Dossiers;

public sealed class DossierChecksTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    [Trait("Requirement", "S000-4.C.7")]
    [Trait("Requirement", "S000-4.C.8")]
    [Trait("Requirement", "S000-4.W.1")]
    public async Task Request_GoodBilan_HasNothingBlocking()
    {
        var report = await RequestAsync(await fixture.CreateDossierAsync());
        Assert.Equal(CheckReport.Opco, report.Branch);
        Assert.DoesNotContain(report.Lines, x => x.Status is Blocking or Warning);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "8", "12"], report.Lines.Select(x => x.Code.Split('-')[0]).Distinct());
    }

    public static TheoryData<string, CheckStatus, Func<CompanyFacts, CompanyFacts>, Func<CreateDossier, CreateDossier>> Cases => new()
    {
        { "1-ouvert", Blocking, x => x with { IsOpen = false, ClosedOn = new DateOnly(2026, 1, 31) }, x => x },
        { "1-effectif", Warning, x => x with { HeadcountBand = "21" }, x => x },
        { "1-effectif", Unknown, x => x with { HeadcountBand = "NN" }, x => x },
        { "2-opco", Warning, x => x with { Idcc = [] }, x => x }, // NAF only: to be confirmed
        { "2-opco", Blocking, x => x with { Idcc = [], Naf = "85.59B" }, x => x },
        { "3-delai", Blocking, x => x with { Idcc = ["1597"] }, x => x with { StartDate = new DateOnly(2026, 12, 1) } },
        { "3-delai", Warning, x => x with { Idcc = ["0029"] }, x => x with { StartDate = new DateOnly(2026, 12, 28) } }, // advice, not strict
        { "3-delai", Warning, x => x with { Idcc = ["7024"] }, x => x }, // too early
        { "3-debut", Blocking, x => x, x => x with { StartDate = new DateOnly(2026, 11, 19) } },
        { "4-dates", Blocking, x => x, x => x with { EndDate = new DateOnly(2027, 1, 1) } },
        { "4-heures-bilan", Blocking, x => x, x => x with { Hours = 12, CostHt = 1200 } },
        { "4-heures-bilan", Blocking, x => x, x => x with { Hours = 25, CostHt = 2500 } },
        { "4-heures-jour", Blocking, x => x, x => x with { EndDate = new DateOnly(2027, 2, 3) } }, // 24 h over 3 days
        { "5-cout", Blocking, x => x, x => x with { CostHt = 2399 } },
        { "5-plafond", Warning, x => x with { Idcc = ["1597"] }, x => x },
        { "6-qualiopi", Blocking, x => x, x => x with { EndDate = new DateOnly(2028, 1, 1) } },
        { "6-organisme", Blocking, x => x, x => x with { TrainingBodyId = null } },
        { "8-objectifs", Blocking, x => x, x => x with { Objectives = " " } },
        { "8-objectifs", Warning, x => x, x => x with { Objectives = "Découvrir les métiers possibles et réfléchir à son avenir professionnel." } },
        { "8-intervenant", Warning, x => x, x => x with { TrainerName = "" } },
        { "8-modalite", Warning, x => x, x => x with { ModalityDetail = "par internet" } },
        { "12-enveloppe", Unknown, x => x with { Idcc = ["1597"] }, x => x },
        { "12-enveloppe", Warning, x => x, x => x with { RequestedAmount = 3200, CostHt = 3200, HourlyRateHt = null } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Requirement", "S000-4.3.1")]
    public async Task Request_OneThingWrong_ShowsOnThatLine(string code, CheckStatus status, Func<CompanyFacts, CompanyFacts> company, Func<CreateDossier, CreateDossier> dossier)
    {
        var report = await RequestAsync(await fixture.CreateDossierAsync(await fixture.CreateCompanyAsync(company), dossier));
        var line = Assert.Single(report.Lines, x => x.Code == code);
        Assert.True(line.Status == status, $"{line.Status}: {line.Proof}");
        Assert.NotEmpty(line.Proof);
    }

    [Fact]
    public async Task Request_FiftyAndMore_BranchesAndDoesNotBlock()
    {
        var report = await RequestAsync(await fixture.CreateDossierAsync(await fixture.CreateCompanyAsync(x => x with { HeadcountBand = "31" })));
        Assert.Equal((CheckReport.OwnFunds, false), (report.Branch, report.HasBlocking));
    }

    [Fact]
    public async Task Request_WrongQualiopiCategory_Blocks()
    {
        var body = await fixture.InDbAsync(db => Task.FromResult(db.TrainingBodies.Single(x => x.Slug == "haguenau-formation")));
        var report = await RequestAsync(await fixture.CreateDossierAsync(with: x => x with { TrainingBodyId = body.Id }));
        Assert.Equal(Blocking, report.Lines.Single(x => x.Code == "6-categorie").Status);
    }

    [Fact]
    public async Task Request_SecondDossierOfTheYear_SeesWhatIsLeft()
    {
        var company = await fixture.CreateCompanyAsync(x => x with { HeadcountBand = "12" });
        await fixture.CreateDossierAsync(company);
        var second = await fixture.CreateDossierAsync(company, x => x with { Title = "Autre bilan" });
        var line = (await RequestAsync(second)).Lines.Single(x => x.Code == "12-enveloppe");
        Assert.Equal(Warning, line.Status);
        Assert.Contains("reste 600,00\u202F€", line.Proof, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S000-4.1.4")]
    [Trait("Requirement", "S004-2.10")]
    public async Task Gate_FromNothingToSigned_OpensOnlyAtTheEnd()
    {
        var dossier = await fixture.CreateDossierAsync();
        Assert.Equal(Blocking, Line(await GateAsync(dossier.Id), "7-paquet").Status);
        foreach (var type in (string[])["DEVIS", "PROGRAMME", "CONVENTION", "MANDAT", "LISTE_STAGIAIRES", "QUALIOPI"])
        {
            var document = await AddAsync(dossier, type);
            if (type is "DEVIS" or "CONVENTION" or "MANDAT")
            {
                Assert.Equal(Blocking, Line(await GateAsync(dossier.Id), $"9-signature-{type.ToLowerInvariant()}").Status);
                await SignAsync(dossier, type, document);
            }
        }

        var ready = await GateAsync(dossier.Id);
        Assert.All(ready.Lines, x => Assert.True(x.Status == Ok, $"{x.Code}: {x.Proof}"));

        // Changed after the papers were made: they no longer agree.
        await fixture.InScopeAsync<DossierService, bool>(x => x.EditAsync(dossier.Id, new EditDossier { Hours = 20, CostHt = 2000 }, DomainFixture.Change(), CancellationToken.None));
        var stale = Line(await GateAsync(dossier.Id), "7-coherence");
        Assert.Equal(Blocking, stale.Status);
        Assert.Contains("durée, coût", stale.Proof, StringComparison.Ordinal);

        // A newer, unsigned convention is not the signed one.
        await AddAsync(dossier, "CONVENTION", DomainFixture.Now.AddMinutes(5));
        Assert.Contains("version signée", Line(await GateAsync(dossier.Id), "9-signature-convention").Proof, StringComparison.Ordinal);
    }

    private static CheckLine Line(CheckReport report, string code) => Assert.Single(report.Lines, x => x.Code == code);

    private Task<CheckReport> RequestAsync(Dossier dossier) => fixture.InScopeAsync<DossierChecks, CheckReport>(x => x.RequestAsync(dossier.Id, DomainFixture.Now, CancellationToken.None));

    private Task<CheckReport> GateAsync(Guid id) => fixture.InScopeAsync<DossierChecks, CheckReport>(x => x.GateAsync(id, DomainFixture.Now.AddHours(1), CancellationToken.None));

    private Task<Document> AddAsync(Dossier dossier, string type, DateTimeOffset? now = null) => fixture.InScopeAsync<DocumentStore, Document>(
        x => x.AddAsync(new NewDocument(type, $"{type}.pdf", dossier.Id) { Facts = DocumentFacts.Of(dossier) }, new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(now), CancellationToken.None));

    private async Task SignAsync(Dossier dossier, string type, Document document)
    {
        var request = await fixture.InScopeAsync<SignatureService, SignatureRequest>(x => x.CreateAsync(
            new NewSignatureRequest(dossier.Id, type, document.Id, type, [new NewSigner(SignerRole.Beneficiaire, 1, "Léa Petit", "lea.petit@atelier-demo.fr")]), DomainFixture.Change(), CancellationToken.None));
        var code = await fixture.InScopeAsync<SignatureService, string>(x => x.SendCodeAsync(request.Signers[0].Id, DomainFixture.Change(), CancellationToken.None));
        await fixture.InScopeAsync<SignatureService, SignedResult>(x => x.SignAsync(request.Signers[0].Id, new Sign(code, "1", document.Sha256, "::1", ""), DomainFixture.Change(), CancellationToken.None));
    }
}
