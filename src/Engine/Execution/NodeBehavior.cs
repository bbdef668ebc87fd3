using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Execution;

/// <summary>What a node of one type does. One object per node of a compiled definition, shared by all instances: it keeps no state of a run.</summary>
internal abstract class NodeBehavior
{
    internal static readonly string[] DoneOutcome = ["Done"];

    /// <summary>True: <see cref="ExecuteAsync"/> and <see cref="ResumeAsync"/> are awaited. Everything else stays synchronous, for speed.</summary>
    internal virtual bool IsAsync => false;

    /// <summary>Evaluated inputs are needed after the burst (loops, waits, effects).</summary>
    internal virtual bool KeepsInputs => false;

    /// <summary>Its variables, inputs and results are its own: a workflow.</summary>
    internal virtual bool IsComposite => false;

    /// <summary>Elsa's variable containers: what a script creates lives in the nearest one.</summary>
    internal virtual bool HoldsVariables => IsComposite;

    /// <summary>Takes from the JSON what is not an ordinary input: children, cases, connections.</summary>
    internal virtual void Read(NodeReader reader)
    {
    }

    /// <summary>Outcomes that this node may have; null = any name.</summary>
    internal virtual IEnumerable<string>? PossibleOutcomes(Node node) => DoneOutcome;

    internal virtual void Execute(Run run, Exec exec) => throw new NotSupportedException();

    internal virtual Task ExecuteAsync(Run run, Exec exec) => throw new NotSupportedException();

    internal virtual void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
    }

    internal virtual void ChildCanceled(Run run, Exec exec, Exec child)
    {
    }

    internal virtual void Resume(Run run, Exec exec, Signal signal) => throw new NotSupportedException();

    internal virtual Task ResumeAsync(Run run, Exec exec, Signal signal) => throw new NotSupportedException();

    /// <summary>A child instance has ended.</summary>
    internal virtual void InstanceEnded(Run run, Exec exec, JsonObject result) => throw new NotSupportedException();

    /// <summary>A Break below: true when it goes no further up.</summary>
    internal virtual bool Break(Exec exec) => false;

    internal virtual JsonNode? Save(Exec exec) => null;

    internal virtual void Load(Exec exec, JsonNode saved)
    {
    }
}
