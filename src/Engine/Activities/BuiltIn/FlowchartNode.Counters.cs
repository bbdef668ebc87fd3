using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

// Counter-based: each forward connection counts how often it was visited (followed or not), each activity how often it was entered. An activity whose
// inbound connections have all been visited once more than itself is due: it runs if enough of them were followed, otherwise the "not followed" passes on.
internal sealed partial class FlowchartNode
{
    private void ChildCompletedOnCounters(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (!FollowOutbound(run, exec, child.Node.Place, outcomes, child.IsBackward))
        {
            CompleteIfIdle(run, exec);
        }
    }

    private void ChildCanceledOnCounters(Run run, Exec exec, Exec child)
    {
        CompleteIfIdle(run, exec);
        if (exec.Status == ExecStatus.Running && Graph(exec).IsReachable[child.Node.Place])
        {
            FollowOutbound(run, exec, child.Node.Place, [], false);
            CompleteIfIdle(run, exec);
        }
    }

    private static void CompleteIfIdle(Run run, Exec exec)
    {
        if (exec.RunningChildren == 0 && exec.Scheduled == 0 && exec.FaultedChildren == 0)
        {
            run.Complete(exec);
        }
    }

    private bool FollowOutbound(Run run, Exec exec, int node, string[] outcomes, bool cameBackward)
    {
        var graph = Graph(exec);
        var visits = (Visits)exec.State!;
        if (!graph.IsReachable[node])
        {
            throw new FaultException("unreachable", $"« {_activities[node].Name} » n'est pas relié au début du diagramme.");
        }

        if (!cameBackward)
        {
            visits.Activity[node]++;
        }

        var scheduled = false;
        foreach (var c in graph.Outbound[node])
        {
            var followed = Contains(outcomes, _connections[c].Port);
            visits.Connection[c]++;
            visits.Followed[c] = followed;
            if (graph.IsForward[c])
            {
                scheduled |= Arrive(run, exec, graph, visits, c);
            }
            else if (followed)
            {
                if (!graph.IsValidBackward[c])
                {
                    var (from, to) = (_activities[node], _activities[_connections[c].Target]);
                    throw new FaultException("backward", $"La connexion de « {from.Name} » vers « {to.Name} » revient en arrière, mais tous les chemins vers « {from.Name} » ne passent pas par « {to.Name} ».");
                }

                run.Schedule(_activities[_connections[c].Target], exec, null, true);
                scheduled = true;
            }
        }

        return scheduled;
    }

    private bool Arrive(Run run, Exec exec, FlowGraph graph, Visits visits, int connection)
    {
        var target = _connections[connection].Target;
        var node = _activities[target];
        var inbound = graph.ForwardInbound[target];
        var entered = visits.Activity[target];
        var mode = node.Behavior is FlowJoinNode ? Mode(run, exec, node) : JoinMode.WaitAllActive;
        if (mode == JoinMode.WaitAny)
        {
            if (visits.Connection[connection] <= entered || run.IsScheduled(exec, node))
            {
                return false;
            }

            if (visits.AnyFollowed(inbound, entered))
            {
                run.Schedule(node, exec);
                CancelAncestors(run, exec, node);
                return true;
            }

            return visits.AllVisited(inbound, entered) && FollowOutbound(run, exec, target, [], false);
        }

        if (!visits.AllVisited(inbound, entered))
        {
            return false;
        }

        var isDue = mode == JoinMode.WaitAll ? visits.AllFollowed(inbound, entered) : visits.AnyFollowed(inbound, entered);
        if (!isDue)
        {
            return FollowOutbound(run, exec, target, [], false);
        }

        run.Schedule(node, exec);
        return true;
    }

    private static JoinMode Mode(Run run, Exec exec, Node join) =>
        join.Inputs[0] is { } mode && LenientJson.ToText(run.Evaluate(mode, exec)) is { } text
            ? Enum.TryParse<JoinMode>(text, true, out var known) ? known : throw new FaultException("join-mode", $"« {text} » n'est pas un mode de jonction.")
            : JoinMode.WaitAny;

    private enum JoinMode
    {
        WaitAny,
        WaitAll,
        WaitAllActive,
    }

    private sealed class Visits(int start, int activities, int connections)
    {
        internal readonly int Start = start;
        internal readonly int[] Activity = new int[activities];
        internal readonly int[] Connection = new int[connections];
        internal readonly bool[] Followed = new bool[connections];

        internal bool AllVisited(int[] inbound, int entered)
        {
            foreach (var c in inbound)
            {
                if (Connection[c] <= entered)
                {
                    return false;
                }
            }

            return true;
        }

        internal bool AnyFollowed(int[] inbound, int entered)
        {
            var most = Most(inbound);
            if (most > entered)
            {
                foreach (var c in inbound)
                {
                    if (Connection[c] == most && Followed[c])
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        internal bool AllFollowed(int[] inbound, int entered)
        {
            var most = Most(inbound);
            foreach (var c in inbound)
            {
                if (Connection[c] != most || !Followed[c])
                {
                    return false;
                }
            }

            return most > entered;
        }

        /// <summary>[start, [activity, count…], [connection, count, followed…]], zeros left out.</summary>
        internal JsonArray Save()
        {
            var activities = new JsonArray();
            for (var i = 0; i < Activity.Length; i++)
            {
                if (Activity[i] != 0)
                {
                    activities.Add((JsonNode)i);
                    activities.Add((JsonNode)Activity[i]);
                }
            }

            var connections = new JsonArray();
            for (var i = 0; i < Connection.Length; i++)
            {
                if (Connection[i] != 0)
                {
                    connections.Add((JsonNode)i);
                    connections.Add((JsonNode)Connection[i]);
                    connections.Add((JsonNode)(Followed[i] ? 1 : 0));
                }
            }

            return new JsonArray(Start, activities, connections);
        }

        internal static Visits Load(JsonNode saved, int activities, int connections)
        {
            var visits = new Visits((int)saved[0]!, activities, connections);
            var counts = saved[1]!.AsArray();
            for (var i = 0; i < counts.Count; i += 2)
            {
                visits.Activity[(int)counts[i]!] = (int)counts[i + 1]!;
            }

            counts = saved[2]!.AsArray();
            for (var i = 0; i < counts.Count; i += 3)
            {
                visits.Connection[(int)counts[i]!] = (int)counts[i + 1]!;
                visits.Followed[(int)counts[i]!] = (int)counts[i + 2]! != 0;
            }

            return visits;
        }

        private int Most(int[] inbound)
        {
            var most = 0;
            foreach (var c in inbound)
            {
                most = Math.Max(most, Connection[c]);
            }

            return most;
        }
    }
}
