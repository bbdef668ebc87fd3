namespace MonOPCO.Engine.Definitions;

/// <summary>One version of a definition, ready to run: immutable, shared by all its instances. Callers cache it by <see cref="VersionId"/>.</summary>
public sealed class CompiledDefinition
{
    public required string DefinitionId { get; init; }

    /// <summary>Id of the version (Elsa's <c>id</c>).</summary>
    public required string VersionId { get; init; }

    public required int Version { get; init; }

    public required string Name { get; init; }
}
