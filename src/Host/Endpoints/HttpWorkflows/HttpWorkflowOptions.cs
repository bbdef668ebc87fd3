using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

/// <summary>Section <c>HttpWorkflows</c>: requests that start or resume procedures, under <c>/workflows</c>.</summary>
public sealed class HttpWorkflowOptions
{
    /// <summary>How long a request waits for an answer that follows an effect; then 202.</summary>
    [Range(0, 120)]
    public double AnswerWithinSeconds { get; set; } = 30;

    /// <summary>Largest body; an endpoint may ask for less.</summary>
    [Range(1_000, 10_000_000)]
    public long MaxBodyBytes { get; set; } = 1_000_000;

    /// <summary>Per client address.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 1_200;
}
