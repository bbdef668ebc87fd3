namespace MonOPCO.Host.Plans;

/// <summary>The place of every step in a grid. Ways run between columns and rows and so never across a step.</summary>
public sealed record PlanGrid(IReadOnlyDictionary<string, (int Column, int Row)> Cells, int Columns)
{
    /// <summary>Steps in reading order: column by column, from the top.</summary>
    public IEnumerable<PlanNode> InOrder(PlanChart chart) => chart.Nodes.OrderBy(x => Cells[x.Id].Column).ThenBy(x => Cells[x.Id].Row);
}

/// <summary>Where steps stand: as their owner put them in the designer, else in layers from the start.</summary>
public static class PlanLayout
{
    // A step in the designer is about this large: less apart is the same column or row.
    private const double SameColumn = 120;
    private const double SameRow = 50;

    public static PlanGrid Place(PlanChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var placed = chart.Nodes.All(x => x.X is not null && x.Y is not null) && chart.Nodes.Select(x => (x.X, x.Y)).Distinct().Count() > chart.Nodes.Count / 2;
        var cells = new Dictionary<string, (int Column, int Row)>(StringComparer.Ordinal);
        var taken = new HashSet<(int, int)>();
        var wanted = placed ? FromDesigner(chart) : InLayers(chart);
        foreach (var (id, column, row) in wanted.OrderBy(x => x.Column).ThenBy(x => x.Row))
        {
            // Two in one cell: the second goes down to the next free one.
            var free = row;
            while (!taken.Add((column, free)))
            {
                free++;
            }

            cells.TryAdd(id, (column, free));
        }

        return new PlanGrid(cells, cells.Count == 0 ? 0 : cells.Values.Max(x => x.Column) + 1);
    }

    private static IEnumerable<(string Id, int Column, int Row)> FromDesigner(PlanChart chart)
    {
        var columns = Lines(chart.Nodes.Select(x => x.X!.Value), SameColumn);
        var rows = Lines(chart.Nodes.Select(x => x.Y!.Value), SameRow);
        return chart.Nodes.Select(x => (x.Id, columns(x.X!.Value), rows(x.Y!.Value)));
    }

    /// <summary>Values close together are one line; returns the number of a value's line.</summary>
    private static Func<double, int> Lines(IEnumerable<double> values, double same)
    {
        var starts = new List<double>();
        foreach (var value in values.Order())
        {
            if (starts.Count == 0 || value > starts[^1] + same)
            {
                starts.Add(value);
            }
        }

        return value => starts.FindLastIndex(x => x <= value);
    }

    /// <summary>A step stands one column after the last of those that lead to it; ways that go back do not count. Rows follow those that lead there.</summary>
    private static IEnumerable<(string Id, int Column, int Row)> InLayers(PlanChart chart)
    {
        var next = chart.Edges.ToLookup(x => x.From, x => x.To, StringComparer.Ordinal);
        var back = BackWays(chart, next);
        var forward = chart.Edges.Where(x => x.From != x.To && !back.Contains((x.From, x.To))).ToList();
        var before = forward.ToLookup(x => x.To, x => x.From, StringComparer.Ordinal);
        var after = forward.ToLookup(x => x.From, x => x.To, StringComparer.Ordinal);
        var column = chart.Nodes.ToDictionary(x => x.Id, _ => 0, StringComparer.Ordinal);
        var left = chart.Nodes.ToDictionary(x => x.Id, x => before[x.Id].Distinct().Count(), StringComparer.Ordinal);
        var ready = new Queue<string>(chart.Nodes.Where(x => left[x.Id] == 0).Select(x => x.Id));
        while (ready.TryDequeue(out var id))
        {
            foreach (var to in after[id].Distinct())
            {
                column[to] = Math.Max(column[to], column[id] + 1);
                if (--left[to] == 0)
                {
                    ready.Enqueue(to);
                }
            }
        }

        var row = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var layer in chart.Nodes.GroupBy(x => column[x.Id]).OrderBy(x => x.Key))
        {
            var ordered = layer.OrderBy(x => before[x.Id].Where(row.ContainsKey).Select(y => (double)row[y]).DefaultIfEmpty(0).Average()).ToList();
            for (var i = 0; i < ordered.Count; i++)
            {
                row[ordered[i].Id] = i;
            }
        }

        return chart.Nodes.Select(x => (x.Id, column[x.Id], row[x.Id]));
    }

    /// <summary>Ways to a step that is still being walked: without them no way leads round. Without recursion: a definition may be long.</summary>
    private static HashSet<(string, string)> BackWays(PlanChart chart, ILookup<string, string> next)
    {
        var back = new HashSet<(string, string)>();
        var state = new Dictionary<string, int>(StringComparer.Ordinal);
        var targets = chart.Edges.Select(x => x.To).ToHashSet(StringComparer.Ordinal);
        foreach (var root in chart.Nodes.OrderBy(x => targets.Contains(x.Id)).Select(x => x.Id).Where(x => !state.ContainsKey(x)))
        {
            var path = new Stack<(string Id, IEnumerator<string> Ways)>();
            state[root] = 1;
            path.Push((root, next[root].GetEnumerator()));
            while (path.TryPeek(out var at))
            {
                if (!at.Ways.MoveNext())
                {
                    state[at.Id] = 2;
                    path.Pop();
                }
                else if (!state.TryGetValue(at.Ways.Current, out var seen))
                {
                    state[at.Ways.Current] = 1;
                    path.Push((at.Ways.Current, next[at.Ways.Current].GetEnumerator()));
                }
                else if (seen == 1)
                {
                    back.Add((at.Id, at.Ways.Current));
                }
            }
        }

        return back;
    }
}
