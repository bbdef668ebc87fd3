namespace MonOPCO.Engine.Activities;

/// <summary>Everything the designer, the loader and the interpreter need to know about an activity type. Comes from the one class, or from the built-in catalogue.</summary>
public sealed class ActivityDescriptor
{
    public required string Type { get; init; }

    public required int Version { get; init; }

    /// <summary>French label, category and sentence of the palette.</summary>
    public required string Title { get; init; }

    public required string Category { get; init; }

    public string Description { get; init; } = "";

    public ActivityKind Kind { get; init; } = ActivityKind.InDatabase;

    public string Queue { get; init; } = "default";

    public int MaxAttempts { get; init; } = 5;

    public IReadOnlyList<InputDescriptor> Inputs { get; init; } = [];

    public IReadOnlyList<OutputDescriptor> Outputs { get; init; } = [];

    /// <summary>Ports in the order shown. Without an outgoing one, the activity has the single outcome <c>Done</c>.</summary>
    public IReadOnlyList<PortDescriptor> Ports { get; init; } = [];

    /// <summary>Outcomes depend on the node's own values (Switch cases, Fork branches): any port may be connected.</summary>
    public bool HasDynamicOutcomes { get; init; }

    public bool IsContainer { get; init; }

    public bool IsBrowsable { get; init; } = true;

    public bool IsStart { get; init; }

    public bool IsTerminal { get; init; }

    /// <summary>Can start a workflow (designer: kind Trigger).</summary>
    public bool IsTrigger { get; init; }

    /// <summary>Null for a node of the engine itself.</summary>
    public Type? ClrType => Code?.Class;

    internal ActivityCode? Code { get; init; }

    /// <summary>Makes the behaviour of a built-in node.</summary>
    internal Func<Execution.NodeBehavior>? CreateBehavior { get; init; }

    public bool IsBuiltIn => Code is null;

    internal int IndexOfInput(string name)
    {
        for (var i = 0; i < Inputs.Count; i++)
        {
            if (string.Equals(Inputs[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>An input. <see cref="Name"/> is Pascal-case as in Elsa's descriptors; the JSON property is its camel-case form.</summary>
public sealed record InputDescriptor(string Name, string TypeName)
{
    public string DisplayName { get; init; } = Name;

    public string? Description { get; init; }

    public int Order { get; init; }

    public string UiHint { get; init; } = "singleline";

    public IReadOnlyList<Choice> Choices { get; init; } = [];

    /// <summary>Name of a list of choices that the Host supplies.</summary>
    public string? Source { get; init; }

    public string? DefaultValue { get; init; }

    public string DefaultSyntax { get; init; } = "Literal";

    public bool Required { get; init; }

    public bool IsSensitive { get; init; }

    /// <summary>False: the JSON holds the value itself, not <c>{ typeName, expression }</c>.</summary>
    public bool IsWrapped { get; init; } = true;

    /// <summary>False: the node evaluates it itself, when and as often as it needs (a loop's condition).</summary>
    internal bool AutoEvaluate { get; init; } = true;

    /// <summary>Read by the node itself (cases, a variable), not a value.</summary>
    internal bool IsStructural { get; init; }

    public Type? ClrType { get; init; }
}

public sealed record OutputDescriptor(string Name, string TypeName)
{
    public string DisplayName { get; init; } = Name;

    public string? Description { get; init; }

    public int Order { get; init; }
}

/// <summary>An outcome, or with <paramref name="IsEmbedded"/> a slot that holds a nested activity (JSON property = camel-case name).</summary>
public sealed record PortDescriptor(string Name, string Title, bool IsEmbedded = false);

public sealed record Choice(string Value, string Title);
