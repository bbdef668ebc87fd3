using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>The workflow around its root activity, and a definition used as an activity: variables, inputs and results of its own.</summary>
internal sealed class CompositeNode : NodeBehavior
{
    internal Node? Body { get; set; }

    /// <summary>Outcomes that the definition declares.</summary>
    internal string[] Outcomes { get; set; } = [];

    internal string[] InputNames { get; set; } = [];

    internal string[] OutputNames { get; set; } = [];

    internal override bool IsComposite => true;

    internal override bool KeepsInputs => true;

    internal override IEnumerable<string> PossibleOutcomes(Node node) => Outcomes.Append("Done");

    internal override void Execute(Run run, Exec exec)
    {
        if (Body is null)
        {
            run.Complete(exec);
        }
        else
        {
            run.Schedule(Body, exec);
        }
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes) => run.Complete(exec);
}

/// <summary>One after the other. Ends early after a Break, an End, a Finish or a Complete directly inside.</summary>
internal sealed class SequenceNode : NodeBehavior
{
    private Node[] _activities = [];

    internal override bool HoldsVariables => true;

    internal override void Read(NodeReader reader) => _activities = reader.Children("activities");

    internal override void Execute(Run run, Exec exec) => Next(run, exec);

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (exec.IsBreaking || child.Node.IsTerminal)
        {
            run.Complete(exec);
        }
        else
        {
            Next(run, exec);
        }
    }

    internal override bool Break(Exec exec)
    {
        exec.IsBreaking = true;
        return false;
    }

    private void Next(Run run, Exec exec)
    {
        if (exec.A >= _activities.Length)
        {
            run.Complete(exec);
        }
        else
        {
            run.Schedule(_activities[exec.A++], exec);
        }
    }
}

/// <summary>All branches at once; goes on when all (or, WaitAny, the first) have completed.</summary>
internal sealed class ForkNode(string property) : NodeBehavior
{
    private Node[] _branches = [];
    private bool _waitAny;

    internal override bool HoldsVariables => true;

    internal override void Read(NodeReader reader)
    {
        _branches = reader.Children(property);
        _waitAny = string.Equals(reader.PlainText("joinMode"), "WaitAny", StringComparison.OrdinalIgnoreCase) || reader.PlainText("joinMode") == "1";
    }

    internal override void Execute(Run run, Exec exec)
    {
        if (_branches.Length == 0)
        {
            run.Complete(exec);
        }

        foreach (var branch in _branches)
        {
            run.Schedule(branch, exec);
        }
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (exec.IsBreaking || _waitAny || ++exec.A >= _branches.Length)
        {
            run.Complete(exec);
        }
    }

    internal override bool Break(Exec exec)
    {
        exec.IsBreaking = true;
        return false;
    }
}

/// <summary>A box around one activity.</summary>
internal sealed class BoxNode : NodeBehavior
{
    private Node? _body;

    internal override void Read(NodeReader reader) => _body = reader.Child("body");

    internal override void Execute(Run run, Exec exec) => run.ScheduleOrComplete(_body, exec);

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes) => run.Complete(exec);
}
