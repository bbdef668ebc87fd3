namespace MonOPCO.Engine.Definitions;

/// <summary>A compiled definition, or why there is none. <see cref="Problems"/> holds everything found in one pass, warnings included.</summary>
public sealed record LoadResult(CompiledDefinition? Definition, IReadOnlyList<Problem> Problems)
{
    public bool IsValid => Definition is not null;

    /// <summary>The definition; throws with all errors when there is none.</summary>
    public CompiledDefinition Required => Definition
        ?? throw new InvalidOperationException("The definition cannot be run: " + string.Join(" | ", Problems.Where(p => p.Level == ProblemLevel.Error)));
}
