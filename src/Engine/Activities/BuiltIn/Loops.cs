using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>What loops share: a body, and a Break that ends them.</summary>
internal abstract class LoopNode : NodeBehavior
{
    protected static readonly string[] ValueOnly = ["CurrentValue"];
    protected static readonly string[] ValueAndIndex = ["CurrentValue", "CurrentIndex"];

    protected Node? Body { get; private set; }

    internal override bool KeepsInputs => true;

    internal override void Read(NodeReader reader) => Body = reader.Child("body");

    internal override void Execute(Run run, Exec exec)
    {
        if (Body is null)
        {
            run.Complete(exec);
        }
        else
        {
            Turn(run, exec);
        }
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (exec.IsBreaking)
        {
            run.Complete(exec);
        }
        else
        {
            Turn(run, exec);
        }
    }

    internal override bool Break(Exec exec)
    {
        exec.IsBreaking = true;
        return true;
    }

    protected abstract void Turn(Run run, Exec exec);
}

internal sealed class WhileNode : LoopNode
{
    protected override void Turn(Run run, Exec exec)
    {
        if (exec.Node.Inputs[0] is { } condition && LenientJson.ToBoolean(run.Evaluate(condition, exec)))
        {
            run.Schedule(Body!, exec);
        }
        else
        {
            run.Complete(exec);
        }
    }
}

internal sealed class ForNode : LoopNode
{
    protected override void Turn(Run run, Exec exec)
    {
        var start = LenientJson.ToInt64(exec.Input(0)) ?? 0;
        var end = LenientJson.ToInt64(exec.Input(1)) ?? 0;
        var step = LenientJson.ToInt64(exec.Input(2)) ?? 1;
        var inclusive = exec.Input(3) is not { } given || LenientJson.ToBoolean(given);
        exec.A = exec.HasA ? exec.A + step : start;
        exec.HasA = true;
        var goesOn = step >= 0 ? inclusive ? exec.A <= end : exec.A < end : inclusive ? exec.A >= end : exec.A > end;
        if (!goesOn)
        {
            run.Complete(exec);
            return;
        }

        var value = JsonValue.Create(exec.A);
        run.SetOutput(exec, "CurrentValue", value);
        run.Schedule(Body!, exec, new LoopVariables(ValueOnly, [value]));
    }
}

internal sealed class ForEachNode : LoopNode
{
    private bool _isNull;

    internal override void Read(NodeReader reader)
    {
        base.Read(reader);
        _isNull = (reader.Json["items"] as JsonObject)?["expression"] is JsonObject expression && expression.TryGetPropertyValue("value", out var value) && value is null;
    }

    protected override void Turn(Run run, Exec exec)
    {
        // As in Elsa: nothing given is an empty list, a value that is null is a mistake.
        if (exec.Input(0) is not { } given)
        {
            if (exec.Node.Inputs[0] is not null || _isNull)
            {
                throw new FaultException("items", $"La liste à parcourir par « {exec.Node.Title} » n'a pas de valeur.");
            }

            run.Complete(exec);
            return;
        }

        var items = LenientJson.ToItems(given);
        if (exec.A >= items.Count)
        {
            run.Complete(exec);
            return;
        }

        var index = (int)exec.A++;
        var value = items[index];
        run.SetOutput(exec, "CurrentValue", value);
        run.Schedule(Body!, exec, new LoopVariables(ValueAndIndex, [value, JsonValue.Create(index)]));
    }
}

/// <summary>The body once per item, all at once. A Break inside goes past it to an outer loop, as in Elsa.</summary>
internal sealed class ParallelForEachNode : NodeBehavior
{
    private static readonly string[] ValueAndIndex = ["CurrentValue", "CurrentIndex"];
    private Node? _body;

    internal override void Read(NodeReader reader) => _body = reader.Child("body");

    internal override void Execute(Run run, Exec exec)
    {
        var items = LenientJson.ToItems(exec.Input(0));
        if (_body is null || items.Count == 0)
        {
            run.Complete(exec);
            return;
        }

        exec.A = items.Count;
        for (var i = 0; i < items.Count; i++)
        {
            run.Schedule(_body, exec, new LoopVariables(ValueAndIndex, [items[i], JsonValue.Create(i)]));
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

internal sealed class BreakNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        for (var ancestor = exec.Parent; ancestor is not null && !ancestor.Node.Behavior.Break(ancestor); ancestor = ancestor.Parent)
        {
        }

        run.Complete(exec);
    }
}
