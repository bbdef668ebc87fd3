using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Execution;

/// <summary>A place where an instance waits. Resumed at most once, whoever races.</summary>
public sealed record Bookmark(Guid Id, Guid InstanceId, Guid ActivityExecutionId, string ActivityId, string ActivityType, string Kind, string Key, DateTimeOffset CreatedAt)
{
    /// <summary>UTC; a due row of kind <c>timer</c> is written for it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Narrows an event to one correlation; null = the instance's own or any.</summary>
    public string? CorrelationId { get; init; }

    public JsonNode? Payload { get; init; }
}

/// <summary>An effect to run outside: inputs are evaluated and frozen.</summary>
public sealed record ScheduledEffect(Guid ActivityExecutionId, Guid InstanceId, string ActivityId, string ActivityName, string ActivityType, int ActivityVersion, JsonObject Input, string Queue, int MaxAttempts)
{
    /// <summary>Raised when an operator retries with changed input; part of the idempotency key.</summary>
    public int Generation { get; init; } = 1;
}

/// <summary>A child instance to start after this burst commits (its row is written in the same transaction, its first burst is a Start message).</summary>
public sealed record ChildStart(Guid InstanceId, string DefinitionId, string? DefinitionVersionId, JsonObject Input, string? CorrelationId, Guid ParentInstanceId, Guid? ParentExecutionId);

/// <summary>A stimulus that the instance publishes: resumes matching bookmarks of any instance and starts matching triggers.</summary>
public sealed record PublishedStimulus(Guid SenderId, string Kind, string Key, string? CorrelationId, Guid? OnlyInstanceId, JsonNode? Payload);

public enum JournalEvent
{
    Started,
    Completed,
    Suspended,
    Resumed,
    Faulted,
    Canceled,
    Retried,
}

/// <summary>One line of the journal; the lines of a burst are stored as one row and unfolded when read. Sequence is unique and rising within an instance.</summary>
public sealed record JournalEntry(long Sequence, DateTimeOffset At, JournalEvent Event, Guid ActivityExecutionId, Guid? ParentExecutionId, string ActivityId, string ActivityType, string ActivityName)
{
    public string? Outcome { get; init; }

    public string? Message { get; init; }

    /// <summary>Evaluated inputs (Started) or outputs (Completed), inputs marked sensitive replaced by <c>"***"</c>.</summary>
    public JsonNode? Data { get; init; }

    public string? Actor { get; init; }
}

/// <summary>Everything a burst changes besides domain rows. The store writes it in the burst's transaction.</summary>
public sealed class BurstResult
{
    public required WorkflowInstance Instance { get; init; }

    public List<Bookmark> NewBookmarks { get; } = [];

    public List<Guid> RemovedBookmarks { get; } = [];

    public List<ScheduledEffect> NewEffects { get; } = [];

    /// <summary>Executions whose pending effect must not be claimed any more (cancelled branch or instance).</summary>
    public List<Guid> CancelledEffects { get; } = [];

    public List<ChildStart> Children { get; } = [];

    public List<Guid> CancelledChildren { get; } = [];

    public List<PublishedStimulus> Stimuli { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    /// <summary>Outcomes with which the workflow finished in this burst; empty otherwise. Goes into the Child message to its parent.</summary>
    public IReadOnlyList<string> Outcomes { get; set; } = [];

    /// <summary>The burst stopped at its bound (1,000 steps or 2 s): the store posts a Continue message.</summary>
    public bool MustContinue { get; set; }
}
