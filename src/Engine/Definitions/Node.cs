using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>One activity of a compiled definition. Immutable once loaded.</summary>
internal sealed class Node
{
    internal required int Index { get; init; }

    /// <summary>Id in its own definition.</summary>
    internal required string Id { get; init; }

    /// <summary>Unique in the compiled definition, stable over versions: the id, prefixed by that of the node whose definition is used as an activity.</summary>
    internal required string Key { get; init; }

    /// <summary>Elsa's path (<c>Workflow1:fc1:a2</c>), by which Studio asks.</summary>
    internal required string NodeId { get; init; }

    /// <summary>By which expressions find it.</summary>
    internal required string Name { get; init; }

    /// <summary>What the designer shows: the text given by the process owner, else the name.</summary>
    internal required string Title { get; init; }

    internal required string Type { get; init; }

    internal required int Version { get; init; }

    internal required Node? Parent { get; init; }

    internal ActivityDescriptor? Descriptor { get; init; }

    internal required NodeBehavior Behavior { get; init; }

    internal bool IsTerminal { get; init; }

    internal bool CanStartWorkflow { get; init; }

    internal MergeMode Merge { get; init; }

    /// <summary>In the order of the descriptor's inputs; null = not given.</summary>
    internal BoundInput?[] Inputs { get; set; } = [];

    /// <summary>Some input must be evaluated when the activity starts.</summary>
    internal bool HasInputs { get; set; }

    /// <summary>The evaluated inputs when all are constants: shared by all executions, never changed.</summary>
    internal JsonNode?[]? ConstantInputs { get; set; }

    /// <summary>In the order of the descriptor's inputs: true = kept out of the journal; null = all are journalled.</summary>
    internal bool[]? UnloggedInputs { get; set; }

    internal string[]? UnloggedOutputs { get; set; }

    internal OutputBinding[] Outputs { get; set; } = [];

    internal VariableSlot[] Variables { get; set; } = [];

    /// <summary>Place among the activities of its flowchart.</summary>
    internal int Place { get; set; }

    public override string ToString() => $"{Type} {Key}";
}

/// <summary>How a node of a token-based flowchart meets several inbound paths.</summary>
internal enum MergeMode
{
    /// <summary>Not stated: as <see cref="Stream"/>.</summary>
    None,

    /// <summary>Goes on when no upstream path is still under way.</summary>
    Stream,

    /// <summary>Waits for all forward paths.</summary>
    Merge,

    /// <summary>Waits for all paths, loops included.</summary>
    Converge,

    /// <summary>Runs for the first arrival and swallows one later arrival of each other path.</summary>
    Cascade,

    /// <summary>As Cascade, and cancels the other paths.</summary>
    Race,
}

internal sealed record VariableSlot(string Id, string Name, string TypeName, JsonNode? Default);

internal sealed record VariableRef(Node Owner, int Slot)
{
    internal VariableSlot Declaration => Owner.Variables[Slot];
}

/// <summary>Output <paramref name="Name"/> is kept in a variable, or is a result of the definition that the node is part of.</summary>
internal sealed record OutputBinding(string Name, VariableRef? Target)
{
    internal string? Result { get; init; }
}

/// <summary>An input with its compiled expression; constants are converted once.</summary>
internal sealed class BoundInput(InputDescriptor descriptor, CompiledExpression expression, string typeName)
{
    internal InputDescriptor Descriptor { get; } = descriptor;

    internal CompiledExpression Expression { get; } = expression;

    internal string TypeName { get; } = typeName;

    internal bool IsConstant { get; } = expression is ConstantValue;

    internal JsonNode? Constant { get; } = (expression as ConstantValue)?.Value;
}

/// <summary>A variable found when the definition was compiled.</summary>
internal sealed class VariableExpression(VariableRef variable) : CompiledExpression
{
    internal VariableRef Variable { get; } = variable;

    public override JsonNode? Evaluate(ExpressionContext context) => ((RunContext)context).Read(Variable);
}
