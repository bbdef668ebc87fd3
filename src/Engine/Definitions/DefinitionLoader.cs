using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Engine.Definitions;

/// <summary>Elsa 3 JSON → <see cref="CompiledDefinition"/>, or all problems at once.</summary>
public static class DefinitionLoader
{
    /// <param name="definition">A definition as exported, saved by the designer, or written by hand in <c>workflows/*.json</c>.</param>
    /// <param name="registry">The activities and expression languages this Host knows.</param>
    /// <param name="subDefinitions">Finds the JSON of a definition used as an activity; null = none can be.</param>
    public static LoadResult Load(JsonObject definition, ActivityRegistry registry, Func<SubDefinition, JsonObject?>? subDefinitions = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(registry);
        return new Compilation(registry, subDefinitions).Run(definition);
    }
}

/// <summary>How a node refers to a definition used as an activity. Resolve by version id, else the published version of the id, else by type name.</summary>
public sealed record SubDefinition(string TypeName, string? DefinitionId, string? VersionId, int Version);
