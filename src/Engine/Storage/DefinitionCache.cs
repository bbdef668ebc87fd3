using System.Collections.Concurrent;
using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Storage;

/// <summary>Compiled versions by version id. Only frozen versions are kept: a draft may still change.</summary>
public sealed class DefinitionCache(WorkflowProgram program)
{
    private const int Limit = 500;
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, CompiledDefinition> compiled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> foreign = new(StringComparer.Ordinal);

    /// <summary>
    /// Versions that this process could not compile a moment ago: an activity that only a newer Host knows. Looked at again after a minute, so that what nobody can
    /// run ends as an incident.
    /// </summary>
    public IReadOnlyCollection<string> Foreign => foreign.IsEmpty ? [] : [.. foreign.Where(f => System.Diagnostics.Stopwatch.GetElapsedTime(f.Value) < Forget).Select(f => f.Key)];

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

        CompiledDefinition result;
        try
        {
            result = program.Compile(version);
        }
        catch (Exception)
        {
            foreign[versionId] = System.Diagnostics.Stopwatch.GetTimestamp();
            throw;
        }

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
