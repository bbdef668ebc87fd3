using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Trials;

/// <summary>What an answer of a trial is about.</summary>
public enum TrialAnswerKind
{
    /// <summary>The result of an effect, which is never run: an outcome with its output, or a failure (<see cref="TrialAnswer.Code"/>).</summary>
    Effect,

    /// <summary>What a person or another program does: <see cref="TrialAnswer.Act"/> names it for the <see cref="TrialWorld"/>.</summary>
    Act,

    /// <summary>The end of a child instance, which is never started.</summary>
    Child,

    /// <summary>Time passes: to <see cref="TrialAnswer.At"/>, by <see cref="TrialAnswer.By"/>, or (neither) to the next thing due.</summary>
    Clock,

    /// <summary>An operator retries the incident of an activity.</summary>
    Retry,

    /// <summary>An operator skips it with an outcome.</summary>
    Skip,
}

/// <summary>
/// One line of a trial's script. It names activities by their id in the definition and never an execution, so that the same script can be played on another version.
/// </summary>
public sealed record TrialAnswer(TrialAnswerKind Kind)
{
    /// <summary>The activity that it answers; null for time, and for acts that look for what they act upon by themselves.</summary>
    public string? Activity { get; init; }

    /// <summary>The clock stands there at least when it is applied; null: where it stands.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Of a recorded effect: when the procedure took its result up, which may have been later than the result.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    public TimeSpan? By { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Output of an effect or child, data of a task, payload of a signal.</summary>
    public JsonNode? Data { get; init; }

    /// <summary>Of a failure.</summary>
    public string? Code { get; init; }

    /// <summary>Of a failure; the reason of a person.</summary>
    public string? Message { get; init; }

    public string? Act { get; init; }

    /// <summary>Happens beside the procedure (a dossier is edited, a file added): done just before the next answer that the procedure waits for.</summary>
    public bool IsFact { get; init; }

    public string? Actor { get; init; }

    /// <summary>Comes from what really happened, not from somebody who tries. A recorded passing of time counts only where that activity waits for it.</summary>
    public bool IsRecorded { get; init; }
}
