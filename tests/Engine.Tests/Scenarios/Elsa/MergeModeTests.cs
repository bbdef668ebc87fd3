using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios.Elsa;

/// <summary>
/// Every merge mode over every shape of graph in which it matters, on tokens. What is expected is what Elsa's token mode does, except that where Elsa leaves an
/// instance silent for ever, ours says « stuck », or ends.
/// </summary>
public class MergeModeTests
{
    private const string Diamond = "S>A S>B A>M B>M M>E";
    private const string Uneven = "S>A S>B B>C A>M C>M M>E";
    private const string Three = "S>A S>B S>C A>M B>M C>M M>E";
    private const string Single = "S>M M>E";
    private const string Twice = "S>A S>B A>M B>M M>C M>D C>N D>N N>E";
    private const string Optional = "S>A S>D D:True>B B>M A>M M>E";
    private const string Loop = "S>M M>T T>D D:True>M D:False>E";
    private const string Waits = "S>w1 S>w2 w1>M w2>M M>E";

    private readonly Driver _driver = new();

    [Theory]
    [InlineData("None", Diamond, "S A B M E")]
    [InlineData("Stream", Diamond, "S A B M E")]
    [InlineData("Merge", Diamond, "S A B M E")]
    [InlineData("Converge", Diamond, "S A B M E")]
    [InlineData("Cascade", Diamond, "S A B M E")]
    [InlineData("Race", Diamond, "S A B M E")]
    [InlineData("None", Uneven, "S A B M C E M E")]
    [InlineData("Stream", Uneven, "S A B M C E M E")]
    [InlineData("Merge", Uneven, "S A B C M E")]
    [InlineData("Converge", Uneven, "S A B C M E")]
    [InlineData("Cascade", Uneven, "S A B M C E")]
    [InlineData("Race", Uneven, "S A B M C E")]
    [InlineData("Stream", Three, "S A B C M E")]
    [InlineData("Merge", Three, "S A B C M E")]
    [InlineData("Converge", Three, "S A B C M E")]
    [InlineData("Cascade", Three, "S A B C M E")]
    [InlineData("Race", Three, "S A B C M E")]
    [InlineData("None", Single, "S M E")]
    [InlineData("Stream", Single, "S M E")]
    [InlineData("Merge", Single, "S M E")]
    [InlineData("Converge", Single, "S M E")]
    [InlineData("Cascade", Single, "S M E")]
    [InlineData("Race", Single, "S M E")]
    [InlineData("Merge", Twice, "S A B M C D N E")]
    [InlineData("Converge", Twice, "S A B M C D N E")]
    [InlineData("Stream", Twice, "S A B M C D N E")]
    [InlineData("Cascade", Twice, "S A B M C D N E")]
    [InlineData("Race", Twice, "S A B M C D N E")]
    public void EveryPathTaken_MergeDecidesWhenAndHowOften(string mode, string connections, string expected)
    {
        Assert.Equal(expected, Start(connections, mode));
        Assert.Equal(InstanceSubStatus.Finished, Instance.SubStatus);
    }

    [Theory]
    [InlineData("None", "S A M E")]
    [InlineData("Stream", "S A M E")]
    [InlineData("Merge", "S A")]
    [InlineData("Converge", "S A")]
    [InlineData("Cascade", "S A M E")]
    [InlineData("Race", "S A M E")]
    public void PathNotTaken_OnlyMergeAndConvergeWaitForIt(string mode, string expected)
    {
        Assert.Equal(expected, Start(Optional, mode));
        var isStuck = mode is "Merge" or "Converge";
        Assert.Equal(isStuck ? ["stuck"] : [], _driver.Incidents(Instance).Select(i => i.Code));
        Assert.Equal(isStuck ? InstanceSubStatus.Suspended : InstanceSubStatus.Finished, Instance.SubStatus);
    }

    [Theory]
    [InlineData("None", "S M T M T M T E")]
    [InlineData("Stream", "S M T M T M T E")]
    [InlineData("Merge", "S M T M T M T E")]
    [InlineData("Converge", "S")]
    [InlineData("Cascade", "S M T M T M T E")]
    [InlineData("Race", "S M T M T M T E")]
    public void HeadOfALoop_OnlyConvergeCountsTheWayBack(string mode, string expected) => Assert.Equal(expected, Start(Loop, mode));

    [Theory]
    [InlineData("None", "S", "S M E")]
    [InlineData("Stream", "S", "S M E")]
    [InlineData("Merge", "S", "S M E")]
    [InlineData("Converge", "S", "S M E")]
    [InlineData("Cascade", "S M E", "S M E")]
    [InlineData("Race", "S M E", "S M E")]
    public void BranchesThatWait_FirstAndSecondArrival(string mode, string afterFirst, string afterBoth)
    {
        Start(Waits, mode);
        _driver.Event("w2");
        Assert.Equal(afterFirst, Lines);
        Assert.Equal(mode == "Race" ? 0 : 1, _driver.Bookmarks.Count);
        _driver.Event("w1");
        Assert.Equal(afterBoth, Lines);
        Assert.Equal(InstanceSubStatus.Finished, Instance.SubStatus);
    }

    [Fact]
    public void Race_GivesUpWhatIsBehindTheSlowerPath()
    {
        Start("S>w1 S>A A>w2 w2>B w1>M B>M M>E", "Race");
        Assert.Equal(2, _driver.Bookmarks.Count);
        _driver.Event("w1");
        Assert.Equal("S A M E", Lines);
        Assert.Empty(_driver.Bookmarks);
        Assert.Contains(_driver.Journal, j => j is { Event: JournalEvent.Canceled, ActivityId: "w2" });
        Assert.Equal(InstanceSubStatus.Finished, Instance.SubStatus);
    }

    [Fact]
    public void Cascade_ThreeArrivalsInALoop_EachRoundRunsOnce()
    {
        // Each round brings three tokens to M: the first runs it, the two others are swallowed.
        Assert.Equal("S F A B C M T F A B C M T F A B C M T E", Start("S>F F>A F>B F>C A>M B>M C>M M>T T>D D:True>F D:False>E", "Cascade"));
    }

    [Fact]
    public void Mixed_EachNodeKeepsToItsOwnMode()
    {
        var chart = Chart("S>A S>B A>M B>M M>C M>D C>N D>N N>E", Line("S"), Line("A"), Line("B"), Line("M").Merge("Stream"), Line("C"), Line("D"), Line("N").Merge("Converge"), Line("E"));
        _driver.Start(Definition(chart));
        Assert.Equal("S A B M C D N E", Lines);
    }

    [Fact]
    public void Braid_EveryNodeOnce()
    {
        _driver.Start(Definition(Chart("1>2 1>3 2>4 2>5 3>5 3>6 4>7 5>7 6>7", [.. Enumerable.Range(1, 7).Select(i => Line(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]).OnTokens()));
        Assert.Equal("1 2 3 4 5 6 7", Lines);
        Assert.Equal(InstanceSubStatus.Finished, Instance.SubStatus);
    }

    [Theory]
    [InlineData("WaitAny", "w1", "S M E")]
    [InlineData("WaitAll", "w1", "S")]
    [InlineData("WaitAllActive", "w1", "S")]
    [InlineData("WaitAll", "w1 w2", "S M E")]
    [InlineData("WaitAllActive", "w2 w1", "S M E")]
    public void JoinOnTokens_AnyRacesTheOthersMerge(string mode, string events, string expected)
    {
        _driver.Start(Definition(Chart("S>w1 S>w2 w1>J w2>J J>M M>E", Line("S"), Event("w1"), Event("w2"), Join("J", mode), Line("M"), Line("E")).OnTokens()));
        foreach (var name in events.Split(' '))
        {
            _driver.Event(name);
        }

        Assert.Equal(expected, Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BothOutcomesIntoOneEnd_EndsOnce(bool onTokens)
    {
        var chart = Chart("S>D D:True>X D:False>X", Line("S"), Decision("D", "false"), Node("X", "Elsa.End").Merge("None"));
        var instance = _driver.Start(Definition(onTokens ? chart.OnTokens() : chart));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
        Assert.Single(_driver.Journal, j => j is { Event: JournalEvent.Completed, ActivityId: "X" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EmptyAndUnconnected_CompleteAndLeaveTheRestAlone(bool onTokens)
    {
        var empty = Chart("");
        Assert.Equal(InstanceSubStatus.Finished, _driver.Start(Definition(onTokens ? empty.OnTokens() : empty)).SubStatus);
        var loose = Chart("", Line("A"), Line("B"));
        Assert.Equal(InstanceSubStatus.Finished, _driver.Start(Definition(onTokens ? loose.OnTokens() : loose, "loose")).SubStatus);
        Assert.Equal("A", Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StatedStart_ComesBeforeAStartActivity(bool onTokens)
    {
        var chart = Chart("begin>A stated>B", Node("begin", "Elsa.Start"), Line("A"), Line("stated"), Line("B")).With("start", "stated");
        _driver.Start(Definition(onTokens ? chart.OnTokens() : chart));
        Assert.Equal("stated B", Lines);
    }

    private WorkflowInstance Instance => Assert.Single(_driver.Instances.Values);

    private string Lines => string.Join(' ', _driver.Lines());

    /// <summary>M (and N) merge by the mode; D is a decision that goes back twice where N counts, else says no; w… wait for an event.</summary>
    private string Start(string connections, string mode)
    {
        var ids = connections.Split([' ', '>'], StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split(':')[0]).Distinct();
        var nodes = ids.Select(id => id switch
        {
            "M" or "N" => Line(id).Merge(mode),
            "D" when connections.Contains("D:", StringComparison.Ordinal) => Decision("D", connections.Contains("T>D", StringComparison.Ordinal) ? "setVariable('Turn', getVariable('Turn') + 1); getVariable('Turn') < 3" : "false"),
            _ when id[0] == 'w' => Event(id),
            _ => Line(id),
        });
        _driver.Start(Definition(Chart(connections, [.. nodes]).OnTokens(), variables: "Turn:Int32=0"));
        return Lines;
    }
}
