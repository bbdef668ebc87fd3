using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Storage;

/// <summary>Something that happened outside or in another instance, stored under its sender's id before it acts.</summary>
public sealed record StoredStimulus(Guid SenderId, string Kind, string Key, DateTimeOffset ReceivedAt)
{
    public string? CorrelationId { get; init; }

    public Guid? OnlyInstanceId { get; init; }

    public JsonNode? Payload { get; init; }

    public string? Actor { get; init; }
}

/// <summary>Who is touched by a stimulus. <see cref="IsSettled"/>: it acted before, or is kept for a bookmark to come.</summary>
public sealed record StimulusMatches(IReadOnlyList<Guid> Bookmarks, IReadOnlyList<WorkflowTrigger> Triggers, bool IsSettled, bool IsKnown);

/// <summary>What publishing did.</summary>
public sealed record PublishResult(int Resumed, IReadOnlyList<Guid> Started, bool IsKnown);
