namespace MonOPCO.Host.Infrastructure.Security;

/// <summary>On a page model or endpoint that needs more than « self »: each value is added to its directive. Only the designer has a reason to.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ContentSecurityAttribute : Attribute
{
    public string? Script { get; init; }

    /// <summary>Replaces the style directive's nonce when it says 'unsafe-inline' (browsers ignore that beside a nonce).</summary>
    public string? Style { get; init; }

    public string? Connect { get; init; }

    public string? Worker { get; init; }

    public string? Font { get; init; }

    public string? Frame { get; init; }
}
