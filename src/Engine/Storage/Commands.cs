using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>Starts an instance of the published version, or of <see cref="VersionId"/>.</summary>
public sealed record StartWorkflow(string DefinitionId)
{
    public JsonObject Input { get; init; } = [];

    /// <summary>For our procedures: the dossier's id in <c>D</c> format.</summary>
    public string? CorrelationId { get; init; }

    public string? Name { get; init; }

    /// <summary>Chosen by the caller to make a repeated start harmless: the second one is told that it exists.</summary>
    public Guid? InstanceId { get; init; }

    /// <summary>A version other than the published one (trial of a draft, which is frozen by it).</summary>
    public string? VersionId { get; init; }

    /// <summary>Start here instead of at the start activity.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>What the trigger gives as its result.</summary>
    public JsonNode? TriggerPayload { get; init; }

    /// <summary>1 (urgent) to 9, for its due work; waiting makes up a level per minute.</summary>
    public int Priority { get; init; } = 5;

    public string? Actor { get; init; }
}

/// <summary>The instance after its first burst. <see cref="Existed"/>: it had been started before, nothing was done.</summary>
public sealed record StartedWorkflow(WorkflowInstance Instance, bool Existed = false);

/// <summary>Nothing is published under this id, or the version does not exist.</summary>
public sealed class DefinitionNotFoundException(string definitionId) : Exception($"No published version of the workflow definition '{definitionId}'.");

/// <summary>The definition's activation strategy allows no further instance while <paramref name="running"/> is running.</summary>
public sealed class ActivationRefusedException(string definitionId, Guid running) : Exception($"The definition '{definitionId}' allows one instance only; {running} is running.")
{
    public Guid Running { get; } = running;
}

/// <summary>What came of a resume.</summary>
public abstract record ResumeOutcome
{
    private ResumeOutcome()
    {
    }

    /// <summary>This call won. <paramref name="Drained"/> is false when another holder has the instance and runs the burst.</summary>
    public sealed record Resumed(Guid InstanceId, bool Drained) : ResumeOutcome;

    /// <summary>Somebody was faster, or (<paramref name="Removed"/>) the procedure no longer waits for it.</summary>
    public sealed record AlreadyDone(string? By, DateTimeOffset At, bool Removed) : ResumeOutcome;

    public sealed record NotFound : ResumeOutcome;
}

/// <summary>A burst that was stored. <see cref="StimulusWaited"/> is known once its transaction has committed.</summary>
public sealed class SavedBurst
{
    /// <summary>A new bookmark found a stimulus waiting for it: the instance has a message to drain.</summary>
    public bool StimulusWaited { get; set; }
}
