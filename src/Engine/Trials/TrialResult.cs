using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Trials;

public enum TrialEnd
{
    /// <summary>The procedure is over.</summary>
    Finished,

    /// <summary>It waits for something that the script does not answer.</summary>
    Waiting,

    /// <summary>It turns in circles: the bound of a trial was reached.</summary>
    TooLong,
}

/// <summary>One burst of a trial, or an answer that was refused.</summary>
public sealed record TrialStep(int Number, DateTimeOffset At)
{
    /// <summary>What set it going; null: the start.</summary>
    public TrialAnswer? Answer { get; init; }

    /// <summary>Position in the script; −1: the start, or time.</summary>
    public int Line { get; init; } = -1;

    /// <summary>Time had come for this bookmark.</summary>
    public Bookmark? Timer { get; init; }

    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    public JsonObject Variables { get; init; } = [];

    /// <summary>What the world looked like afterwards.</summary>
    public JsonObject? World { get; init; }

    /// <summary>What would have left: events published, procedures started.</summary>
    public IReadOnlyList<string> Withheld { get; init; } = [];

    /// <summary>Why the answer was refused; nothing happened then.</summary>
    public string? Refused { get; init; }
}

/// <summary>Something the procedure waits for at the end of a trial.</summary>
public sealed record TrialNeed(TrialAnswerKind Kind, string Activity)
{
    public ScheduledEffect? Effect { get; init; }

    public Bookmark? Bookmark { get; init; }

    public IncidentView? Incident { get; init; }

    /// <summary>Nobody answers it: time does.</summary>
    public bool IsOnlyTime => Bookmark is { Kind: "timer" or "retry" };
}

/// <summary>What a trial came to.</summary>
public sealed record TrialResult(TrialEnd End, WorkflowInstance Instance, DateTimeOffset Now)
{
    public required IReadOnlyList<TrialStep> Steps { get; init; }

    public required IReadOnlyList<TrialNeed> Needs { get; init; }

    /// <summary>Lines of the script that found nothing to answer.</summary>
    public required IReadOnlyList<int> Unused { get; init; }

    /// <summary>With which the procedure finished.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    public DateTimeOffset? NextDue => Needs.Where(x => x.Bookmark?.Until is not null).Min(x => x.Bookmark!.Until);

    public IEnumerable<JournalEntry> Journal => Steps.SelectMany(x => x.Journal);
}
