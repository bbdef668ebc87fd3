namespace MonOPCO.Engine.Definitions;

public enum ProblemLevel
{
    /// <summary>Worth telling the author; the definition may be published and run.</summary>
    Warning,

    /// <summary>The definition cannot be published or run.</summary>
    Error,
}

/// <summary>
/// One thing wrong in a definition. <paramref name="Code"/> is stable (for tests and links to help), <paramref name="Message"/> is the French sentence shown.
/// </summary>
public sealed record Problem(ProblemLevel Level, string Code, string? NodeId, string? Property, string Message)
{
    public override string ToString() => $"{Level} {Code} [{NodeId}{(Property is null ? "" : "." + Property)}] {Message}";
}
