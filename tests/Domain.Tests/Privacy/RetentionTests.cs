using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Domain.Tests.Privacy;

/// <summary>The retention schedule: what is due when, a person's decision before anything goes, and every line looked at again.</summary>
public sealed class RetentionTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private const string Person = "lea.petit@atelier-demo.fr";

    /// <summary>After the end of the action of <see cref="DomainFixture.Bilan"/> (30/04/2027).</summary>
    private static readonly DateTimeOffset After = new(2027, 5, 10, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Requirement", "S002-6.1.4")]
    [Trait("Requirement", "S002-6.1.1")]
    public async Task BilanPapers_GoAtItsEnd_SynthesisOnlyWithoutWrittenConsent_AfterADecision()
    {
        var dossier = await EndedAsync();
        var notes = await AddAsync(dossier, DocumentTypes.NotesBilan, 31);
        var synthesis = await AddAsync(dossier, DocumentTypes.Synthese, 32);
        var contract = await AddAsync(dossier, DocumentTypes.Piece, 33);
        var consent = await domain.InScopeAsync((PrivacyService x) => x.GiveAsync(Person, ConsentPurposes.KeepSynthesis, "par écrit", dossier, DomainFixture.Change(), CancellationToken.None));

        // While the action runs nothing of it is due.
        var before = await ItemsAsync(Guid.NewGuid(), new DateTimeOffset(2027, 4, 20, 9, 0, 0, TimeSpan.Zero));
        Assert.DoesNotContain(before, x => x.SubjectId == notes || x.SubjectId == synthesis);

        var plan = Guid.NewGuid();
        var items = await ItemsAsync(plan, After);
        var line = Assert.Single(items, x => x.SubjectId == notes);
        Assert.Equal((new DateOnly(2027, 4, 30), "Documents de travail du bilan"), (line.DueOn, line.Label));
        Assert.Contains("R6313-7", line.Basis, StringComparison.Ordinal);
        Assert.DoesNotContain(items, x => x.SubjectId == synthesis || x.SubjectId == contract);

        // Nobody has decided: refused, and nothing is gone.
        Assert.Equal("purge-not-approved", (await Assert.ThrowsAsync<RuleBrokenException>(() => SliceAsync(plan, After))).Code);
        Assert.Null((await DocumentAsync(notes)).DestroyedAt);
        await domain.InScopeAsync(async (RetentionService x) => { await x.DecideAsync(plan, true, null, DomainFixture.Change(After, "Nadia Keller"), CancellationToken.None); return true; });
        while (await SliceAsync(plan, After))
        {
        }

        Assert.NotNull((await DocumentAsync(notes)).DestroyedAt);
        Assert.Null((await DocumentAsync(synthesis)).DestroyedAt);
        var done = await domain.InDbAsync(db => db.PurgePlans.AsNoTracking().SingleAsync(x => x.Id == plan));
        Assert.Equal((PurgePlanStatus.Done, "Nadia Keller"), (done.Status, done.DecidedBy));

        // The consent taken back: the synthesis is due at once. With it, after twelve months.
        Assert.Contains(await ItemsAsync(Guid.NewGuid(), new DateTimeOffset(2028, 5, 10, 9, 0, 0, TimeSpan.Zero)), x => x.SubjectId == synthesis && x.DueOn == new DateOnly(2028, 4, 30));
        await domain.InDbAsync(db => db.PurgePlans.Where(x => x.Status == PurgePlanStatus.Prepared).ExecuteDeleteAsync());
        Assert.True(await domain.InScopeAsync((PrivacyService x) => x.WithdrawAsync(consent.Id, Person, DomainFixture.Change(After), CancellationToken.None)));
        Assert.Contains(await ItemsAsync(Guid.NewGuid(), After), x => x.SubjectId == synthesis && x.DueOn == new DateOnly(2027, 4, 30));
    }

    [Fact]
    public async Task Line_WhoseTermMovedSinceTheDecision_Stays()
    {
        var dossier = await EndedAsync();
        var synthesis = await AddAsync(dossier, DocumentTypes.Synthese, 41);
        var plan = Guid.NewGuid();
        Assert.Contains(await ItemsAsync(plan, After), x => x.SubjectId == synthesis);
        await domain.InScopeAsync(async (RetentionService x) => { await x.DecideAsync(plan, true, null, DomainFixture.Change(After), CancellationToken.None); return true; });
        await domain.InScopeAsync((PrivacyService x) => x.GiveAsync(Person, ConsentPurposes.KeepSynthesis, "par écrit", dossier, DomainFixture.Change(After), CancellationToken.None));
        while (await SliceAsync(plan, After))
        {
        }

        var item = await domain.InDbAsync(db => db.PurgeItems.AsNoTracking().SingleAsync(x => x.PlanId == plan && x.SubjectId == synthesis));
        Assert.Contains("30/04/2028", item.SkippedReason, StringComparison.Ordinal);
        Assert.Null((await DocumentAsync(synthesis)).DestroyedAt);
    }

    private async Task<Guid> EndedAsync()
    {
        var dossier = (await domain.CreateDossierAsync()).Id;
        await domain.InDbAsync(db => db.Dossiers.Where(x => x.Id == dossier).ExecuteUpdateAsync(x => x.SetProperty(d => d.State, DossierState.Realise).SetProperty(d => d.StateSince, new DateTimeOffset(2027, 5, 3, 9, 0, 0, TimeSpan.Zero))));
        return dossier;
    }

    private async Task<List<PurgeItem>> ItemsAsync(Guid plan, DateTimeOffset now)
    {
        await domain.InScopeAsync((RetentionService x) => x.PrepareAsync(plan, DomainFixture.Change(now), CancellationToken.None));
        var items = await domain.InDbAsync(db => db.PurgeItems.AsNoTracking().Where(x => x.PlanId == plan).ToListAsync());
        return items;
    }

    private Task<bool> SliceAsync(Guid plan, DateTimeOffset now) => domain.InScopeAsync((RetentionService x) => x.ExecuteSliceAsync(plan, DomainFixture.Change(now), CancellationToken.None));

    private Task<Document> DocumentAsync(Guid id) => domain.InDbAsync(db => db.Documents.AsNoTracking().SingleAsync(x => x.Id == id));

    private async Task<Guid> AddAsync(Guid dossier, string type, byte fill) =>
        (await domain.InScopeAsync((DocumentStore x) => x.AddAsync(new NewDocument(type, "papier.pdf", dossier) { PersonEmail = Person }, new MemoryStream(DomainFixture.Pdf(1500, fill)), DomainFixture.Change(), CancellationToken.None))).Id;
}
