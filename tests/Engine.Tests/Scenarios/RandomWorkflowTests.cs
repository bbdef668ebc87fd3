using System.Globalization;
using MonOPCO.Engine.Tests.Reference;
using Xunit.Abstractions;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>
/// Random workflows against the reference model: the same events in the same order, the same waits and incidents after every burst, the same end; with the state
/// kept or stored, with short and long bursts, with waits resumed in any order, one by one or together. <c>MONOPCO_FLOW_CASES</c> makes the run longer,
/// <c>MONOPCO_FLOW_SEED</c> repeats one.
/// </summary>
public class RandomWorkflowTests(ITestOutputHelper output)
{
    [Fact]
    public void AnyWorkflow_RunsAsTheModelSays()
    {
        var seed = Setting("MONOPCO_FLOW_SEED") ?? Random.Shared.Next(1_000_000_000);
        var cases = Setting("MONOPCO_FLOW_CASES") ?? 3000;
        output.WriteLine($"MONOPCO_FLOW_SEED={seed} MONOPCO_FLOW_CASES={cases}");
        var (tooLong, steps, ends) = (0, 0L, new SortedDictionary<string, int>());
        for (var i = 0; i < cases; i++)
        {
            var number = seed + i;
            var spec = new SpecGenerator(new Random(number)).Workflow();
            var comparison = new Comparison(spec, number);
            tooLong += comparison.IsTooLong ? 1 : 0;
            steps += comparison.Model.StepsInAll;
            foreach (var line in comparison.Model.Trace.Select(t => t.StartsWith('!') ? "fault " + t.Split(' ')[2] : t is "stuck" or "late" ? t : "").Append(comparison.Model.Status).Distinct())
            {
                ends[line] = ends.GetValueOrDefault(line) + 1;
            }

            if (Difference(spec, number) is not null)
            {
                var smallest = SpecShrinker.Smallest(spec, s => Difference(s, number) is not null);
                Assert.Fail($"MONOPCO_FLOW_SEED={number} MONOPCO_FLOW_CASES=1\n{smallest}{Difference(smallest, number)}");
            }
        }

        output.WriteLine($"{steps} steps; {tooLong} left; cases with: {string.Join(", ", ends.Where(e => e.Key.Length > 0).Select(e => $"{e.Key} {e.Value}"))}");
        Assert.True(tooLong * 20 < cases || cases < 100, $"{tooLong} of {cases} cases went round for too long.");
    }

    private static string? Difference(Spec spec, int seed)
    {
        try
        {
            return new Comparison(spec, seed).Difference();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.ToString();
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
