using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>Golden orders: what runs, and in which order, is part of what definitions rely on.</summary>
public class FlowchartTests
{
    public static TheoryData<string, string, string> Orders => new()
    {
        // name, connections (activities are the names in them, lines unless said otherwise), expected lines
        { "two branches alternate", "S>A S>B A>A2 B>B2", "S A B A2 B2" },
        { "implicit join waits for active branches", "S>A S>B A>J B>B2 B2>J J>E", "S A B B2 J E" },
        { "diamond of different lengths", "S>A A>B B>C S>C C>D", "S A B C D" },
        { "braided", "1>2 1>3 2>4 2>5 3>5 3>6 4>7 5>7 5>8 6>8 7>9 8>9", "1 2 3 4 5 6 7 8 9" },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Counters_Order_IsElsas(string name, string connections, string expected)
    {
        var driver = new Driver();
        var names = connections.Split([' ', '>']).Distinct();
        var instance = driver.Start(Definition(Chart(connections, [.. names.Select(Line)])));
        Assert.Equal(expected.Split(' '), driver.Lines());
        Assert.True(instance.SubStatus == InstanceSubStatus.Finished, name);
    }

    [Theory]
    [InlineData("WaitAll", "A B C J E")]
    [InlineData("WaitAny", "A B C J E")]
    [InlineData("WaitAllActive", "A B C J E")]
    public void Join_ThreeBranches_RunsOnce(string mode, string expected)
    {
        var driver = new Driver();
        driver.Start(Definition(Chart("S>A S>B S>C A>join B>join C>join join>J J>E", Node("S", "Elsa.Start"), Line("A"), Line("B"), Line("C"), Join("join", mode), Line("J"), Line("E"))));
        Assert.Equal(expected.Split(' '), driver.Lines());
    }

    [Fact]
    public void Join_WaitAnyInLoop_RunsOncePerTurn()
    {
        var driver = new Driver();
        var chart = Chart(
            "S>A A>B A>C A>D B>J C>J D>J J>set set>switch switch:Less>A switch:Default>end",
            Node("S", "Elsa.Start"), Line("A"), Line("B"), Line("C"), Line("D"), Join("J", "WaitAny"), Set("set", "N", "getVariable('N') + 1"),
            Node("switch", "Elsa.FlowSwitch", """{ "cases": [ { "label": "Less", "condition": { "type": "JavaScript", "value": "getVariable('N') < 3" } } ] }"""), Node("end", "Elsa.End"));
        var instance = driver.Start(Definition(chart, variables: "N:Int32=0"));
        Assert.Equal("A B C D A B C D A B C D", string.Join(' ', driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
    }

    [Fact]
    public void Join_WaitAnyAfterDecision_IgnoresThePathNotTaken()
    {
        var driver = new Driver();
        var chart = Chart("S>A S>B S>C A>D D:True>J D:False>X B>J C>J X>F J>E E>F",
            Node("S", "Elsa.Start"), Line("A"), Line("B"), Line("C"), Decision("D", "true"), Line("X"), Join("J", "WaitAny"), Line("E"), Line("F"));
        driver.Start(Definition(chart));
        Assert.Equal("A B C E F", string.Join(' ', driver.Lines()));
    }

    [Fact]
    public void Join_WaitAnyWithWaitingBranch_CancelsIt()
    {
        var driver = new Driver();
        var instance = driver.Start(Definition(Chart("S>ev S>B ev>J B>J J>E", Line("S"), Event("ev"), Line("B"), Join("J", "WaitAny"), Line("E"))));
        Assert.Equal("S B E", string.Join(' ', driver.Lines()));
        Assert.Empty(driver.Bookmarks);
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
        Assert.Contains(driver.Journal, j => j is { Event: JournalEvent.Canceled, ActivityId: "ev" });
    }

    [Fact]
    public void Counters_DecisionInLoop_GoesBackAndOut()
    {
        var driver = new Driver();
        var chart = Chart("S>do do>set set>D D:False>retry retry>do D:True>done", Node("S", "Elsa.Start"), Line("do"), Set("set", "N", "getN() + 1"), Decision("D", "getN() > 1"), Line("retry"), Line("done"));
        driver.Start(Definition(chart, variables: "N:Int32=0"));
        Assert.Equal("do retry do done", string.Join(' ', driver.Lines()));
    }

    [Fact]
    public void Counters_WaitReachedBackwards_IsStillKnownAsSuchAfterwards()
    {
        var driver = new Driver();
        const string Next = "setVariable('N', getVariable('N') + 1); getVariable('N') ";
        var chart = Chart("S>e e>D D:True>e D:False>F F:True>S F:False>X", Line("S"), Event("e"), Decision("D", Next + "== 1"), Decision("F", Next + "< 4"), Line("X"));
        var instance = driver.Start(Definition(chart, variables: "N:Int32=0"));
        for (var turn = 0; turn < 3; turn++)
        {
            driver.Event("e");
        }

        Assert.Equal("S S X", string.Join(' ', driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, driver.Instances[instance.Id].SubStatus);
    }

    [Fact]
    public void Tokens_HeldWhileTheActivityRuns_AreForAnotherRun()
    {
        var driver = new Driver();
        var chart = Chart("jo>ev S>jo S>B B>C C>ev C>jo", Line("S"), Line("B"), Line("C"), Join("jo", "WaitAny"), Event("ev")).OnTokens().With("start", "S");
        var instance = driver.Start(Definition(chart));

        // C's token was held by its other one, on its way to the race; that one was swallowed.
        Assert.Equal(2, driver.Bookmarks.Count);
        driver.Event("ev");
        Assert.Equal(InstanceSubStatus.Finished, driver.Instances[instance.Id].SubStatus);
        Assert.Equal(2, driver.Journal.Count(j => j is { ActivityId: "ev", Event: JournalEvent.Completed }));
    }

    [Fact]
    public void Counters_BackwardPastTheJoin_IsAnIncident()
    {
        var driver = new Driver();
        // C is reached by A alone as well: going back from C to B would run B a second time without A.
        var instance = driver.Start(Definition(Chart("S>A S>B A>C B>C C>B", Line("S"), Line("A"), Line("B"), Line("C"))));
        Assert.Equal("backward", Assert.Single(driver.Incidents(instance)).Code);
    }

    [Fact]
    public void Tokens_MergeModes_DecideWhoRuns()
    {
        static IEnumerable<string?> Lines(string mode)
        {
            var driver = new Driver();
            driver.Start(Definition(Chart("S>A S>B B>B2 A>M B2>M M>E", Line("S"), Line("A"), Line("B"), Line("B2"), Line("M").Merge(mode), Line("E"))));
            return driver.Lines();
        }

        Assert.Equal("S A B B2 M E", string.Join(' ', Lines("Merge")));
        Assert.Equal("S A B B2 M E", string.Join(' ', Lines("Converge")));
        Assert.Equal("S A B B2 M E", string.Join(' ', Lines("Cascade").OrderBy(l => "S A B B2 M E".IndexOf(l!, StringComparison.Ordinal))));
        Assert.Single(Lines("Race"), "M");
    }

    [Fact]
    public void Tokens_Stream_RunsWhenUpstreamIsDone()
    {
        var driver = new Driver();
        driver.Start(Definition(Chart("S>A S>B A>M B>M", Line("S"), Line("A"), Line("B"), Line("M")).OnTokens()));
        Assert.Equal("S A B M", string.Join(' ', driver.Lines()));
    }

    [Fact]
    public void Tokens_MergeAfterDecision_WaitsForThePathNotTakenAndSaysSo()
    {
        var driver = new Driver();
        var instance = driver.Start(Definition(Chart("S>A S>D D:True>M D:False>X A>M", Line("S"), Line("A"), Decision("D", "false"), Line("X"), Line("M").Merge("Merge"))));
        Assert.Equal("S A X", string.Join(' ', driver.Lines()));
        Assert.Equal(InstanceSubStatus.Suspended, instance.SubStatus);
        Assert.Equal("stuck", Assert.Single(driver.Incidents(instance)).Code);
    }

    [Fact]
    public void Tokens_Loop_RunsAgain()
    {
        var driver = new Driver();
        var chart = Chart("S>set set>D D:False>R D:True>E R>set", Line("S"), Set("set", "N", "getVariable('N') + 1"), Decision("D", "getVariable('N') > 1"), Line("R"), Line("E")).OnTokens();
        var instance = driver.Start(Definition(chart, variables: "N:Int32=0"));
        Assert.Equal("S R E", string.Join(' ', driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
    }

    [Fact]
    public void Tokens_RaceWithWaits_FirstWinsOthersAreCancelled()
    {
        var driver = new Driver();
        var instance = driver.Start(Definition(Chart("S>e1 S>e2 e1>J e2>J J>E", Line("S"), Event("e1"), Event("e2"), Line("J").Merge("Race"), Line("E"))));
        Assert.Equal(2, driver.Bookmarks.Count);
        driver.Event("e2");
        Assert.Equal("S J E", string.Join(' ', driver.Lines()));
        Assert.Empty(driver.Bookmarks);
        Assert.Equal(InstanceSubStatus.Finished, driver.Instances[instance.Id].SubStatus);
    }

    [Fact]
    public void Start_ExplicitStartActivity_LeavesTheRestAlone()
    {
        var driver = new Driver();
        driver.Start(Definition(Chart("S>A A>B", Node("S", "Elsa.Start"), Line("A"), Line("B"), Line("Never"))));
        Assert.Equal("A B", string.Join(' ', driver.Lines()));
    }

    [Fact]
    public void Nested_FlowchartInContainer_CompletesItsContainer()
    {
        var driver = new Driver();
        driver.Start(Definition(Chart("S>A S>box A>J box>J J>E", Line("S"), Node("box", "Elsa.FlowNode").With("body", Chart("inner", "", [Line("In")])), Line("A"), Join("J", "WaitAll"), Line("E"))));
        Assert.Equal("S A In E", string.Join(' ', driver.Lines()));
    }
}
