using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Engine.Tests.Storage;

public sealed class RetryPolicyTests
{
    private static readonly WorkflowRuntimeOptions Options = new();

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(3, 40)]
    [InlineData(40, 3600)]
    public void Delay_DoublesUpToItsLimit(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Delay(Options, "any", failures, TimeSpan.Zero, 1));

    [Fact]
    public void Delay_IsNeverShorterThanAsked_NorJittersBelowHalf() =>
        Prop.ForAll<byte, byte, byte>((failures, asked, chance) =>
        {
            var full = RetryPolicy.Delay(Options, "any", failures, TimeSpan.Zero, 1);
            var delay = RetryPolicy.Delay(Options, "any", failures, TimeSpan.FromSeconds(asked), chance / 255.0) - TimeSpan.FromSeconds(asked);
            return delay >= full / 2 && delay <= full;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Delay_OfATypeWithItsOwnRule_FollowsIt()
    {
        var options = new WorkflowRuntimeOptions { Retries = { ["Slow"] = new RetryRule { Backoff = TimeSpan.FromMinutes(1), BackoffLimit = TimeSpan.FromMinutes(3) } } };
        Assert.Equal([60, 120, 180], Enumerable.Range(0, 3).Select(n => RetryPolicy.Delay(options, "Slow", n, TimeSpan.Zero, 1).TotalSeconds));
        Assert.Equal(5, RetryPolicy.Delay(options, "Other", 0, TimeSpan.Zero, 1).TotalSeconds);
    }
}
