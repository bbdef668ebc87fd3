using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Engine.Tests.Storage;

public sealed class InMemoryWorkflowStoreTests
{
    [Fact]
    public async Task Transaction_NotCommitted_LeavesNothing()
    {
        using var store = new InMemoryWorkflowStore(() => new NoServices(), TimeProvider.System);
        var version = new DefinitionVersion { Id = "v", DefinitionId = "d", Version = 1, Body = "{}", CreatedAt = DateTimeOffset.UnixEpoch };
        await using (var tx = await store.BeginAsync(default))
        {
            await tx.SaveVersionAsync(version, default);
            await tx.SetPublishedAsync("d", "v", [], null, DateTimeOffset.UnixEpoch, default);
            await tx.PostAsync([new InstanceMessage(Guid.NewGuid(), Guid.NewGuid(), MessageKind.Start, DateTimeOffset.UnixEpoch)], default);
        }

        Assert.Null(await store.FindVersionAsync("v", default));
        Assert.Empty(await store.SweepMailboxAsync(5, 10, [], default));
    }

    [Fact]
    public async Task Version_Frozen_RefusesAnotherBody()
    {
        using var store = new InMemoryWorkflowStore(() => new NoServices(), TimeProvider.System);
        await using var tx = await store.BeginAsync(default);
        var version = new DefinitionVersion { Id = "v", DefinitionId = "d", Version = 1, Body = "{}", IsFrozen = true, CreatedAt = DateTimeOffset.UnixEpoch };
        await tx.SaveVersionAsync(version, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => tx.SaveVersionAsync(version with { Body = "[]" }, default));
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
