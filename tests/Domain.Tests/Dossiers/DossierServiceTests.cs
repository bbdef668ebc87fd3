using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Tests.Dossiers;

public sealed class DossierServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly DossierState[] ToFiled = [DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot];

    [Fact]
    [Trait("Requirement", "S000-2.C.1")]
    public async Task Create_FiftyAtOnce_NumbersAreUniqueAndWithoutHole()
    {
        var company = await fixture.CreateCompanyAsync();
        var change = DomainFixture.Change(new DateTimeOffset(2031, 5, 5, 8, 0, 0, TimeSpan.Zero));
        var created = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => fixture.InScopeAsync<DossierService, CreatedDossier>(
            x => x.CreateAsync(DomainFixture.Bilan(company.Id, null) with { Title = $"Bilan {i}" }, change, CancellationToken.None))));
        Assert.All(created, x => Assert.False(x.AlreadyExisted));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"2031-{i:00000}"), created.Select(x => x.Dossier.Numero).Order());
    }

    [Fact]
    public async Task Create_NewYearInParis_TakesTheNewYear()
    {
        var company = await fixture.CreateCompanyAsync();
        var created = await fixture.InScopeAsync<DossierService, CreatedDossier>(
            x => x.CreateAsync(DomainFixture.Bilan(company.Id, null), DomainFixture.Change(new DateTimeOffset(2031, 12, 31, 23, 10, 0, TimeSpan.Zero)), CancellationToken.None));
        Assert.Equal("2032-00001", created.Dossier.Numero);
    }

    [Fact]
    public async Task Create_TypedTwiceAtOnce_IsOneDossier()
    {
        var company = await fixture.CreateCompanyAsync();
        var command = DomainFixture.Bilan(company.Id, null);
        var again = command with { Title = "  bilan de COMPETENCES ", CostHt = 2300, Beneficiaires = [command.Beneficiaires[0] with { LastName = "PETIT", FirstName = "Lea" }] };
        var created = await Task.WhenAll(new[] { command, again, command, again }.Select(x => fixture.InScopeAsync<DossierService, CreatedDossier>(s => s.CreateAsync(x, DomainFixture.Change(), CancellationToken.None))));
        Assert.Single(created.Select(x => x.Dossier.Id).Distinct());
        Assert.Single(created, x => !x.AlreadyExisted);
        Assert.Equal(1, await fixture.InDbAsync(db => db.Dossiers.CountAsync(x => x.CompanyId == company.Id)));
    }

    [Fact]
    public async Task Create_AfterACancelledOne_IsANewDossier()
    {
        var first = await fixture.CreateDossierAsync();
        await fixture.GoAsync(first.Id, DossierState.Annule);
        var again = await fixture.InScopeAsync<DossierService, CreatedDossier>(x => x.CreateAsync(DomainFixture.Bilan(first.CompanyId, null), DomainFixture.Change(), CancellationToken.None));
        Assert.False(again.AlreadyExisted);
    }

    [Fact]
    [Trait("Requirement", "S000-3.A.3")]
    public async Task ChangeState_NotAllowed_SaysSoInFrench()
    {
        var dossier = await fixture.CreateDossierAsync();
        var error = await Assert.ThrowsAsync<RuleBrokenException>(() => fixture.GoAsync(dossier.Id, DossierState.Paye));
        Assert.Contains("« Brouillon »", error.Message, StringComparison.Ordinal);
        Assert.Contains("« Payé »", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S001-1.3.6.2")]
    public async Task ChangeState_Repeated_WritesOneAuditRowAndOneEvent()
    {
        var dossier = await fixture.CreateDossierAsync();
        await fixture.GoAsync(dossier.Id, DossierState.AnalyseBesoin, DossierState.AnalyseBesoin);
        var audit = await fixture.InDbAsync(db => db.AuditEntries.Where(x => x.DossierId == dossier.Id && x.Action == "StateChanged").ToListAsync());
        var row = Assert.Single(audit);
        Assert.Equal(("Brouillon", "AnalyseBesoin", "Claire Martin"), (row.OldValues!["state"]!.GetValue<string>(), row.NewValues!["state"]!.GetValue<string>(), row.Actor));
        var timeline = await fixture.InScopeAsync<DossierService, List<DossierEvent>>(x => x.TimelineAsync(dossier.Id, true, CancellationToken.None));
        Assert.Equal([DossierEventKinds.Created, DossierEventKinds.StateChanged], timeline.Select(x => x.Kind));
    }

    [Fact]
    public async Task Audit_PersonalValues_AreNotWritten()
    {
        var dossier = await fixture.CreateDossierAsync();
        var rows = await fixture.InDbAsync(db => db.AuditEntries.Where(x => x.DossierId == dossier.Id).ToListAsync());
        Assert.All(rows, row => Assert.DoesNotContain("durand", (row.NewValues?.ToJsonString() ?? "").ToLowerInvariant(), StringComparison.Ordinal));
        Assert.Contains(rows, row => row.NewValues!.ToJsonString().Contains("***", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S004-2.5")]
    public async Task Accord_1800Of2400_ThenRemainderAccepted_IsGranted()
    {
        var dossier = await fixture.CreateDossierAsync();
        await fixture.GoAsync(dossier.Id, ToFiled);
        await DepositAsync(dossier.Id, "ATL-1");
        var accord = new RecordAccord(1800, "AC-77", new DateOnly(2026, 12, 1), PaymentCircuit.Remboursement);
        Assert.True(await fixture.InScopeAsync<DossierService, bool>(x => x.RecordAccordAsync(dossier.Id, accord, Opco, CancellationToken.None)));
        Assert.False(await fixture.InScopeAsync<DossierService, bool>(x => x.RecordAccordAsync(dossier.Id, accord, Opco, CancellationToken.None)));
        var partial = await LoadAsync(dossier.Id);
        Assert.Equal((DossierState.AccordePartiel, 1800m, 600m, PaymentCircuit.Remboursement), (partial.State, partial.GrantedAmount, partial.Remainder, partial.Circuit));

        Assert.True(await fixture.InScopeAsync<DossierService, bool>(x => x.AcceptRemainderAsync(dossier.Id, DomainFixture.Change(), CancellationToken.None)));
        Assert.False(await fixture.InScopeAsync<DossierService, bool>(x => x.AcceptRemainderAsync(dossier.Id, DomainFixture.Change(), CancellationToken.None)));
        Assert.Equal(DossierState.Accorde, (await LoadAsync(dossier.Id)).State);
        var timeline = await fixture.InScopeAsync<DossierService, List<DossierEvent>>(x => x.TimelineAsync(dossier.Id, false, CancellationToken.None));
        Assert.Contains(timeline, x => x.Text.Contains("1\u202F800,00\u202F€ sur 2\u202F400,00\u202F€", StringComparison.Ordinal) && x.ActorKind == ActorKind.Opco);
    }

    [Fact]
    public async Task RecordAccord_WithoutCircuit_TakesTheOneTheOpcoAnnounces()
    {
        var dossier = await fixture.CreateDossierAsync(await fixture.CreateCompanyAsync(x => x with { Idcc = ["1597"] }));
        await fixture.GoAsync(dossier.Id, ToFiled);
        await DepositAsync(dossier.Id, "C-1");
        await fixture.InScopeAsync<DossierService, bool>(x => x.RecordAccordAsync(dossier.Id, new RecordAccord(2400, "AC-1", new DateOnly(2026, 11, 2)), Opco, CancellationToken.None));
        Assert.Equal((DossierState.Accorde, PaymentCircuit.Remboursement), ((await LoadAsync(dossier.Id)).State, (await LoadAsync(dossier.Id)).Circuit!.Value));
    }

    [Fact]
    public async Task RecordDeposit_TwoAtOnceWithDifferentReferences_KeepsOne()
    {
        var dossier = await fixture.CreateDossierAsync();
        await fixture.GoAsync(dossier.Id, ToFiled);
        var results = await Task.WhenAll(Enumerable.Range(1, 6).Select(async i =>
        {
            try
            {
                return await DepositAsync(dossier.Id, $"REF-{i}");
            }
            catch (RuleBrokenException error)
            {
                Assert.Equal("already-filed", error.Code);
                return false;
            }
        }));
        Assert.Single(results, x => x);
        Assert.False(await DepositAsync(dossier.Id, (await LoadAsync(dossier.Id)).PortalReference!));
    }

    [Fact]
    [Trait("Requirement", "S000-2.S.1")]
    public async Task Search_AccentsNumberAndPeople_FindTheDossier()
    {
        var company = await fixture.CreateCompanyAsync(x => x with { Name = "Boulangerie Hélène & Fils" });
        var dossier = await fixture.CreateDossierAsync(company);
        foreach (var text in (string[])[dossier.Numero, "helene boulang", "Léa PETIT", "atlas helene", company.Siret])
        {
            var page = await fixture.InScopeAsync<DossierSearch, DossierPage>(x => x.PageAsync(new DossierFilter { Text = text, Group = DossierGroup.Brouillon }, null, 50, DomainFixture.Now, CancellationToken.None));
            Assert.Contains(page.Rows, x => x.Id == dossier.Id && x.FirstBeneficiaire == "Léa Petit" && x.OpcoName == "Atlas");
        }

        Assert.Empty((await fixture.InScopeAsync<DossierSearch, DossierPage>(x => x.PageAsync(new DossierFilter { Text = "100%" }, null, 50, DomainFixture.Now, CancellationToken.None))).Rows);
    }

    [Fact]
    public async Task Search_PageByPage_ShowsEachDossierOnce()
    {
        var company = await fixture.CreateCompanyAsync();
        for (var i = 0; i < 7; i++)
        {
            await fixture.CreateDossierAsync(company, x => x with { Title = $"Action {i}" });
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await fixture.InScopeAsync<DossierSearch, DossierPage>(x => x.PageAsync(new DossierFilter { CompanyId = company.Id }, cursor, 3, DomainFixture.Now, CancellationToken.None));
            seen.AddRange(page.Rows.Select(x => x.Numero));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(), seen);
    }

    [Fact]
    public async Task Complement_AskAnswerAccept_IsTheCompanysOwnList()
    {
        var dossier = await fixture.CreateDossierAsync();
        var asked = await fixture.InScopeAsync<ComplementService, IReadOnlyList<Complement>>(
            x => x.AskAsync(dossier.Id, [new AskComplement("objectifs", "Précisez."), new AskComplement(null, Label: "Attestation URSSAF")], DomainFixture.Change(), CancellationToken.None));
        Assert.Equal(2, asked.Count);
        Assert.Equal(new DateOnly(2026, 11, 30), asked[0].DueOn);
        Assert.Empty(await fixture.InScopeAsync<ComplementService, IReadOnlyList<Complement>>(x => x.AskAsync(dossier.Id, [new AskComplement("objectifs")], DomainFixture.Change(), CancellationToken.None)));
        await Assert.ThrowsAsync<RuleBrokenException>(() => AnswerAsync(asked[1].Id, "texte au lieu d’une pièce"));
        Assert.True(await AnswerAsync(asked[0].Id, "Rédiger un plan d’action."));
        Assert.False(await AnswerAsync(asked[0].Id, "Rédiger un plan d’action."));
        Assert.False(await fixture.InScopeAsync<ComplementService, bool>(x => x.AllAnsweredAsync(dossier.Id, CancellationToken.None)));
        Assert.True(await fixture.InScopeAsync<ComplementService, bool>(x => x.JudgeAsync(asked[0].Id, true, "", DomainFixture.Change(), CancellationToken.None)));
    }

    [Fact]
    public void States_AreTheOnesOfTheDocument()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "states.md")).Where(x => x.StartsWith("| `", StringComparison.Ordinal)).Select(x => x.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(Enum.GetValues<DossierState>().Select(x => ($"`{x}`", DossierStates.Label(x), DossierStates.Label(DossierStates.Column(x)), DossierStates.Label(DossierStates.Group(x)))), lines.Select(x => (x[1], x[2], x[4], x[5])));
    }

    private static ChangeContext Opco => new(ActorKind.Opco, "Atlas", null, DomainFixture.Now);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "MonOPCO.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private Task<bool> DepositAsync(Guid id, string reference) =>
        fixture.InScopeAsync<DossierService, bool>(x => x.RecordDepositAsync(id, new RecordDeposit(reference, DomainFixture.Now), DomainFixture.Change(), CancellationToken.None));

    private Task<bool> AnswerAsync(Guid id, string text) => fixture.InScopeAsync<ComplementService, bool>(x => x.AnswerAsync(id, text, null, DomainFixture.Change(), CancellationToken.None));

    private Task<Dossier> LoadAsync(Guid id) => fixture.InDbAsync(db => db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == id));
}
