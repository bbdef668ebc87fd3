using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Execution;

/// <summary>Why an instance wakes up. Everything that reaches an instance is such a message, drained from its mailbox in order by one holder (architecture §4.6).</summary>
public enum MessageKind
{
    /// <summary>First burst. <see cref="InstanceMessage.Payload"/>: <c>{ "triggerActivityId": null | "id" }</c>.</summary>
    Start,

    /// <summary>A bookmark's signal. <see cref="InstanceMessage.BookmarkId"/> is set; payload = the signal.</summary>
    Resume,

    /// <summary>A bookmark's <c>Until</c> has passed, or a delay is over. <see cref="InstanceMessage.BookmarkId"/> is set.</summary>
    Timeout,

    /// <summary>An effect's recorded result. <see cref="InstanceMessage.ActivityExecutionId"/> is set; payload = <see cref="EffectResult"/> as JSON.</summary>
    Effect,

    /// <summary>A child instance ended. <see cref="InstanceMessage.ActivityExecutionId"/> is the waiting execution; payload <c>{ childId, subStatus, output, outcomes }</c>.</summary>
    Child,

    /// <summary>Goes on after a burst that stopped at its step or time bound.</summary>
    Continue,

    /// <summary>An operator retries the incident of an activity execution; payload <c>{ input? }</c> replaces evaluated inputs.</summary>
    RetryIncident,

    /// <summary>An operator skips it with an outcome; payload <c>{ outcome, output? }</c>.</summary>
    SkipIncident,

    /// <summary>An operator sets variables; payload = name → value.</summary>
    SetVariables,

    /// <summary>Cancel the instance; payload <c>{ reason, actor }</c>.</summary>
    Cancel,
}

/// <summary>One mailbox row. <see cref="Id"/> is unique by sender so that a repeated send is stored once.</summary>
public sealed record InstanceMessage(Guid Id, Guid InstanceId, MessageKind Kind, DateTimeOffset At)
{
    public Guid? BookmarkId { get; init; }

    public Guid? ActivityExecutionId { get; init; }

    public JsonNode? Payload { get; init; }

    /// <summary>Who did it (a person's display name, "bot", "workflow"), for the journal.</summary>
    public string? Actor { get; init; }
}

/// <summary>What an effect left: exactly one of the forms of the closed result set, already recorded.</summary>
public sealed record EffectResult
{
    /// <summary><c>done</c>, <c>wait</c>, or <c>failed</c> (a retry never reaches the instance).</summary>
    public required string Form { get; init; }

    public string? Outcome { get; init; }

    public JsonNode? Output { get; init; }

    public string? WaitKind { get; init; }

    public string? WaitKey { get; init; }

    public DateTimeOffset? WaitUntil { get; init; }

    public JsonNode? WaitPayload { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public int Attempts { get; init; } = 1;
}
