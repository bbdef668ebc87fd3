using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>Rule 8: neither one transaction nor one call goes on for ever. What a burst itself may do is bounded in the interpreter (DurabilityTests).</summary>
public abstract partial class RuntimeScenarios
{
    [Fact]
    public async Task Mailbox_LongerThanABurst_IsDrainedInSeveral()
    {
        Fixture.Options.MessagesPerBurst = 2;
        var id = await Fixture.StartAsync("""[{"do":"wait","kind":"k","key":"{id}"}]""");
        await using (var tx = await Fixture.Store.BeginAsync(default))
        {
            await tx.PostAsync([.. Enumerable.Range(0, 5).Select(n => new InstanceMessage(Guid.NewGuid(), id, MessageKind.SetVariables, Fixture.Clock.GetUtcNow()) { Payload = new JsonObject { ["n"] = n } })], default);
            await tx.CommitAsync(default);
        }

        await Fixture.Runtime.DrainAsync(id);
        var instance = await InstanceAsync(id);
        Assert.Equal((4, 4), (instance.Burst, instance.State["variables"]!["n"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Call_ThatMovesManyInstances_LeavesTheRestToAWorker()
    {
        Fixture.Options.FollowUps = 2;
        await Fixture.PublishAsync("follower", """[{"do":"step"}]""");
        var parent = await Fixture.StartAsync("""[{"do":"child","definition":"follower"},{"do":"child","definition":"follower"},{"do":"child","definition":"follower"}]""");

        // The first child and what its end did to the parent; without the bound the call would have run to the end.
        Assert.Equal((InstanceStatus.Running, 2), ((await InstanceAsync(parent)).Status, (await InstanceAsync(parent)).Burst));
        Fixture.Options.FollowUps = 50;
        await Fixture.AdvanceAsync(TimeSpan.FromSeconds(2));
        await Fixture.RunDueAsync();
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(parent)).Status);
    }
}
