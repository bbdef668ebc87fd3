using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>
/// Random flowcharts without loops (forks, implicit joins, decisions, waits resumed in random order) against a simple model: an activity runs once if and
/// only if some activity that runs leads to it by the outcome it had, and after all of those.
/// </summary>
public class RandomFlowchartTests
{
    [Fact]
    public void Counters_AnyFlowchartWithoutLoops_RunsWhatTheModelSays() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Check(new Random(seed))).QuickCheckThrowOnFailure();

    private static bool Check(Random random)
    {
        var count = random.Next(1, 14);
        var kinds = Enumerable.Range(0, count).Select(_ => random.Next(4)).ToArray();
        var edges = new List<(int From, string Port, int To)>();
        for (var to = 1; to < count; to++)
        {
            foreach (var from in Enumerable.Range(0, to).OrderBy(_ => random.Next()).Take(random.Next(1, 4)))
            {
                edges.Add((from, kinds[from] == 3 ? random.Next(2) == 0 ? "True" : "False" : "Done", to));
            }
        }

        edges = [.. edges.OrderBy(_ => random.Next())];
        var answers = Enumerable.Range(0, count).Select(_ => random.Next(2) == 0 ? "True" : "False").ToArray();
        var runs = new bool[count];
        runs[0] = true;
        bool Follows((int From, string Port, int To) edge) => runs[edge.From] && (kinds[edge.From] != 3 || edge.Port == answers[edge.From]);
        for (var node = 1; node < count; node++)
        {
            runs[node] = edges.Exists(e => e.To == node && Follows(e));
        }

        JsonObject Activity(int i) => kinds[i] switch { 2 => Event("n" + i), 3 => Decision("n" + i, answers[i] == "True" ? "true" : "false"), _ => Line("n" + i) };
        var driver = new Driver(options: new InterpreterOptions { MaxSteps = random.Next(2) == 0 ? 1000 : 3 });
        var chart = Chart(string.Join(' ', edges.Select(e => $"n{e.From}:{e.Port}>n{e.To}")), [.. Enumerable.Range(0, count).Select(Activity)]).With("start", "n0");
        var instance = driver.Start(Definition(chart));
        while (driver.Bookmarks.Count > 0)
        {
            driver.Resume(driver.Bookmarks[random.Next(driver.Bookmarks.Count)]);
        }

        var completed = driver.Journal.Where(j => j.Event == JournalEvent.Completed && j.ActivityId != "chart").Select(j => int.Parse(j.ActivityId[1..], null)).ToList();
        var isExact = completed.Order().SequenceEqual(Enumerable.Range(0, count).Where(i => runs[i]));
        var isOrdered = edges.Where(Follows).All(e => completed.IndexOf(e.From) < completed.IndexOf(e.To));
        return isExact && isOrdered && driver.Instances[instance.Id].SubStatus == InstanceSubStatus.Finished;
    }
}
