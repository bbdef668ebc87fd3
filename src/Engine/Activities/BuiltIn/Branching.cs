using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

internal sealed class IfNode : NodeBehavior
{
    private Node? _then;
    private Node? _else;

    internal override void Read(NodeReader reader)
    {
        _then = reader.Child("then");
        _else = reader.Child("else");
    }

    internal override void Execute(Run run, Exec exec)
    {
        var condition = LenientJson.ToBoolean(exec.Input(0));
        run.SetOutput(exec, "Result", JsonValue.Create(condition));
        run.ScheduleOrComplete(condition ? _then : _else, exec);
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes) => run.Complete(exec);
}

/// <summary>A case of a switch; its activity only in the switch that holds its branches.</summary>
internal sealed record SwitchCase(string Label, CompiledExpression Condition, Node? Activity)
{
    internal static List<SwitchCase> Matching(SwitchCase[] cases, Run run, Exec exec, JsonNode? mode)
    {
        var all = string.Equals(LenientJson.ToText(mode), "MatchAny", StringComparison.OrdinalIgnoreCase) || LenientJson.ToText(mode) == "1";
        var matching = new List<SwitchCase>();
        foreach (var candidate in cases)
        {
            if (LenientJson.ToBoolean(run.Evaluate(candidate.Condition, exec)))
            {
                matching.Add(candidate);
                if (!all)
                {
                    break;
                }
            }
        }

        return matching;
    }
}

internal sealed class SwitchNode : NodeBehavior
{
    private SwitchCase[] _cases = [];
    private Node? _default;

    internal override void Read(NodeReader reader)
    {
        _cases = reader.Cases(true);
        _default = reader.Child("default");
    }

    internal override void Execute(Run run, Exec exec)
    {
        var matching = SwitchCase.Matching(_cases, run, exec, exec.Input(0));
        foreach (var match in matching)
        {
            if (match.Activity is not null)
            {
                exec.A++;
                run.Schedule(match.Activity, exec);
            }
        }

        if (matching.Count == 0 && _default is not null)
        {
            exec.A++;
            run.Schedule(_default, exec);
        }

        if (exec.A == 0)
        {
            run.Complete(exec);
        }
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (--exec.A == 0)
        {
            run.Complete(exec);
        }
    }
}

internal sealed class FlowSwitchNode : NodeBehavior
{
    private SwitchCase[] _cases = [];

    internal override void Read(NodeReader reader) => _cases = reader.Cases(false);

    internal override IEnumerable<string> PossibleOutcomes(Node node) => _cases.Select(c => c.Label).Append("Default");

    internal override void Execute(Run run, Exec exec)
    {
        var matching = SwitchCase.Matching(_cases, run, exec, exec.Input(0));
        run.Complete(exec, matching.Count == 0 ? ["Default"] : [.. matching.Select(m => m.Label)]);
    }
}

internal sealed class FlowDecisionNode : NodeBehavior
{
    private static readonly string[] True = ["True"];
    private static readonly string[] False = ["False"];

    internal override IEnumerable<string> PossibleOutcomes(Node node) => ["True", "False"];

    internal override void Execute(Run run, Exec exec) => run.Complete(exec, LenientJson.ToBoolean(exec.Input(0)) ? True : False);
}

internal sealed class FlowForkNode : NodeBehavior
{
    internal override IEnumerable<string>? PossibleOutcomes(Node node) => node.Inputs[0] switch
    {
        null => DoneOutcome,
        { IsConstant: true } branches => Names(branches.Constant),
        _ => null,
    };

    internal override void Execute(Run run, Exec exec) => run.Complete(exec, Names(exec.Input(0)));

    private static string[] Names(JsonNode? branches) => branches is null ? DoneOutcome : [.. LenientJson.ToItems(branches).Select(b => LenientJson.ToText(b) ?? "")];
}

/// <summary>The meeting itself is the flowchart's work; when it runs in a counter-based one, slower paths to it are given up.</summary>
internal sealed class FlowJoinNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        if (exec.Parent?.Node.Behavior is FlowchartNode { IsTokenBased: false } flowchart)
        {
            flowchart.CancelAncestors(run, exec.Parent, exec.Node);
        }

        run.Complete(exec);
    }
}
