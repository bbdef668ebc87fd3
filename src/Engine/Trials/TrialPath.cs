using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Engine.Trials;

/// <summary>One execution on a way: <paramref name="Outcome"/> is empty while it waits, « ! » at an incident, « x » when it was given up.</summary>
public sealed record PathStep(string Activity, string Outcome)
{
    public const string Waits = "";
    public const string Stopped = "!";
    public const string GivenUp = "x";
}

public enum PathChange
{
    /// <summary>No longer reached.</summary>
    Lost,

    /// <summary>Reached, which it was not.</summary>
    New,

    /// <summary>No longer reached; another one is, at the same place.</summary>
    Replaced,

    /// <summary>Ends with another outcome.</summary>
    Outcome,

    /// <summary>Passed more or less often.</summary>
    Count,
}

/// <summary>How two ways differ at one activity. <paramref name="Other"/>: the one reached instead; the outcomes or counts otherwise.</summary>
public sealed record PathDifference(PathChange Change, string Activity, string Other = "", string Expected = "", string Actual = "");

/// <summary>
/// The way an instance took, from its journal. Two ways are the same when every activity was passed as often, with the same outcomes in the same order: in which order parallel
/// branches came along does not count.
/// </summary>
public sealed record TrialPath(IReadOnlyList<PathStep> Steps)
{
    public static TrialPath Of(IEnumerable<JournalEntry> journal) => new([.. ActivityExecution.Unfold(journal).Where(x => !IsFrame(x)).Select(x => new PathStep(x.ActivityId, x.Status switch
    {
        JournalEvent.Completed => x.Outcome is { Length: > 0 } outcome ? outcome : "Done",
        JournalEvent.Canceled => PathStep.GivenUp,
        JournalEvent.Faulted => PathStep.Stopped,
        _ => PathStep.Waits,
    }))]);

    /// <summary>Empty when they are the same. The first one is where the ways part.</summary>
    public IReadOnlyList<PathDifference> DifferencesFrom(TrialPath expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var (before, after) = (expected.ByActivity(), ByActivity());
        var found = new List<PathDifference>();
        var lost = expected.Order().Where(x => !after.ContainsKey(x)).ToList();
        foreach (var activity in Order())
        {
            var now = after[activity];
            if (!before.TryGetValue(activity, out var then))
            {
                var instead = lost.Find(x => expected.Before(x) == Before(activity));
                if (instead is not null)
                {
                    lost.Remove(instead);
                }

                found.Add(instead is null ? new PathDifference(PathChange.New, activity) : new PathDifference(PathChange.Replaced, instead, activity));
            }
            else if (!then.SequenceEqual(now))
            {
                var place = Enumerable.Range(0, Math.Min(then.Count, now.Count)).Cast<int?>().FirstOrDefault(i => then[i!.Value] != now[i.Value]);
                found.Add(place is { } i
                    ? new PathDifference(PathChange.Outcome, activity, "", then[i], now[i])
                    : new PathDifference(PathChange.Count, activity, "", then.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), now.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        found.AddRange(lost.Select(x => new PathDifference(PathChange.Lost, x)));
        return found;
    }

    /// <summary>Containers only frame what is inside.</summary>
    private static bool IsFrame(ActivityExecution execution) => execution.ActivityType is "Elsa.Flowchart" or "Elsa.Sequence" or "Elsa.Workflow";

    private IEnumerable<string> Order() => Steps.Select(x => x.Activity).Distinct(StringComparer.Ordinal);

    private string? Before(string activity)
    {
        string? last = null;
        foreach (var step in Steps)
        {
            if (step.Activity == activity)
            {
                return last;
            }

            last = step.Activity;
        }

        return last;
    }

    private Dictionary<string, List<string>> ByActivity() => Steps.GroupBy(x => x.Activity, StringComparer.Ordinal).ToDictionary(x => x.Key, x => x.Select(y => y.Outcome).ToList(), StringComparer.Ordinal);
}
