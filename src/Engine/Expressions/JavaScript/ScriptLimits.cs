namespace MonOPCO.Engine.Expressions.JavaScript;

/// <summary>
/// What one script may use. Everything is counted before it is spent, so a script that asks for too much is refused, never started.
/// The source length and nesting are checked by <see cref="Script.Parse"/>, the rest by <see cref="Script.Evaluate"/>.
/// </summary>
public sealed record ScriptLimits
{
    public static ScriptLimits Default { get; } = new();

    /// <summary>Operations, calls, loop turns, and the inner work of built-in functions.</summary>
    public long MaxSteps { get; init; } = 5_000_000;

    /// <summary>Nested calls; also the depth of data walked by recursion (conversion to text or JSON, <c>flat</c>).</summary>
    public int MaxCallDepth { get; init; } = 256;

    /// <summary>A character of a string is one, a slot of an array up to four, a property eight; added up over the whole evaluation (nothing is given back).</summary>
    public long MaxAllocatedUnits { get; init; } = 5_000_000;

    /// <summary>What one evaluation allocates at most on the heap, garbage included; what it holds at a time is less. Steps make short-lived things only.</summary>
    public long MostBytes => 1_000_000 + MaxAllocatedUnits * 32 + MaxSteps * 128;

    /// <summary>Wall time, looked at every thousand steps.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Characters of source.</summary>
    public int MaxSourceLength { get; init; } = 65_536;

    /// <summary>Nesting of the source (parentheses, blocks, functions, chained accesses).</summary>
    public int MaxNesting { get; init; } = 128;
}
