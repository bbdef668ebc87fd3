using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>
/// Activities and connections. Two ways of deciding what comes next: counting visits, Elsa's default (FlowchartNode.Counters.cs), or tokens on
/// connections with stated merge modes (FlowchartNode.Tokens.cs).
/// </summary>
internal sealed partial class FlowchartNode : NodeBehavior
{
    private readonly ConcurrentDictionary<int, FlowGraph> _graphs = new();
    private Node[] _activities = [];
    private Connection[] _connections = [];
    private int _start;
    private HashSet<string>? _triggers;

    internal bool IsTokenBased { get; private set; }

    internal override bool HoldsVariables => true;

    internal override void Read(NodeReader reader)
    {
        _activities = reader.Children("activities");
        for (var i = 0; i < _activities.Length; i++)
        {
            _activities[i].Place = i;
        }

        _connections = reader.Connections(_activities);
        _triggers = [.. _activities.Where(a => a.CanStartWorkflow && a.Descriptor is { IsTrigger: true }).Select(a => a.Id)];
        var stated = reader.PlainText("start") ?? LenientJson.ToText((reader.Json["start"] as JsonObject)?["id"]);
        _start = DefaultStart(stated);
        if (!string.IsNullOrEmpty(stated) && !Array.Exists(_activities, a => a.Id == stated))
        {
            reader.Warn("unknown-start", reader.Node.Id, $"Le début indiqué (« {stated} ») n'est pas dans « {reader.Node.Title} » : l'exécution commence par la première activité.");
        }

        IsTokenBased = string.Equals(LenientJson.ToText(reader.CustomProperty("executionMode")), "TokenBased", StringComparison.OrdinalIgnoreCase) || _activities.Any(a => a.Merge != MergeMode.None);
        if (_activities.Length > 0)
        {
            _graphs[_start] = new FlowGraph(_activities.Length, _connections, _start);
            var starts = _activities.Where(a => a.CanStartWorkflow || a.Type == "Elsa.Start").Select(a => a.Place).Append(_start);
            foreach (var node in FlowGraph.Unreachable(_activities, _connections, starts))
            {
                reader.Warn("unreachable", node.Id, $"« {node.Title} » n'est relié à rien de ce qui précède : il ne sera jamais exécuté.");
            }
        }
    }

    internal override void Execute(Run run, Exec exec)
    {
        if (_activities.Length == 0)
        {
            run.Complete(exec);
            return;
        }

        var start = _start;
        if (run.TriggerActivityId is { } trigger && Array.FindIndex(_activities, a => a.Id == trigger) is >= 0 and var place)
        {
            start = place;
        }

        exec.State = IsTokenBased ? new Tokens(start) : new Visits(start, _activities.Length, _connections.Length);
        run.Schedule(_activities[start], exec);
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (child.Node.IsTerminal)
        {
            run.Complete(exec);
        }
        else if (IsTokenBased)
        {
            ChildCompletedOnTokens(run, exec, child, outcomes);
        }
        else
        {
            ChildCompletedOnCounters(run, exec, child, outcomes);
        }
    }

    internal override void ChildCanceled(Run run, Exec exec, Exec child)
    {
        if (IsTokenBased)
        {
            ChildCanceledOnTokens(run, exec, child);
        }
        else
        {
            ChildCanceledOnCounters(run, exec, child);
        }
    }

    /// <summary>Gives up what is still running on the forward ways to a node.</summary>
    internal void CancelAncestors(Run run, Exec exec, Node target)
    {
        var before = Graph(exec).Ancestors[target.Place];
        List<Exec>? found = null;
        for (var child = exec.FirstChild; child is not null; child = child.Next)
        {
            if (before[child.Node.Place] && child.Node != target)
            {
                (found ??= []).Add(child);
            }
        }

        found?.ForEach(run.Cancel);
    }

    internal override JsonNode? Save(Exec exec) => exec.State switch
    {
        Visits visits => visits.Save(),
        Tokens tokens => tokens.Save(),
        _ => null,
    };

    internal override void Load(Exec exec, JsonNode saved) =>
        exec.State = IsTokenBased ? Tokens.Load(saved) : Visits.Load(saved, _activities.Length, _connections.Length);

    private FlowGraph Graph(Exec exec)
    {
        var start = exec.State is Tokens tokens ? tokens.Start : ((Visits)exec.State!).Start;
        return _graphs.TryGetValue(start, out var graph) ? graph : _graphs.GetOrAdd(start, place => new FlowGraph(_activities.Length, _connections, place));
    }

    /// <summary>Elsa's order: stated start, a Start activity, one that may start the workflow, the first without inbound connection, the first.</summary>
    private int DefaultStart(string? stated)
    {
        int First(Func<Node, bool> test) => Array.FindIndex(_activities, a => test(a));
        var targets = _connections.Select(c => c.Target).ToHashSet();
        return stated is not null && First(a => a.Id == stated) is >= 0 and var given ? given
            : First(a => a.Type == "Elsa.Start") is >= 0 and var start ? start
            : First(a => a.CanStartWorkflow) is >= 0 and var canStart ? canStart
            : First(a => !targets.Contains(a.Place)) is >= 0 and var root ? root
            : 0;
    }

    private static bool Contains(string[] outcomes, string port)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome == port)
            {
                return true;
            }
        }

        return false;
    }
}
