using MonOPCO.Domain.Companies;

namespace MonOPCO.Domain.Tests.Companies;

public sealed class OpcoResolverTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Theory]
    [InlineData("1486", "62.02A", "5710", "atlas", OpcoOrigin.Idcc, OpcoConfidence.Forte)]
    [InlineData("16", "49.41A", "5710", "opco-mobilites", OpcoOrigin.Idcc, OpcoConfidence.Forte)] // padded
    [InlineData("3203", null, "9220", "uniformation", OpcoOrigin.Idcc, OpcoConfidence.AConfirmer)] // shared agreement
    [InlineData("2622", null, "5710", "atlas", OpcoOrigin.Idcc, OpcoConfidence.Forte)] // old agreement
    [InlineData("9999", "96.02A", "5710", "opco-ep", OpcoOrigin.Naf, OpcoConfidence.AConfirmer)] // "no agreement" never maps
    [InlineData("", "6202a", "5710", "atlas", OpcoOrigin.Naf, OpcoConfidence.AConfirmer)] // activity only, without dot
    [InlineData("", "41.10A", "5710", "opco-ep", OpcoOrigin.Naf, OpcoConfidence.AConfirmer)] // longest prefix: 41.1, not 41
    [InlineData("", "85.59B", "5710", null, OpcoOrigin.None, OpcoConfidence.Inconnue)] // shared sector
    [InlineData("", "84.11Z", "7210", null, OpcoOrigin.None, OpcoConfidence.Inconnue)] // public employer
    [InlineData("", null, "5710", null, OpcoOrigin.None, OpcoConfidence.Inconnue)]
    [InlineData("1486,1596", null, "5710", null, OpcoOrigin.Idcc, OpcoConfidence.AConfirmer)] // two OPCO: a person chooses
    [Trait("Requirement", "S004-2.1")]
    public async Task Resolve_KnownCases_GiveOpcoOriginAndConfidence(string idcc, string? naf, string category, string? opco, OpcoOrigin origin, OpcoConfidence confidence)
    {
        var answer = await ResolveAsync(new OpcoQuestion(idcc.Split(',', StringSplitOptions.RemoveEmptyEntries), naf, category));
        Assert.Equal((opco, origin, confidence), (answer.Opco, answer.Origin, answer.Confidence));
        Assert.NotEmpty(answer.Explanation);
    }

    [Fact]
    public async Task Resolve_SiretTable_IsCertainWhateverTheRest()
    {
        var answer = await ResolveAsync(new OpcoQuestion(["1486"], "62.02A", SiroOpco: "opco-2i"));
        Assert.Equal(("opco-2i", OpcoConfidence.Certain), (answer.Opco, answer.Confidence));
    }

    [Theory]
    [InlineData("1596", 30, OpcoConfidence.AConfirmer)]
    [InlineData("1596", 10, OpcoConfidence.Forte)]
    [InlineData("1597", 5, OpcoConfidence.AConfirmer)]
    [InlineData("1597", 11, OpcoConfidence.Forte)]
    public async Task Resolve_BuildingAgreementAgainstHeadcount_Doubts(string idcc, int headcount, OpcoConfidence confidence)
    {
        var answer = await ResolveAsync(new OpcoQuestion([idcc], null, Headcount: headcount));
        Assert.Equal(("constructys", confidence), (answer.Opco, answer.Confidence));
        Assert.Equal(confidence == OpcoConfidence.AConfirmer, answer.Notes.Count == 1);
    }

    [Fact]
    public async Task Resolve_Overseas_NotesAkto() => Assert.Contains((await ResolveAsync(new OpcoQuestion(["1486"], null, Department: "974"))).Notes, note => note.Contains("AKTO", StringComparison.Ordinal));

    [Fact]
    public async Task Resolve_EveryClosedAgreement_MapsToAKnownOpco()
    {
        var known = await fixture.InDbAsync(async db => await Task.FromResult(db.Opcos.Select(x => x.Slug).ToHashSet()));
        Assert.Equal(11, known.Count);
        foreach (var row in OpcoTables.Shipped.Idcc.Values.Where(x => x.Status != IdccStatus.Echappatoire))
        {
            Assert.Contains((await ResolveAsync(new OpcoQuestion([row.Idcc], null))).Opco!, known);
        }
    }

    private Task<OpcoAnswer> ResolveAsync(OpcoQuestion question) =>
        fixture.InScopeAsync<OpcoResolver, OpcoAnswer>(x => x.ResolveAsync(question, new DateOnly(2027, 1, 15), CancellationToken.None));
}
