using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>What a worker asks for: rows that are due, of activities it knows, in queues with room.</summary>
public sealed record WorkRequest
{
    public required string Owner { get; init; }

    public required string Queue { get; init; }

    public required int Limit { get; init; }

    public required TimeSpan Lease { get; init; }

    /// <summary><c>type@version</c> of every activity the Host knows.</summary>
    public required IReadOnlyCollection<string> KnownActivities { get; init; }
}

/// <summary>
/// An effect under lease. <see cref="Attempt"/> rises at every claim and never falls: with the owner it is the fence that refuses a late result.
/// </summary>
public sealed record ClaimedEffect
{
    public required Guid Id { get; init; }

    public required Guid InstanceId { get; init; }

    public required Guid ActivityExecutionId { get; init; }

    public required int Generation { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityName { get; init; }

    public required string ActivityType { get; init; }

    public required int ActivityVersion { get; init; }

    public required JsonObject Input { get; init; }

    public required string Queue { get; init; }

    public required string Owner { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Outcomes "later", exceptions and lost leases so far: compared with <see cref="MaxAttempts"/>.</summary>
    public required int Failures { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>Claims since the last outcome, this one included.</summary>
    public required int Unanswered { get; init; }

    public string? LastError { get; init; }

    public required string DefinitionId { get; init; }

    public string? CorrelationId { get; init; }
}

/// <summary>Where an effect is, or what it left.</summary>
public enum EffectStatus
{
    Waiting,
    Running,
    Done,
    Failed,

    /// <summary>Cancelled before it ended; a result that came afterwards is kept and was not resumed.</summary>
    Cancelled,
}

/// <summary>Result row of an effect (or its due row while it is not finished).</summary>
public sealed record EffectRecord(Guid ActivityExecutionId, int Generation, Guid InstanceId, string ActivityId, string ActivityName, string ActivityType, string Queue, EffectStatus Status, int Attempts)
{
    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Worker { get; init; }

    public JsonNode? Input { get; init; }

    public EffectResult? Result { get; init; }

    public string? LastError { get; init; }
}

/// <summary>How recording went.</summary>
public enum Recording
{
    /// <summary>The caller held the current attempt.</summary>
    Recorded,

    /// <summary>The effect was cancelled meanwhile: result kept, never resumed.</summary>
    Cancelled,

    /// <summary>Another claim took over, or the effect is finished: nothing was changed.</summary>
    Late,
}
