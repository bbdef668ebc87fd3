using System.Text.Json.Nodes;

namespace MonOPCO.Host.Designer.Catalogue;

/// <summary>An activity as Studio's palette and property panel want it (Elsa's activity descriptor).</summary>
public sealed record ActivityDescription
{
    public required string TypeName { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required string Category { get; init; }

    public required string DisplayName { get; init; }

    public required string Description { get; init; }

    /// <summary>Action, Trigger, Job or Task.</summary>
    public string Kind { get; init; } = "Action";

    public IReadOnlyList<InputDescription> Inputs { get; init; } = [];

    public IReadOnlyList<OutputDescription> Outputs { get; init; } = [];

    public IReadOnlyList<PortDescription> Ports { get; init; } = [];

    public bool IsContainer { get; init; }

    public bool IsBrowsable { get; init; } = true;

    public bool IsStart { get; init; }

    public bool IsTerminal { get; init; }

    public JsonObject CustomProperties { get; init; } = [];

    /// <summary>Copied by Studio into new nodes.</summary>
    public JsonObject ConstructionProperties { get; init; } = [];
}

/// <summary>One input with its editor.</summary>
public sealed record InputDescription(string Name, string TypeName, string DisplayName, string? Description, int Order, string UiHint)
{
    public bool IsBrowsable => true;

    public bool IsSerializable => true;

    public bool IsSynthetic => false;

    public bool AutoEvaluate => true;

    public bool IsReadOnly => false;

    public string? Category => null;

    public string? StorageDriverType => null;

    public bool IsWrapped { get; init; } = true;

    public bool IsSensitive { get; init; }

    public string? DefaultValue { get; init; }

    public string DefaultSyntax { get; init; } = "Literal";

    public JsonObject? UiSpecifications { get; init; }
}

/// <summary>One output, which a process owner may bind to a variable.</summary>
public sealed record OutputDescription(string Name, string TypeName, string DisplayName, string? Description, int Order)
{
    public bool IsBrowsable => true;

    public bool IsSerializable => true;

    public bool IsSynthetic => false;
}

/// <summary>An outgoing connector, or with type <c>Embedded</c> a slot for a nested activity.</summary>
public sealed record PortDescription(string Name, string DisplayName, string Type)
{
    public bool IsBrowsable => true;
}
