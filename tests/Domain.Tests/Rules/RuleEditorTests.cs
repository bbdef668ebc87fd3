using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Domain.Rules;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Domain.Tests.Rules;

/// <summary>Dated rules as their owners change them: what the next dossier gets, what a running one keeps, and that nothing is lost.</summary>
public sealed class RuleEditorTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly DateOnly Today = Fr.InParis(DomainFixture.Now);

    [Fact]
    public async Task Add_ADeadlineFromADate_ReachesDossiersAfterIt_AndLeavesThoseBefore()
    {
        var company = await fixture.CreateCompanyAsync();
        var before = await fixture.CreateDossierAsync(company, x => x with { StartDate = new DateOnly(2028, 5, 31), EndDate = new DateOnly(2028, 7, 31) });
        var running = await fixture.CreateDossierAsync(company, x => x with { StartDate = new DateOnly(2028, 6, 1), EndDate = new DateOnly(2028, 7, 31) });
        Assert.Equal((new DateOnly(2028, 5, 30), new DateOnly(2028, 5, 31)), (before.FilingDeadline, running.FilingDeadline));
        var value = Value(RuleCodes.FilingDelayDays, "45", new DateOnly(2028, 6, 1), "atlas");

        var impact = await fixture.InScopeAsync<RuleEditor, RuleImpact>(x => x.PreviewAsync(value, new DateOnly(2028, 5, 1), CancellationToken.None));
        Assert.Equal((running.Numero, true, 1), (Assert.Single(impact.Dossiers).Numero, impact.IsExact, impact.WouldBeLate));
        Assert.Null(await fixture.InDbAsync(db => db.Rules.FirstOrDefaultAsync(x => x.Code == RuleCodes.FilingDelayDays && x.Scope == "atlas" && x.ValidFrom == value.From)));

        await AddAsync(value);
        var next = await fixture.CreateDossierAsync(company, x => x with { StartDate = new DateOnly(2028, 6, 15), EndDate = new DateOnly(2028, 7, 31) });
        Assert.Equal(new DateOnly(2028, 5, 1), next.FilingDeadline);
        Assert.Equal(new DateOnly(2028, 5, 30), (await DossierAsync(before.Id)).FilingDeadline);
        Assert.Equal(new DateOnly(2028, 4, 17), (await DossierAsync(running.Id)).FilingDeadline);
        Assert.Contains(await fixture.InScopeAsync<DossierService, List<DossierEvent>>(x => x.TimelineAsync(running.Id, true, CancellationToken.None)), x => x.Text.Contains("17/04/2028", StringComparison.Ordinal));

        var audit = await fixture.InScopeAsync<RuleEditor, List<Domain.Audit.AuditEntry>>(x => x.ChangesAsync(RuleCodes.FilingDelayDays, "atlas", "*", CancellationToken.None));
        Assert.Equal(["Added", "Ended"], audit.Take(2).Select(x => x.Action));
        Assert.All(audit.Take(2), x => Assert.Equal(("Claire Martin", "Nouvelle page de l’OPCO"), (x.Actor, x.Reason)));
    }

    [Theory]
    [InlineData("2027-01-01", null, "rule-same-day")]
    [InlineData("2026-06-01", null, "rule-overlap")]
    [InlineData("2025-06-01", null, "rule-overlap")] // a value begins on 2026-01-01: the new one must end
    [InlineData("2025-06-01", "2025-11-30", "rule-gap")]
    [InlineData("2025-06-01", "2026-01-01", "rule-overlap")]
    [InlineData("2027-02-01", "2027-01-31", "rule-dates")]
    public async Task Add_OverlapOrGap_IsRefusedWithASentence(string from, string? to, string code)
    {
        // A key of its own per case: a value that ends, and the next one from the day after.
        var task = $"{RuleCodes.TaskHours}:essai-{from}-{to}";
        await AddAsync(Value(task, "8", new DateOnly(2026, 1, 1)) with { To = new DateOnly(2026, 12, 31) });
        await AddAsync(Value(task, "12", new DateOnly(2027, 1, 1)));
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(Value(task, "9", Day(from)) with { To = to is null ? null : Day(to) }));
        Assert.Equal(code, refused.Code);
        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await fixture.InScopeAsync<RuleEditor, List<Rule>>(x => x.HistoryAsync(task, "*", "*", CancellationToken.None))).Count);
    }

    [Fact]
    public async Task Add_AfterAnEnd_MustFollowIt_AndARequiredRuleMayNotEnd()
    {
        var task = RuleCodes.TaskHours + ":finie";
        await AddAsync(Value(task, "8", new DateOnly(2026, 1, 1)) with { To = new DateOnly(2026, 6, 30) });
        var gap = await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(Value(task, "9", new DateOnly(2026, 7, 15))));
        Assert.Equal(("rule-gap", true), (gap.Code, gap.Message.Contains("01/07/2026", StringComparison.Ordinal)));
        await AddAsync(Value(task, "9", new DateOnly(2026, 7, 1)));

        // Before the first value: it must reach it, no more and no less.
        Assert.Equal("rule-gap", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(Value(task, "7", new DateOnly(2025, 1, 1)) with { To = new DateOnly(2025, 6, 30) }))).Code);
        Assert.Equal("rule-overlap", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(Value(task, "7", new DateOnly(2025, 1, 1)) with { To = new DateOnly(2026, 1, 1) }))).Code);
        await AddAsync(Value(task, "7", new DateOnly(2025, 1, 1)) with { To = new DateOnly(2025, 12, 31) });

        Assert.Equal("rule-gap", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(Value(RuleCodes.QuoteValidityDays, "60", new DateOnly(2030, 1, 1)) with { To = new DateOnly(2030, 12, 31) }))).Code);
    }

    [Fact]
    public async Task Add_WithoutReasonSourceOrReadableValue_IsRefused()
    {
        var value = Value(RuleCodes.LumpCeiling, "1500", new DateOnly(2031, 1, 1), "akto", "bilan");
        Assert.Equal("rule-reason", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value, reason: " "))).Code);
        Assert.Equal("rule-source", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value with { Source = "" }))).Code);
        Assert.Equal("rule-value", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value with { Typed = "beaucoup" }))).Code);
        Assert.Equal("rule-url", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value with { SourceUrl = "javascript:alert(1)" }))).Code);
        Assert.Equal("rule-scope", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value with { Scope = "inconnu" }))).Code);
        Assert.Equal("rule-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(value with { Code = "n-importe-quoi" }))).Code);
    }

    [Fact]
    public async Task Correct_WithdrawsTheValue_KeepsIt_AndMovesTheEndBeforeIt()
    {
        await AddAsync(Value(RuleCodes.LumpCeiling, "1600", new DateOnly(2029, 1, 1), "akto", "bilan"));
        var wrong = await AddAsync(Value(RuleCodes.LumpCeiling, "1 650,50", new DateOnly(2030, 1, 1), "akto", "bilan"));
        Assert.Equal("1650.5", wrong.Value);
        await fixture.InScopeAsync<RuleEditor, Rule>(x => x.CorrectAsync(wrong.Id, Value(RuleCodes.LumpCeiling, "1700", new DateOnly(2030, 3, 1), "akto", "bilan"), DomainFixture.Change() with { Reason = "Erreur de lecture" }, CancellationToken.None));

        Assert.Equal("1600", await ReadAsync(new DateOnly(2030, 2, 28)));
        Assert.Equal("1700", await ReadAsync(new DateOnly(2030, 3, 1)));
        var history = await fixture.InScopeAsync<RuleEditor, List<Rule>>(x => x.HistoryAsync(RuleCodes.LumpCeiling, "akto", "bilan", CancellationToken.None));
        var withdrawn = Assert.Single(history, x => x.WithdrawnAt is not null);
        Assert.Equal(("1650.5", new DateOnly(2030, 1, 1), "Claire Martin", "Erreur de lecture"), (withdrawn.Value, withdrawn.ValidFrom, withdrawn.WithdrawnBy, withdrawn.WithdrawnReason));

        // Whoever still looks at the old page is told.
        Assert.Equal("rule-gone", (await Assert.ThrowsAsync<RuleBrokenException>(() => fixture.InScopeAsync<RuleEditor, Rule>(x => x.CorrectAsync(wrong.Id, Value(RuleCodes.LumpCeiling, "1", new DateOnly(2030, 3, 1)), DomainFixture.Change() with { Reason = "Trop tard" }, CancellationToken.None)))).Code);

        // The seed does not bring the wrong value back.
        await fixture.InDbAsync(async db =>
        {
            await Domain.Data.DomainSeed.RunAsync(db, CancellationToken.None);
            return 0;
        });
        Assert.Equal("1700", await ReadAsync(new DateOnly(2030, 3, 1)));

        async Task<string?> ReadAsync(DateOnly on) => (await fixture.InScopeAsync<RuleBook, Rule?>(x => x.FindAsync(RuleCodes.LumpCeiling, on, CancellationToken.None, "akto", DossierKind.Bilan)))?.Value;
    }

    [Fact]
    public async Task Withdraw_WhatHasNotBegun_TheOneBeforeGoesOn()
    {
        var future = await AddAsync(Value(RuleCodes.SignatureDays, "15", new DateOnly(2027, 9, 1)));
        await WithdrawAsync(future.Id);
        var rule = await fixture.InScopeAsync<RuleBook, Rule?>(x => x.FindAsync(RuleCodes.SignatureDays, new DateOnly(2028, 1, 1), CancellationToken.None));
        Assert.Equal(("30", null), (rule!.Value, rule.ValidTo));
        Assert.Equal("rule-begun", (await Assert.ThrowsAsync<RuleBrokenException>(() => WithdrawAsync(rule.Id))).Code);

        Task<int> WithdrawAsync(long id) => fixture.InScopeAsync<RuleEditor, int>(async x =>
        {
            await x.WithdrawAsync(id, Today, DomainFixture.Change() with { Reason = "Décision annulée" }, CancellationToken.None);
            return 0;
        });
    }

    [Fact]
    public async Task RequiredDocument_OfOneOpcoFromADate_IsMissingOnlyThere()
    {
        var company = await fixture.CreateCompanyAsync();
        await AddAsync(Value(RuleCodes.RequiredDocument + DocumentTypes.Calendrier, "true", new DateOnly(2027, 6, 1), "atlas", "bilan"));
        var before = await fixture.CreateDossierAsync(company, x => x with { StartDate = new DateOnly(2027, 5, 31), EndDate = new DateOnly(2027, 8, 1) });
        var after = await fixture.CreateDossierAsync(company, x => x with { StartDate = new DateOnly(2027, 6, 1), EndDate = new DateOnly(2027, 8, 1) });
        Assert.DoesNotContain(DocumentTypes.Calendrier, (await ContentAsync(before.Id)).Missing.Select(x => x.Code));
        var content = await ContentAsync(after.Id);
        Assert.Contains(DocumentTypes.Calendrier, content.Missing.Select(x => x.Code));
        Assert.Contains(DocumentTypes.Devis, content.Missing.Select(x => x.Code));

        Task<PackageContent> ContentAsync(Guid id) => fixture.InScopeAsync<DossierPackage, PackageContent>(x => x.ContentAsync(id, CancellationToken.None));
    }

    /// <summary>Art. R6313-8: the employee keeps the days of the day on which the convention was sent; the next one gets the new ones.</summary>
    [Fact]
    public async Task EmployeeDays_ShortenedWhileOneSigns_ApplyToTheNextOnly()
    {
        var (running, next) = (await fixture.CreateDossierAsync(), await fixture.CreateDossierAsync(with: x => x with { Title = "Bilan suivant" }));
        var (document, request) = await SendAsync(running, DomainFixture.Now);
        await AddAsync(Value(RuleCodes.EmployeeAnswerDays, "3", Today.AddDays(2)));

        var later = DomainFixture.Change(DomainFixture.Now.AddDays(5));
        var code = await fixture.InScopeAsync<SignatureService, string>(x => x.SendCodeAsync(request.Signers[0].Id, later, CancellationToken.None));
        await fixture.InScopeAsync<SignatureService, SignedResult>(x => x.SignAsync(request.Signers[0].Id, new Sign(code, "1", document.Sha256, "::1", ""), later, CancellationToken.None));
        var gate = await fixture.InScopeAsync<DossierChecks, CheckReport>(x => x.GateAsync(running.Id, later.Now, CancellationToken.None));
        var line = Assert.Single(gate.Lines, x => x.Code == "9-signature-convention");
        Assert.True(line.Status == CheckStatus.Ok, line.Proof);

        var (_, sent) = await SendAsync(next, later.Now);
        Assert.Equal(Fr.StartInParis(Today.AddDays(5 + 3 + 1)), sent.Signers[0].ExpiresAt);

        async Task<(Document Document, SignatureRequest Request)> SendAsync(Dossier dossier, DateTimeOffset at)
        {
            var paper = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(
                new NewDocument(DocumentTypes.Convention, "convention.pdf", dossier.Id) { Facts = DocumentFacts.Of(dossier) }, new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(at), CancellationToken.None));
            return (paper, await fixture.InScopeAsync<SignatureService, SignatureRequest>(x => x.CreateAsync(
                new NewSignatureRequest(dossier.Id, DocumentTypes.Convention, paper.Id, "Convention", [new NewSigner(SignerRole.Beneficiaire, 1, "Léa Petit", "lea.petit@atelier-demo.fr")]), DomainFixture.Change(at), CancellationToken.None)));
        }
    }

    private static DateOnly Day(string text) => DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static RuleValue Value(string code, string typed, DateOnly from, string scope = "*", string kind = "*") => new(code, scope, kind, from, null, typed, "Page de l’OPCO", null, RuleCertainty.Indicative);

    private Task<Rule> AddAsync(RuleValue value, string reason = "Nouvelle page de l’OPCO") => fixture.InScopeAsync<RuleEditor, Rule>(x => x.AddAsync(value, DomainFixture.Change() with { Reason = reason }, CancellationToken.None));

    private Task<Dossier> DossierAsync(Guid id) => fixture.InDbAsync(db => db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == id));
}
