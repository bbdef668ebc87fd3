using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Execution;

public enum InstanceStatus
{
    Running,
    Finished,
}

/// <summary>Elsa's sub-statuses. <see cref="Suspended"/> = waits for a bookmark or for due work; an instance with open incidents that cannot go on stays Suspended.</summary>
public enum InstanceSubStatus
{
    Pending,
    Executing,
    Suspended,
    Finished,
    Cancelled,
    Faulted,
}

/// <summary>One run of a definition version. Everything that a burst changes is here; the store saves it whole in the burst's transaction.</summary>
public sealed class WorkflowInstance
{
    public required Guid Id { get; init; }

    public required string DefinitionId { get; init; }

    public required string DefinitionVersionId { get; set; }

    public required int Version { get; set; }

    public string? CorrelationId { get; set; }

    public string? Name { get; set; }

    /// <summary>The instance whose activity started this one and waits for its end (or not).</summary>
    public Guid? ParentInstanceId { get; init; }

    /// <summary>The activity execution of the parent to tell when this instance ends; null when the parent does not wait.</summary>
    public Guid? ParentExecutionId { get; init; }

    public InstanceStatus Status { get; set; } = InstanceStatus.Running;

    public InstanceSubStatus SubStatus { get; set; } = InstanceSubStatus.Pending;

    public JsonObject Input { get; init; } = [];

    public JsonObject Output { get; set; } = [];

    /// <summary>Custom properties set by activities (Elsa's <c>properties</c>).</summary>
    public JsonObject Properties { get; set; } = [];

    /// <summary>Belongs to the interpreter: activity executions, tokens, variables, open incidents. Compact JSON; finished branches leave it.</summary>
    public JsonObject State { get; set; } = [];

    public int IncidentCount { get; set; }

    /// <summary>Number of committed bursts. Read again after a commit whose outcome is unknown.</summary>
    public long Burst { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
