using System.Collections.Concurrent;
using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Storage;

/// <summary>Compiled versions by version id. Only frozen versions are kept: a draft may still change.</summary>
public sealed class DefinitionCache(WorkflowProgram program)
{
    private const int Limit = 500;
    private readonly ConcurrentDictionary<string, CompiledDefinition> compiled = new(StringComparer.Ordinal);

    /// <param name="versionId">Which version.</param>
    /// <param name="find">Reads it on a miss.</param>
    public async Task<CompiledDefinition?> FindAsync(string versionId, Func<Task<DefinitionVersion?>> find)
    {
        if (compiled.TryGetValue(versionId, out var known))
        {
            return known;
        }

        if (await find() is not { } version)
        {
            return null;
        }

        var result = program.Compile(version);
        if (version.IsFrozen)
        {
            if (compiled.Count >= Limit)
            {
                compiled.Clear();
            }

            compiled[versionId] = result;
        }

        return result;
    }
}
