using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Mails;

namespace MonOPCO.Domain.Tests.Filings;

public sealed class FilingServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    public async Task Submitted_RecordedTwice_IsOneFiling()
    {
        var dossier = await fixture.CreateDossierAsync();
        var prepared = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PrepareAsync(dossier.Id, dossier.Numero)));
        var id = Assert.Single(prepared.Select(x => x.Id).Distinct());
        Assert.Equal("filing-state", (await Assert.ThrowsAsync<RuleBrokenException>(() => RunAsync(x => x.ConfirmAsync(id, DomainFixture.Change(), CancellationToken.None)))).Code);
        Assert.True(await RunAsync(x => x.RecordFilledAsync(id, new JsonObject { ["siret"] = true }, [Guid.NewGuid()], DomainFixture.Change(), CancellationToken.None)));
        Assert.True(await RunAsync(x => x.ConfirmAsync(id, DomainFixture.Change(), CancellationToken.None)));
        Assert.False(await RunAsync(x => x.ConfirmAsync(id, DomainFixture.Change(), CancellationToken.None)));
        Assert.Equal("filing-state", (await Assert.ThrowsAsync<RuleBrokenException>(() => RunAsync(x => x.CorrectAsync(id, [], DomainFixture.Change(), CancellationToken.None)))).Code);
        Assert.True(await RunAsync(x => x.RecordSubmittedAsync(id, "ATL-9", null, [], DomainFixture.Change(), CancellationToken.None)));
        Assert.False(await RunAsync(x => x.RecordSubmittedAsync(id, " ATL-9 ", null, [], DomainFixture.Change(), CancellationToken.None)));
        Assert.Equal("already-filed", (await Assert.ThrowsAsync<RuleBrokenException>(() => RunAsync(x => x.RecordSubmittedAsync(id, "ATL-10", null, [], DomainFixture.Change(), CancellationToken.None)))).Code);
    }

    [Fact]
    public async Task Return_Difference_GoesBackToAPersonAndMayBeFilledAgain()
    {
        var dossier = await fixture.CreateDossierAsync();
        var id = (await PrepareAsync(dossier.Id, dossier.Numero)).Id;
        Assert.True(await RunAsync(x => x.ReturnAsync(id, "Le champ « SIRET » diffère.", [], DomainFixture.Change(), CancellationToken.None)));
        Assert.True(await RunAsync(x => x.RecordFilledAsync(id, [], [], DomainFixture.Change(), CancellationToken.None)));
        Assert.Equal(FilingMode.Assisted, await fixture.InScopeAsync<FilingService, FilingMode>(x => x.ModeAsync("unknown", CancellationToken.None)));
    }

    [Fact]
    public async Task Mail_SameMessageIdTwiceAtOnce_IsOneRow()
    {
        var id = $"<{Guid.NewGuid()}@monopco>";
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => fixture.InScopeAsync<MailLog, SentMail>(x => x.RecordAsync(id, "invitation", "a@exemple.test", "Signer", null, DomainFixture.Change(), CancellationToken.None))));
        Assert.Equal(1, await fixture.InDbAsync(db => db.SentMails.CountAsync(x => x.MessageId == id && x.Status == MailStatus.Sent)));
    }

    private Task<Filing> PrepareAsync(Guid dossierId, string reference) => fixture.InScopeAsync<FilingService, Filing>(
        x => x.PrepareAsync(dossierId, "atlas", FilingMode.Confirm, reference, new JsonObject { ["siret"] = "1" }, null, DomainFixture.Change(), CancellationToken.None));

    private Task<bool> RunAsync(Func<FilingService, Task<bool>> action) => fixture.InScopeAsync(action);
}
