using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Domain.Tests.Signatures;

public sealed class SignatureServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    [Trait("Requirement", "S004-4.2.4")]
    public async Task Sign_ThreePartiesInOrder_CompletesWithEvidence()
    {
        var request = await CreateAsync(("Beneficiaire", 1), ("Entreprise", 2), ("Organisme", 2));
        Assert.Equal([SignerStatus.Invited, SignerStatus.Waiting, SignerStatus.Waiting], request.Signers.OrderBy(x => x.Order).Select(x => x.Status));
        var employee = request.Signers.Single(x => x.Order == 1);
        var first = await SignAsync(employee, request);
        Assert.Equal((false, 2), (first.Completed, first.Invited.Count));
        Assert.False((await SignAsync(first.Invited[0], request)).Completed);
        Assert.True((await SignAsync(first.Invited[1], request)).Completed);

        var evidence = await fixture.InScopeAsync<SignatureService, SignatureEvidence>(x => x.EvidenceAsync(request.Id, CancellationToken.None));
        Assert.Equal(SignatureLevel.Simple, evidence.Level);
        Assert.All(evidence.Signers, x => Assert.True(x.SignedAt is not null && x.SignedSha256 == evidence.OriginalSha256 && x.IpHash is not null && x.ConsentVersion == "2026-1"));
        Assert.Equal("signer-AlreadySigned", (await Assert.ThrowsAsync<RuleBrokenException>(() => CodeAsync(employee.Id))).Code);
    }

    [Fact]
    public async Task Expire_EmployeeSilentForTenDays_IsATacitRefusal()
    {
        var request = await CreateAsync(("Beneficiaire", 1), ("Entreprise", 2));
        var signer = request.Signers.Single(x => x.Order == 1);

        // Transmitted on 20/11: the tenth day is 30/11, open until midnight in France.
        var end = new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero);
        Assert.Equal(end, signer.ExpiresAt);
        Assert.Empty(await ExpireAsync(request.Id, end.AddSeconds(-1)));
        Assert.Contains(request.Id, await fixture.InScopeAsync<SignatureService, List<Guid>>(x => x.OverdueAsync(end, CancellationToken.None)));
        Assert.Equal(SignerStatus.RefusTacite, Assert.Single(await ExpireAsync(request.Id, end)).Status);
        Assert.Empty(await ExpireAsync(request.Id, end));
        var opened = await OpenAsync(signer, end);
        Assert.Equal(SignerRefusal.Expired, opened.Refusal);
        Assert.Contains("30/11/2026", opened.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_WrongCodes_AreCountedAndLockTheCode()
    {
        var request = await CreateAsync(("Entreprise", 1));
        var signer = request.Signers[0];
        var code = await CodeAsync(signer.Id);
        var wrong = code == "000000" ? "000001" : "000000";
        var errors = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Assert.ThrowsAsync<RuleBrokenException>(() => TryAsync(signer.Id, wrong, request))));
        Assert.Equal(5, errors.Count(x => x.Code == "code-wrong"));
        Assert.Equal("code-missing", (await Assert.ThrowsAsync<RuleBrokenException>(() => TryAsync(signer.Id, code, request))).Code);
        Assert.Equal("code-too-soon", (await Assert.ThrowsAsync<RuleBrokenException>(() => CodeAsync(signer.Id))).Code);
        Assert.Equal("code-expired", (await Assert.ThrowsAsync<RuleBrokenException>(async () =>
            await TryAsync(signer.Id, await CodeAsync(signer.Id, DomainFixture.Now.AddMinutes(2)), request, DomainFixture.Now.AddMinutes(13)))).Code);
    }

    [Fact]
    public async Task Sign_SameSignerTwiceAtOnce_SignsOnce()
    {
        var request = await CreateAsync(("Entreprise", 1));
        var code = await CodeAsync(request.Signers[0].Id);
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await Record.ExceptionAsync(() => TryAsync(request.Signers[0].Id, code, request)) is null));
        Assert.Single(done, x => x);
    }

    [Fact]
    public async Task Sign_DocumentChangedMeanwhile_AsksToReadAgain()
    {
        var request = await CreateAsync(("Entreprise", 1));
        var newer = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("CONVENTION", "c.pdf", request.DossierId), new MemoryStream(DomainFixture.Pdf(fill: 9)), DomainFixture.Change(), CancellationToken.None));
        var code = await CodeAsync(request.Signers[0].Id);
        await fixture.InScopeAsync<SignatureService, bool>(x => x.AttachAsync(request.Id, newer.Id, null, DomainFixture.Change(), CancellationToken.None));
        Assert.Equal("document-changed", (await Assert.ThrowsAsync<RuleBrokenException>(() => TryAsync(request.Signers[0].Id, code, request))).Code);
    }

    [Fact]
    public async Task RenewLink_OldOne_NoLongerOpens()
    {
        var request = await CreateAsync(("Entreprise", 1));
        var signer = request.Signers[0];
        Assert.Null((await OpenAsync(signer, DomainFixture.Now)).Refusal);
        var renewed = await fixture.InScopeAsync<SignatureService, Signer>(x => x.RenewLinkAsync(signer.Id, DomainFixture.Change(), CancellationToken.None));
        Assert.Equal(SignerRefusal.Unknown, (await OpenAsync(signer, DomainFixture.Now)).Refusal);
        Assert.Null((await OpenAsync(renewed, DomainFixture.Now)).Refusal);
    }

    [Fact]
    public async Task Decline_OneParty_ClosesForAll()
    {
        var request = await CreateAsync(("Beneficiaire", 1), ("Entreprise", 1));
        await fixture.InScopeAsync<SignatureService, Signer>(x => x.DeclineAsync(request.Signers[0].Id, "Pas maintenant", DomainFixture.Change(), CancellationToken.None));
        Assert.Equal(SignerRefusal.Closed, (await OpenAsync(request.Signers[1], DomainFixture.Now)).Refusal);
    }

    private async Task<SignatureRequest> CreateAsync(params (string Role, int Order)[] signers)
    {
        var dossier = await fixture.CreateDossierAsync();
        var document = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("CONVENTION", "c.pdf", dossier.Id), new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(), CancellationToken.None));
        var command = new NewSignatureRequest(dossier.Id, "CONVENTION", document.Id, "Convention", [.. signers.Select((x, i) => new NewSigner(Enum.Parse<SignerRole>(x.Role), x.Order, $"Personne {i}", $"p{i}@exemple.test"))]);
        return await fixture.InScopeAsync<SignatureService, SignatureRequest>(x => x.CreateAsync(command, DomainFixture.Change(), CancellationToken.None));
    }

    private async Task<SignedResult> SignAsync(Signer signer, SignatureRequest request) => await TryAsync(signer.Id, await CodeAsync(signer.Id), request);

    private async Task<SignedResult> TryAsync(Guid signerId, string code, SignatureRequest request, DateTimeOffset? now = null)
    {
        var hash = await fixture.InDbAsync(db => db.Documents.Where(x => x.Id == request.DocumentId).Select(x => x.Sha256).SingleAsync());
        return await fixture.InScopeAsync<SignatureService, SignedResult>(
            x => x.SignAsync(signerId, new Sign(code, "2026-1", hash, "192.0.2.1", "Firefox"), DomainFixture.Change(now ?? DomainFixture.Now.AddMinutes(1)), CancellationToken.None));
    }

    private Task<string> CodeAsync(Guid signerId, DateTimeOffset? now = null) => fixture.InScopeAsync<SignatureService, string>(x => x.SendCodeAsync(signerId, DomainFixture.Change(now), CancellationToken.None));

    private Task<SignerResult> OpenAsync(Signer signer, DateTimeOffset now) => fixture.InScopeAsync<SignatureService, SignerResult>(x => x.OpenAsync(x.TokenOf(signer), now, CancellationToken.None));

    private Task<IReadOnlyList<Signer>> ExpireAsync(Guid id, DateTimeOffset now) =>
        fixture.InScopeAsync<SignatureService, IReadOnlyList<Signer>>(x => x.ExpireAsync(id, ChangeContext.System("Délais", now), CancellationToken.None));
}
