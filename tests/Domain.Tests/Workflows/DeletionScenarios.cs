using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

public abstract partial class RuntimeScenarios
{
    [Fact]
    public async Task DeleteDefinition_ThatRan_HidesItAndKeepsTheVersionOfItsInstances()
    {
        var store = Fixture.Definitions;
        await Fixture.PublishAsync("gone", Step);
        var instance = (await Fixture.Runtime.StartAsync(new StartWorkflow("gone"))).Instance;
        await store.SaveDraftAsync(new SaveDraft("gone", TwoSteps));

        Assert.True(await store.DeleteAsync("gone"));

        Assert.Empty(await store.ListAsync("gone"));
        Assert.DoesNotContain(await store.ListAsync(), version => version.DefinitionId == "gone");
        Assert.NotNull(await store.FindAsync(instance.DefinitionVersionId));
        await Assert.ThrowsAsync<DefinitionNotFoundException>(() => Fixture.Runtime.StartAsync(new StartWorkflow("gone")));
        Assert.False(await store.DeleteAsync("gone"));
        Assert.Equal(2, (await store.SaveDraftAsync(new SaveDraft("gone", Step))).Version);
    }

    [Fact]
    public async Task Delete_WhileInstancesRun_IsRefusedForTheDefinitionAndTakesAllOfAnInstance()
    {
        await Fixture.PublishAsync("busy", """[{"do":"wait","kind":"k","key":"busy"}]""");
        var instance = (await Fixture.Runtime.StartAsync(new StartWorkflow("busy"))).Instance;
        Assert.Equal(InstanceStatus.Running, instance.Status);

        Assert.Equal(1, (await Assert.ThrowsAsync<DefinitionInUseException>(() => Fixture.Definitions.DeleteAsync("busy"))).Running);
        Assert.True(await Fixture.Runtime.DeleteInstanceAsync(instance.Id));

        Assert.Null(await Fixture.Runtime.Reads.FindInstanceAsync(instance.Id, CancellationToken.None));
        Assert.Empty(await Fixture.Runtime.Reads.JournalAsync(instance.Id, CancellationToken.None));
        Assert.Empty(await Fixture.Runtime.Reads.BookmarksAsync(instance.Id, CancellationToken.None));
        Assert.False(await Fixture.Runtime.DeleteInstanceAsync(instance.Id));
        Assert.True(await Fixture.Definitions.DeleteAsync("busy"));
    }
}
