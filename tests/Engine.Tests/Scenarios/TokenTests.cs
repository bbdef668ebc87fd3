using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>Token-based flowcharts: a table of merge modes, and random flowcharts against a model of a few lines.</summary>
public class TokenTests
{
    public static TheoryData<string, string, string, string, string> Merges => new()
    {
        // mode of M, connections (d* decides, its answer is its outcome's name), answers, lines, incident
        { "Stream", "S>A S>B A>M B>M M>E", "", "S A B M E", "" },
        { "Merge", "S>A S>B A>M B>M M>E", "", "S A B M E", "" },
        { "Converge", "S>A S>B A>M B>M M>E", "", "S A B M E", "" },
        { "Cascade", "S>A S>B A>M B>M M>E", "", "S A B M E", "" },
        { "Race", "S>A S>B A>M B>M M>E", "", "S A B M E", "" },
        { "Stream", "S>A S>d A>M d:True>M d:False>X M>E", "d=False", "S A X M E", "" },
        { "Stream", "S>A S>d A>M d:True>M d:False>X M>E", "d=True", "S A M E", "" },
        { "Merge", "S>A S>d A>M d:True>M d:False>X M>E", "d=True", "S A M E", "" },
        { "Merge", "S>A S>d A>M d:True>M d:False>X M>E", "d=False", "S A X", "stuck" },
        { "Converge", "S>A S>d A>M d:True>M d:False>X M>E", "d=False", "S A X", "stuck" },
        { "Cascade", "S>A S>d A>M d:True>M d:False>X M>E", "d=False", "S A M X E", "" },
        { "Merge", "S>d d:True>M d:False>X X>M M>E", "d=True", "S", "stuck" },
        { "Stream", "S>d d:True>M d:False>X X>M M>E", "d=True", "S M E", "" },
        { "Cascade", "S>d d:True>M d:False>X X>M M>E", "d=False", "S X M E", "" },
    };

    [Theory]
    [MemberData(nameof(Merges))]
    public void Merge_Mode_DecidesWhoRuns(string mode, string connections, string answers, string lines, string incident)
    {
        var driver = new Driver();
        var names = connections.Split(' ').SelectMany(c => c.Split('>').Select(end => end.Split(':')[0])).Distinct();
        var nodes = names.Select(n => n[0] == 'd' ? Decision(n, answers.Contains(n + "=True", StringComparison.Ordinal) ? "true" : "false") : n == "M" ? Line(n).Merge(mode) : Line(n));
        var instance = driver.Start(Definition(Chart(connections, [.. nodes]).OnTokens()));
        Assert.Equal(lines, string.Join(' ', driver.Lines()));
        Assert.Equal(incident, string.Join(' ', driver.Incidents(instance).Select(i => i.Code)));
        Assert.Equal(incident.Length == 0 ? InstanceSubStatus.Finished : InstanceSubStatus.Suspended, instance.SubStatus);
    }

    [Fact]
    public void Merge_AnyFlowchartWithoutLoops_RunsOnceWhenAllPathsHaveCome() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Check(new Random(seed), "Merge")).QuickCheckThrowOnFailure();

    [Fact]
    public void Stream_AnyFlowchartWithoutLoops_LosesNoToken() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Check(new Random(seed), "Stream")).QuickCheckThrowOnFailure();

    /// <summary>
    /// The model. Merge: an activity runs, once, if and only if every connection that leads to it is followed; otherwise what came stays and is told. Stream: an
    /// activity runs if and only if some connection that leads to it is followed, at most once per arrival, and the flowchart always ends.
    /// </summary>
    private static bool Check(Random random, string mode)
    {
        var count = random.Next(2, 12);
        var kinds = Enumerable.Range(0, count).Select(_ => random.Next(4)).ToArray();
        var answers = kinds.Select(_ => random.Next(2) == 0 ? "True" : "False").ToArray();
        var edges = new List<(int From, string Port, int To)>();
        for (var to = 1; to < count; to++)
        {
            foreach (var from in Enumerable.Range(0, to).OrderBy(_ => random.Next()).Take(random.Next(1, 3)))
            {
                edges.Add((from, kinds[from] == 3 ? random.Next(2) == 0 ? "True" : "False" : "Done", to));
            }
        }

        var runs = new int[count];
        runs[0] = 1;
        var isStuck = false;
        for (var node = 1; node < count; node++)
        {
            var inbound = edges.Where(e => e.To == node).ToList();
            var arrivals = inbound.Where(e => kinds[e.From] != 3 || e.Port == answers[e.From]).Sum(e => runs[e.From]);
            isStuck |= mode == "Merge" && arrivals > 0 && arrivals < inbound.Count;
            runs[node] = mode == "Merge" ? arrivals == inbound.Count ? 1 : 0 : arrivals;
        }

        JsonObject Activity(int i) => (kinds[i] switch { 2 => Event("n" + i), 3 => Decision("n" + i, answers[i] == "True" ? "true" : "false"), _ => Line("n" + i) }).Merge(mode);
        var driver = new Driver(options: new InterpreterOptions { MaxSteps = random.Next(2) == 0 ? 1000 : 3 });
        var chart = Chart(string.Join(' ', edges.OrderBy(_ => random.Next()).Select(e => $"n{e.From}:{e.Port}>n{e.To}")), [.. Enumerable.Range(0, count).Select(Activity)]).With("start", "n0");
        var instance = driver.Start(Definition(chart));
        while (driver.Bookmarks.Count > 0)
        {
            driver.Resume(driver.Bookmarks[random.Next(driver.Bookmarks.Count)]);
        }

        var completed = driver.Journal.Where(j => j.Event == JournalEvent.Completed && j.ActivityId != "chart").GroupBy(j => j.ActivityId).ToDictionary(g => g.Key, g => g.Count());
        var ended = driver.Instances[instance.Id].SubStatus == InstanceSubStatus.Finished;
        return Enumerable.Range(0, count).All(i => completed.GetValueOrDefault("n" + i) is var times && (mode == "Merge" ? times == runs[i] : times > 0 == runs[i] > 0 && times <= runs[i]))
            && (isStuck ? driver.Incidents(instance).Any(i => i.Code == "stuck") && !ended : ended);
    }
}
