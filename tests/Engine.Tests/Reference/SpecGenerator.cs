namespace MonOPCO.Engine.Tests.Reference;

/// <summary>Random small workflows: mostly flowcharts with forks, joins of every mode, decisions, circles that come to an end, waits, loops and containers in one another.</summary>
internal sealed class SpecGenerator(Random random)
{
    private static readonly string[] JoinModes = ["WaitAny", "WaitAll", "WaitAllActive"];
    private static readonly string[] MergeModes = ["", "", "None", "Stream", "Merge", "Converge", "Cascade", "Race"];
    private int _ids;

    internal Spec Workflow() => Chance(80) ? Chart(3, random.Next(2, 13)) : Activity(3, false);

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private Spec New(Kind kind) => new($"{kind.ToString()[..2].ToLowerInvariant()}{_ids++}", kind);

    private Test Condition() => new(Any(2, 3), random.Next(2), 0);

    private Test Limit() => new(0, 0, random.Next(2, 12));

    private Spec Activity(int depth, bool inChart)
    {
        var roll = random.Next(100);
        return roll switch
        {
            < 30 => New(Kind.Line),
            < 35 => New(Kind.Set),
            < 52 => New(Kind.Event),
            < 56 => New(Kind.Delay),
            < 58 => New(Kind.Fault),
            < 59 => New(Any(Kind.End, Kind.Finish, Kind.Complete)),
            < 61 => New(Kind.Break),
            < 82 when inChart => roll switch
            {
                < 72 => New(Kind.Decision) with { Tests = [Condition()] },
                < 74 => New(Kind.FlowSwitch) with { Tests = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition())], Mode = Any("MatchAny", "MatchFirst") },
                < 77 => New(Kind.FlowFork) with { Count = random.Next(1, 4) },
                _ => New(Kind.Join) with { Mode = Any(JoinModes) },
            },
            _ when depth > 0 => Container(depth - 1),
            _ => New(Kind.Line),
        };
    }

    private Spec Container(int depth) => random.Next(8) switch
    {
        0 or 1 => Chart(depth, random.Next(1, 6)),
        2 or 3 => New(Kind.Sequence) with { Inner = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Activity(depth, false))] },
        4 => New(Kind.If) with { Tests = [Condition()], Inner = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Activity(depth, false))] },
        5 => New(Kind.Parallel) with { Mode = Any("", "WaitAll", "WaitAny"), Inner = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Activity(depth, false))] },
        6 => New(Kind.While) with { Tests = [Limit()], Inner = [Activity(depth, false)] },
        _ => New(Any(Kind.For, Kind.ForEach, Kind.ParallelForEach)) with { Count = random.Next(4), Inner = [Activity(depth, false)] },
    };

    private Spec Chart(int depth, int count)
    {
        var onTokens = Chance(50);
        var nodes = Enumerable.Range(0, count).Select(i => i == 0 && count > 1 && Chance(70) ? New(Kind.Line) : Activity(depth, true)).ToArray();
        if (onTokens)
        {
            // One mode for all as often as any mixture: each mode must be met undisturbed by the others, too.
            var same = Chance(50) ? Any(MergeModes) : null;
            nodes = [.. nodes.Select(n => n.Kind == Kind.Join ? n : n with { Merge = same ?? Any(MergeModes) })];
        }

        var links = new HashSet<Link>();
        for (var to = 1; to < count; to++)
        {
            for (var more = random.Next(1, 4); more > 0; more--)
            {
                var from = nodes[random.Next(to)];
                links.Add(new Link(from.Id, Any(from.Ports), nodes[to].Id));
            }
        }

        var chart = New(Kind.Chart) with { Inner = nodes, Links = [.. links.OrderBy(_ => random.Next())], Mode = onTokens ? "OnTokens" : "" };
        for (var circles = Chance(60) ? random.Next(1, 3) : 0; circles > 0; circles--)
        {
            chart = WithCircle(chart);
        }

        return chart;
    }

    /// <summary>A decision gets a connection that leads back and that is followed only so often. Mostly a valid one; on tokens every one is.</summary>
    private Spec WithCircle(Spec chart)
    {
        var place = Array.FindLastIndex(chart.Inner, n => n.Kind == Kind.Decision);
        if (place < 0)
        {
            return chart;
        }

        var decision = chart.Inner[place];
        var back = new Link(decision.Id, "True", chart.Inner[random.Next(place + 1)].Id);
        var changed = chart with
        {
            Inner = [.. chart.Inner.Select(n => n == decision ? n with { Tests = [Limit()] } : n)],
            Links = [.. chart.Links.Append(back).Distinct().OrderBy(_ => random.Next())],
        };
        var state = new ChartState(changed);
        return state.Forward.Contains(back) || chart.Mode != "OnTokens" && !state.MayGoBack(back) && Chance(90) ? chart : changed;
    }
}
