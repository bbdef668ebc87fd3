using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Tests.Audit;

public sealed class AuditReaderTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    [Trait("Requirement", "S002-5.2.2")]
    public async Task Personal_Values_AreEncryptedShownOnDemandAndErasedWithTheirOwner()
    {
        var dossier = await fixture.CreateDossierAsync();
        var stored = await fixture.InDbAsync(db => db.AuditEntries.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id && x.Subject == "dossier" && x.Action == "Created"));
        Assert.Equal(AuditEntry.Mask, stored.NewValues!["contactName"]!.GetValue<string>());
        Assert.NotNull(stored.Personal);
        Assert.DoesNotContain("Durand", System.Text.Encoding.Latin1.GetString(stored.Personal), StringComparison.Ordinal);
        Assert.Equal("2400", stored.NewValues["costHt"]!.ToJsonString());

        Assert.Equal((PersonalState.Hidden, null), await ContactAsync(stored.Id, false));
        Assert.Equal((PersonalState.Shown, "Marie Durand"), await ContactAsync(stored.Id, true));
        await fixture.InDbAsync(db => fixture.Services.GetRequiredService<KeyRing>().DestroyAsync(db, KeySubject.Dossier(dossier.Id), DomainFixture.Change(), default));
        Assert.Equal((PersonalState.Erased, null), await ContactAsync(stored.Id, true));
    }

    [Fact]
    public async Task Actor_OutsideTheStaff_IsNotNamedInClear()
    {
        var dossier = await fixture.CreateDossierAsync();
        var change = new ChangeContext(ActorKind.Beneficiary, "Léa Petit", null, DomainFixture.Now) { OnBehalfOf = "Atelier" };
        await fixture.InScopeAsync<Domain.Dossiers.DossierService, bool>(x => x.ChangeStateAsync(dossier.Id, Domain.Dossiers.DossierState.AnalyseBesoin, change, default));
        var row = await fixture.InDbAsync(db => db.AuditEntries.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id && x.Action == "StateChanged"));
        Assert.Equal(("Bénéficiaire", "Atelier"), (row.Actor, row.OnBehalfOf));
        Assert.Equal("Léa Petit", (await fixture.InScopeAsync<AuditReader, AuditLine?>(x => x.FindAsync(row.Id, true, default)))!.Actor);
    }

    [Fact]
    [Trait("Requirement", "S001-1.3.6.2")]
    public async Task Search_EachFilter_FindsItsRowsAndPagesMeetWithoutGapOrRepetition()
    {
        var marker = Guid.NewGuid().ToString("N");
        var change = DomainFixture.Change(actor: $"Actrice {marker}", userId: Guid.NewGuid()) with { OnBehalfOf = $"Société {marker}", RequestId = marker, Reason = $"parce que 100 % {marker}" };
        await fixture.Services.GetRequiredService<AuditLog>().AddAsync(Enumerable.Range(0, 7).Select(i => AuditEntry.Of(change, "essai", $"{marker}-{i}", null, "Essayed")), default);
        var seen = new List<long>();
        for (AuditCursor? after = null; ;)
        {
            var page = await SearchAsync(new AuditFilter { Person = $"actrice {marker}" }, after, 3);
            seen.AddRange(page.Lines.Select(x => x.Id));
            if ((after = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(), seen);
        foreach (var filter in (AuditFilter[])
            [
                new() { OnBehalfOf = marker }, new() { RequestId = marker }, new() { RequestId = $"{marker[..4]}-{marker[4..8]}".ToUpperInvariant() }, new() { Text = $"100 % {marker}" },
                new() { Subject = "essai", Action = "Essayed", Kind = ActorKind.Human, From = DomainFixture.Now, To = DomainFixture.Now.AddSeconds(1), Text = marker },
            ])
        {
            Assert.Equal(7, (await SearchAsync(filter, null, 50)).Lines.Count(x => seen.Contains(x.Id)));
        }

        Assert.Equal($"{marker}-3", Assert.Single((await SearchAsync(new AuditFilter { SubjectId = $"{marker}-3" }, null, 50)).Lines).SubjectId);
        Assert.Empty((await SearchAsync(new AuditFilter { Text = marker, To = DomainFixture.Now }, null, 50)).Lines);
        Assert.Empty((await SearchAsync(new AuditFilter { Dossier = "inconnu" }, null, 50)).Lines);
        var (subjects, actions) = await fixture.InScopeAsync<AuditReader, (IReadOnlyList<string>, IReadOnlyList<string>)>(x => x.ChoicesAsync(default));
        Assert.Contains("essai", subjects);
        Assert.Contains("Essayed", actions);
    }

    [Fact]
    public async Task ForDossier_Edited_TellsFieldByFieldFromWhatToWhat()
    {
        var dossier = await fixture.CreateDossierAsync();
        await fixture.GoAsync(dossier.Id, Domain.Dossiers.DossierState.AnalyseBesoin);
        var page = await fixture.InScopeAsync<AuditReader, AuditPage>(x => x.ForDossierAsync(dossier.Id, null, 50, default));
        var change = Assert.Single(page.Lines[0].Changes, x => x.Name == "state");
        Assert.Equal(("Brouillon", "AnalyseBesoin", dossier.Numero), (change.Old, change.New, page.Lines[0].DossierNumber));
        Assert.Null(page.Next);
    }

    private async Task<(PersonalState, string?)> ContactAsync(long id, bool show)
    {
        var line = (await fixture.InScopeAsync<AuditReader, AuditLine?>(x => x.FindAsync(id, show, default)))!;
        return (line.Personal, line.Changes.Single(x => x.Name == "contactName").New);
    }

    private Task<AuditPage> SearchAsync(AuditFilter filter, AuditCursor? after, int size) => fixture.InScopeAsync<AuditReader, AuditPage>(x => x.SearchAsync(filter, after, size, default));
}
