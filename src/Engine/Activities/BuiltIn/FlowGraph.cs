using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Activities.BuiltIn;

internal readonly record struct Connection(int Source, string Port, int Target);

/// <summary>
/// The connections of a flowchart as seen from one start node: which lead forward, which lead back, and who comes before whom. Nodes and connections are
/// known by their place. Breadth first from the start, an edge leads back when its target already leads to its source.
/// </summary>
internal sealed class FlowGraph
{
    internal FlowGraph(int nodeCount, Connection[] connections, int start)
    {
        Start = start;
        Outbound = Group(nodeCount, connections, c => c.Source);
        Inbound = Group(nodeCount, connections, c => c.Target);
        IsForward = Forward(nodeCount, connections, Outbound, start);
        ForwardInbound = [.. Inbound.Select(list => list.Where(c => IsForward[c]).ToArray())];
        IsReachable = new bool[nodeCount];
        IsReachable[start] = true;
        for (var c = 0; c < connections.Length; c++)
        {
            IsReachable[connections[c].Target] |= IsForward[c];
        }

        IsValidBackward = new bool[connections.Length];
        for (var c = 0; c < connections.Length; c++)
        {
            IsValidBackward[c] = !IsForward[c] && !Reaches(connections, IsForward, start, connections[c].Source, connections[c].Target);
        }

        Ancestors = new bool[nodeCount][];
        for (var node = 0; node < nodeCount; node++)
        {
            Ancestors[node] = Before(connections, nodeCount, node);
        }
    }

    internal int Start { get; }

    /// <summary>Connections by source, in the order of the definition.</summary>
    internal int[][] Outbound { get; }

    internal int[][] Inbound { get; }

    internal int[][] ForwardInbound { get; }

    internal bool[] IsForward { get; }

    /// <summary>A backward connection is valid when every way to its source leads through its target.</summary>
    internal bool[] IsValidBackward { get; }

    internal bool[] IsReachable { get; }

    internal bool[][] Ancestors { get; }

    private static int[][] Group(int nodeCount, Connection[] connections, Func<Connection, int> key)
    {
        var lists = new List<int>[nodeCount];
        for (var node = 0; node < nodeCount; node++)
        {
            lists[node] = [];
        }

        for (var c = 0; c < connections.Length; c++)
        {
            lists[key(connections[c])].Add(c);
        }

        return [.. lists.Select(l => l.ToArray())];
    }

    private static bool[] Forward(int nodeCount, Connection[] connections, int[][] outbound, int start)
    {
        var forward = new bool[connections.Length];
        var visited = new bool[nodeCount];
        var accepted = new List<int>[nodeCount];
        for (var node = 0; node < nodeCount; node++)
        {
            accepted[node] = [];
        }

        var queue = new Queue<int>();
        queue.Enqueue(start);
        while (queue.TryDequeue(out var source))
        {
            visited[source] = true;
            foreach (var c in outbound[source])
            {
                var target = connections[c].Target;
                if (accepted[source].Contains(target))
                {
                    forward[c] = true;
                    continue;
                }

                if (Leads(accepted, target, source))
                {
                    continue;
                }

                accepted[source].Add(target);
                forward[c] = true;
                if (!visited[target])
                {
                    queue.Enqueue(target);
                }
            }
        }

        return forward;
    }

    private static bool Leads(List<int>[] edges, int from, int to)
    {
        var seen = new bool[edges.Length];
        var stack = new Stack<int>();
        stack.Push(from);
        while (stack.TryPop(out var node))
        {
            if (node == to)
            {
                return true;
            }

            if (!seen[node])
            {
                seen[node] = true;
                edges[node].ForEach(stack.Push);
            }
        }

        return false;
    }

    /// <summary>Is there a forward way from the start to <paramref name="goal"/> that avoids <paramref name="without"/>?</summary>
    private static bool Reaches(Connection[] connections, bool[] forward, int start, int goal, int without)
    {
        if (start == without || goal == without)
        {
            return false;
        }

        var seen = new HashSet<int> { start };
        var stack = new Stack<int>();
        stack.Push(start);
        while (stack.TryPop(out var node))
        {
            if (node == goal)
            {
                return true;
            }

            for (var c = 0; c < connections.Length; c++)
            {
                if (forward[c] && connections[c].Source == node && connections[c].Target != without && seen.Add(connections[c].Target))
                {
                    stack.Push(connections[c].Target);
                }
            }
        }

        return false;
    }

    private bool[] Before(Connection[] connections, int nodeCount, int node)
    {
        var before = new bool[nodeCount];
        var stack = new Stack<int>();
        stack.Push(node);
        while (stack.TryPop(out var current))
        {
            foreach (var c in ForwardInbound[current])
            {
                if (!before[connections[c].Source])
                {
                    before[connections[c].Source] = true;
                    stack.Push(connections[c].Source);
                }
            }
        }

        return before;
    }

    internal static Node[] Unreachable(Node[] activities, Connection[] connections, IEnumerable<int> starts)
    {
        var seen = new HashSet<int>(starts);
        var stack = new Stack<int>(seen);
        while (stack.TryPop(out var node))
        {
            foreach (var connection in connections)
            {
                if (connection.Source == node && seen.Add(connection.Target))
                {
                    stack.Push(connection.Target);
                }
            }
        }

        return [.. activities.Where(a => !seen.Contains(a.Place))];
    }
}
