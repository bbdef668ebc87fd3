using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

public abstract partial class RuntimeScenarios
{
    private const string Step = """[{"do":"step"}]""";
    private const string TwoSteps = """[{"do":"step"}, {"do":"step"}]""";

    [Fact]
    public async Task Draft_IsOverwritten_UntilItIsPublished()
    {
        var store = Fixture.Definitions;
        var first = await store.SaveDraftAsync(new SaveDraft("d", Step));
        var again = await store.SaveDraftAsync(new SaveDraft("d", TwoSteps) { ExpectedRevision = first.Revision });
        Assert.Equal((first.Id, 2), (again.Id, again.Revision));
        await Assert.ThrowsAsync<DraftConflictException>(() => store.SaveDraftAsync(new SaveDraft("d", Step) { ExpectedRevision = first.Revision }));

        Assert.True((await store.PublishAsync("d", "Claire")).IsPublished);
        var next = await store.SaveDraftAsync(new SaveDraft("d", Step));
        Assert.Equal(2, next.Version);
        var list = await store.ListAsync("d");
        Assert.Equal([(2, true, false), (1, false, true)], list.Select(v => (v.Version, v.IsLatest, v.IsPublished)));
        Assert.Equal(TwoSteps, (await store.FindAsync(first.Id))!.Body);
        Assert.Equal(2, (await store.ListAsync()).Count);
    }

    [Fact]
    public async Task Publish_MovesThePointer_AndRetractStopsNewInstances()
    {
        var store = Fixture.Definitions;
        await Fixture.PublishAsync("p", Step);
        await Fixture.PublishAsync("p", TwoSteps);
        Assert.Equal(2, (await store.FindPublishedAsync("p"))!.Version);
        var one = (await store.ListAsync("p"))[1];
        await store.PublishAsync("p", "Claire", one.Id);
        Assert.Equal(1, (await Fixture.Runtime.StartAsync(new StartWorkflow("p"))).Instance.Version);

        await store.RetractAsync("p", "Claire");
        await Assert.ThrowsAsync<DefinitionNotFoundException>(() => Fixture.Runtime.StartAsync(new StartWorkflow("p")));
        Assert.Equal(3, (await store.RevertAsync("p", 1, "Claire")).Version);
        Assert.Equal(Step, (await store.FindLatestAsync("p"))!.Body);
    }

    [Fact]
    public async Task Draft_ThatRuns_IsFrozen()
    {
        var draft = await Fixture.Definitions.SaveDraftAsync(new SaveDraft("trial", Step));
        await Fixture.Runtime.StartAsync(new StartWorkflow("trial") { VersionId = draft.Id });
        Assert.Equal(2, (await Fixture.Definitions.SaveDraftAsync(new SaveDraft("trial", TwoSteps))).Version);
        Assert.Equal(Step, (await Fixture.Definitions.FindAsync(draft.Id))!.Body);
    }

    [Fact]
    public async Task Seed_UpgradesTheUntouched_AndStandsBesideTheEdited()
    {
        var store = Fixture.Definitions;
        Assert.True((await store.SeedAsync("s", "S", Step))!.IsPublished);
        Assert.Null(await store.SeedAsync("s", "S", Step));
        Assert.Equal(2, (await store.SeedAsync("s", "S", TwoSteps))!.Version);
        Assert.Equal(2, (await store.FindPublishedAsync("s"))!.Version);

        await store.SaveDraftAsync(new SaveDraft("s", Step + " "));
        await store.PublishAsync("s", "Claire");
        var beside = await store.SeedAsync("s", "S", Step + "  ");
        Assert.Equal((4, false), (beside!.Version, beside.IsPublished));
        Assert.Equal(3, (await store.FindPublishedAsync("s"))!.Version);
        Assert.Null(await store.SeedAsync("s", "S", Step + "  "));
    }
}
