using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.OutboundHttp;

/// <summary>Section <c>OutboundHttp</c>: what procedures may call by themselves (SendHttpRequest).</summary>
public sealed class OutboundHttpOptions
{
    public const string Section = "OutboundHttp";

    /// <summary>
    /// Hosts (<c>name</c> or <c>name:port</c>) that may be called although they are on this machine or in a private network. Everything else there is refused:
    /// whoever edits a procedure must not reach databases, metadata services and consoles that trust their neighbours.
    /// </summary>
    public string[] PrivateHosts { get; set; } = [];

    /// <summary>When not empty, the only hosts that may be called at all (<c>name</c>, <c>name:port</c> or <c>*.name</c>).</summary>
    public string[] OnlyHosts { get; set; } = [];

    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>Longer answers are refused: what comes back is kept with the instance.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxAnswerBytes { get; set; } = 1_000_000;
}
