using System.Collections.Concurrent;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Plans;

/// <summary>A version ready to be drawn.</summary>
public sealed record PlanOfVersion(DefinitionVersion Version, Plan Plan, IReadOnlyDictionary<string, PlanGrid> Grids);

/// <summary>Plans by version. A frozen version never changes, so that its plan is read and laid out once.</summary>
public sealed class PlanShelf(DefinitionStore definitions, PlanReader reader)
{
    private const int Limit = 100;
    private readonly ConcurrentDictionary<string, PlanOfVersion> _kept = new(StringComparer.Ordinal);

    /// <summary>The version asked for; without a number the published one, else the latest. Null when there is none.</summary>
    public async Task<(PlanOfVersion Plan, IReadOnlyList<DefinitionVersion> Versions)?> FindAsync(string definitionId, int? version, CancellationToken cancellationToken)
    {
        var versions = await definitions.ListAsync(definitionId, cancellationToken);
        var found = version is { } number ? versions.FirstOrDefault(x => x.Version == number) : versions.FirstOrDefault(x => x.IsPublished) ?? versions.FirstOrDefault(x => x.IsLatest);
        return found is null ? null : (Of(found), versions);
    }

    private PlanOfVersion Of(DefinitionVersion version)
    {
        if (_kept.TryGetValue(version.Id, out var known))
        {
            return known with { Version = version };
        }

        var plan = reader.Read(DefinitionDocument.Parse(version));
        var made = new PlanOfVersion(version, plan, plan.Charts.ToDictionary(x => x.Id, PlanLayout.Place, StringComparer.Ordinal));
        if (version.IsFrozen)
        {
            if (_kept.Count >= Limit)
            {
                _kept.Clear();
            }

            _kept[version.Id] = made;
        }

        return made;
    }
}
