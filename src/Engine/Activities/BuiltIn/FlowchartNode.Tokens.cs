using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

// Token-based: a completed activity puts a token on each connection of its outcomes and takes those that led to it; the merge mode of each target decides
// whether it runs. An activity takes the tokens that are there when it is scheduled: what arrives later is for its next run. A blocked token swallows one later
// arrival on its connection.
internal sealed partial class FlowchartNode
{
    private void ChildCompletedOnTokens(Run run, Exec exec, Exec child, string[] outcomes)
    {
        var graph = Graph(exec);
        var tokens = (Tokens)exec.State!;
        var completed = child.Node.Place;
        KnowTaken(run, exec, tokens, completed);
        var outbound = graph.Outbound[completed];
        foreach (var c in outbound)
        {
            if (Contains(outcomes, _connections[c].Port))
            {
                tokens.List.Add(new Token(c));
            }
        }

        foreach (var token in tokens.List)
        {
            if (token.IsTaken == true && _connections[token.Connection].Target == completed)
            {
                token.IsConsumed = true;
            }
        }

        foreach (var c in outbound)
        {
            if (Contains(outcomes, _connections[c].Port))
            {
                Arrive(run, exec, graph, tokens, c, completed);
            }
        }

        ReleaseHeld(run, exec, graph, tokens);
        if (!HasPendingWork(exec, tokens))
        {
            tokens.List.Clear();
            run.Complete(exec);
        }
        else
        {
            tokens.List.RemoveAll(t => t.IsConsumed && _connections[t.Connection].Target == completed);
        }
    }

    private void ChildCanceledOnTokens(Run run, Exec exec, Exec child)
    {
        var place = child.Node.Place;
        var tokens = (Tokens)exec.State!;
        KnowTaken(run, exec, tokens, place);
        tokens.List.RemoveAll(t => _connections[t.Connection].Source == place || _connections[t.Connection].Target == place);
        if (tokens.List.Count > 0)
        {
            ReleaseHeld(run, exec, Graph(exec), tokens);
        }

        CompleteIfIdle(run, exec);
    }

    private static bool HasPendingWork(Exec exec, Tokens tokens) =>
        exec.RunningChildren > 0 || exec.Scheduled > 0 || exec.FaultedChildren > 0 || tokens.List.Exists(t => t is { IsConsumed: false, IsBlocked: false });

    private void Arrive(Run run, Exec exec, FlowGraph graph, Tokens tokens, int connection, int completed)
    {
        var target = _connections[connection].Target;
        var node = _activities[target];
        switch (Merge(run, exec, node))
        {
            case var mode and (MergeMode.Cascade or MergeMode.Race):
                if (mode == MergeMode.Race)
                {
                    // Held open meanwhile: giving up the last slower path must not look like the end of the flowchart.
                    exec.Scheduled++;
                    CancelAncestors(run, exec, node);
                    exec.Scheduled--;
                }

                if (tokens.List.Find(t => t.IsBlocked && t.Connection == connection && !t.IsConsumed) is { } block)
                {
                    block.IsConsumed = true;
                    tokens.List.Remove(block);
                    tokens.List.RemoveAll(t => t.Connection == connection && t.IsWaiting);
                    break;
                }

                Take(run, exec, tokens, node);
                foreach (var other in graph.ForwardInbound[target])
                {
                    if (_connections[other].Source != completed)
                    {
                        tokens.List.Add(new Token(other) { IsBlocked = true });
                    }
                }

                break;
            case MergeMode.Merge:
                ScheduleIfAll(run, exec, tokens, node, graph.ForwardInbound[target]);
                break;
            case MergeMode.Converge:
                ScheduleIfAll(run, exec, tokens, node, graph.Inbound[target]);
                break;
            default:
                if (!IsUpstreamUnderWay(graph, tokens, target))
                {
                    Take(run, exec, tokens, node);
                }

                break;
        }
    }

    private void Take(Run run, Exec exec, Tokens tokens, Node node)
    {
        run.Schedule(node, exec);
        foreach (var token in tokens.List)
        {
            if (token.IsWaiting && _connections[token.Connection].Target == node.Place)
            {
                token.IsTaken = true;
            }
        }
    }

    /// <summary>A state written before tokens said whether they were taken: those of an activity under way were.</summary>
    private void KnowTaken(Run run, Exec exec, Tokens tokens, int ended)
    {
        foreach (var token in tokens.List)
        {
            token.IsTaken ??= _connections[token.Connection].Target is var target && (target == ended || run.IsScheduled(exec, _activities[target]) || IsRunning(exec, _activities[target]));
        }
    }

    private void ScheduleIfAll(Run run, Exec exec, Tokens tokens, Node node, int[] inbound)
    {
        if (inbound.Length > 1)
        {
            foreach (var c in inbound)
            {
                if (!tokens.List.Exists(t => t.IsWaiting && t.Connection == c))
                {
                    return;
                }
            }
        }

        Take(run, exec, tokens, node);
    }

    /// <summary>
    /// A Stream that was held back by an upstream path goes on once that path has ended elsewhere. Elsa looks only when a token arrives and would lose this one.
    /// </summary>
    private void ReleaseHeld(Run run, Exec exec, FlowGraph graph, Tokens tokens)
    {
        for (var i = 0; i < tokens.List.Count; i++)
        {
            var token = tokens.List[i];
            var target = _connections[token.Connection].Target;
            var node = _activities[target];
            if (token.IsWaiting && node.Behavior is not FlowJoinNode && node.Merge is (MergeMode.None or MergeMode.Stream) && !IsUpstreamUnderWay(graph, tokens, target))
            {
                Take(run, exec, tokens, node);
            }
        }
    }

    private static bool IsRunning(Exec exec, Node node)
    {
        for (var child = exec.FirstChild; child is not null; child = child.Next)
        {
            if (child.Node == node)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Some token is on its way to an activity that leads to the target.</summary>
    private bool IsUpstreamUnderWay(FlowGraph graph, Tokens tokens, int target)
    {
        foreach (var c in graph.ForwardInbound[target])
        {
            foreach (var token in tokens.List)
            {
                if (!token.IsConsumed && !token.IsBlocked && _connections[token.Connection].Target == _connections[c].Source)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A join's own mode maps to a merge mode, as in Elsa: WaitAny races, the others merge.</summary>
    private static MergeMode Merge(Run run, Exec exec, Node node) =>
        node.Behavior is not FlowJoinNode ? node.Merge
        : node.Inputs[0] is { } mode && LenientJson.ToText(run.Evaluate(mode, exec)) is { } text && !text.Equals("WaitAny", StringComparison.OrdinalIgnoreCase) ? MergeMode.Merge
        : MergeMode.Race;

    private sealed class Token(int connection)
    {
        internal int Connection { get; } = connection;

        internal bool IsConsumed { get; set; }

        internal bool IsBlocked { get; init; }

        /// <summary>An activity was scheduled for it and will consume it. Null = not known yet.</summary>
        internal bool? IsTaken { get; set; } = false;

        internal bool IsWaiting => !IsConsumed && !IsBlocked && IsTaken == false;
    }

    private sealed class Tokens(int start)
    {
        internal int Start { get; } = start;

        internal List<Token> List { get; } = [];

        /// <summary>[start, connection, flags…]: 1 consumed, 2 blocked, 4 taken, 8 not taken.</summary>
        internal JsonArray Save()
        {
            var saved = new JsonArray(Start);
            foreach (var token in List)
            {
                saved.Add((JsonNode)token.Connection);
                saved.Add((JsonNode)((token.IsConsumed ? 1 : 0) + (token.IsBlocked ? 2 : 0) + (token.IsTaken switch { true => 4, false => 8, null => 0 })));
            }

            return saved;
        }

        internal static Tokens Load(JsonNode saved)
        {
            var array = saved.AsArray();
            var tokens = new Tokens((int)array[0]!);
            for (var i = 1; i < array.Count; i += 2)
            {
                var flags = (int)array[i + 1]!;
                tokens.List.Add(new Token((int)array[i]!) { IsConsumed = (flags & 1) != 0, IsBlocked = (flags & 2) != 0, IsTaken = (flags & 4) != 0 ? true : (flags & 8) != 0 ? false : null });
            }

            return tokens;
        }
    }
}
