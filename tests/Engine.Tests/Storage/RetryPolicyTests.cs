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
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Delay(Options, failures, TimeSpan.Zero, 1));

    [Fact]
    public void Delay_IsNeverShorterThanAsked_NorJittersBelowHalf() =>
        Prop.ForAll<byte, byte, byte>((failures, asked, chance) =>
        {
            var full = RetryPolicy.Delay(Options, failures, TimeSpan.Zero, 1);
            var delay = RetryPolicy.Delay(Options, failures, TimeSpan.FromSeconds(asked), chance / 255.0) - TimeSpan.FromSeconds(asked);
            return delay >= full / 2 && delay <= full;
        }).QuickCheckThrowOnFailure();
}
