namespace MonOPCO.Engine.Activities;

/// <summary>What an activity may know of its run. Everything else comes by constructor (services of the burst's scope) or through its bound input.</summary>
public sealed record ActivityContext
{
    public required Guid InstanceId { get; init; }

    public required string DefinitionId { get; init; }

    /// <summary>For our procedures: the dossier's id in <c>D</c> format.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Persisted id of this run of the node: the same over automatic retries, another one for each turn of a loop.</summary>
    public required Guid ActivityExecutionId { get; init; }

    /// <summary>Id of the node in the definition.</summary>
    public required string ActivityId { get; init; }

    /// <summary>The name a process owner gave the node, for journals and timelines.</summary>
    public required string ActivityName { get; init; }

    /// <summary>Time of the burst or of the claim, UTC, from <see cref="TimeProvider"/>.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Pass it outside: stable over retries and restarts, new when an operator retries with changed input.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>1 for the first attempt of an effect.</summary>
    public int Attempt { get; init; } = 1;

    public CancellationToken CancellationToken { get; init; }
}
