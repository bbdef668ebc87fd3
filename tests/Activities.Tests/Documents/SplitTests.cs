using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Activities.Documents;

namespace MonOPCO.Activities.Tests.Documents;

public sealed class SplitTests
{
    /// <summary>The hours of a bilan's phases always add up to the hours of the convention: half an hour of difference is a refusal.</summary>
    [Fact]
    public void Split_AnyHours_SumIsExact() => Prop.ForAll(
        Gen.Choose(1, 240).ToArbitrary(),
        tenths =>
        {
            var hours = tenths / 10m;
            var parts = DocumentData.Split(hours, [0.2m, 0.55m, 0.25m]);
            return parts.Sum() == hours && parts.All(x => x >= 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Split_TwentyFourHours_AsTheModelSays() => Assert.Equal([5m, 13m, 6m], DocumentData.Split(24, [0.2m, 0.55m, 0.25m]));
}
