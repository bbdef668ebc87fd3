namespace MonOPCO.Domain;

/// <summary>Something that the rules forbid. The message is a French sentence for the person at the edge; the code is stable, for callers that branch.</summary>
public sealed class RuleBrokenException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
