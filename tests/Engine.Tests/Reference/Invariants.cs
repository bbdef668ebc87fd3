using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Tests.Reference;

/// <summary>What must hold whatever the model says: read from the journal and the drawing alone.</summary>
internal static class Invariants
{
    /// <summary>Null, or the broken one.</summary>
    internal static string? Broken(Spec root, IReadOnlyList<JournalEntry> journal, bool isFinished)
    {
        var specs = root.All().ToDictionary(s => s.Id);
        var lines = journal.Where(j => j.Outcome is not ("Late" or "stuck" or "Cancelled")).ToList();
        foreach (var run in lines.GroupBy(j => j.ActivityExecutionId))
        {
            var ends = run.Count(j => j.Event is JournalEvent.Completed or JournalEvent.Canceled);
            if (ends > 1 || isFinished && ends == 0)
            {
                return $"{run.First().ActivityId} has ended {ends} times.";
            }

            if (run.SkipWhile(j => j.Event is not (JournalEvent.Completed or JournalEvent.Canceled)).Skip(1).Any())
            {
                return $"{run.First().ActivityId} did something after its end.";
            }
        }

        // An operator who passes over a merge that waits in vain gives its tokens up.
        return journal.Any(j => j.Outcome == "stuck") ? null
            : lines.GroupBy(j => j.ParentExecutionId).Select(inside => OfChart(specs, journal, inside.Key, [.. inside])).FirstOrDefault(broken => broken is not null);
    }

    private static string? OfChart(Dictionary<string, Spec> specs, IReadOnlyList<JournalEntry> journal, Guid? id, List<JournalEntry> inside)
    {
        // Activities of the workflow itself have no parent in the journal: that is the root flowchart's own line.
        var own = id is null ? null : journal.FirstOrDefault(j => j.ActivityExecutionId == id);
        if (own is null || !specs.TryGetValue(own.ActivityId, out var chart) || chart.Kind != Kind.Chart || inside.Exists(j => j.Event is JournalEvent.Canceled or JournalEvent.Faulted or JournalEvent.Retried || specs[j.ActivityId].IsTerminal))
        {
            return null;
        }

        var hasCircle = chart.Links.Length != new ChartState(chart).Forward.Count;
        var started = inside.Where(j => j.Event == JournalEvent.Started).ToList();
        if (chart.Mode != "OnTokens" && !hasCircle && started.GroupBy(j => j.ActivityId).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return $"{twice.Key} ran twice in {chart.Id}, which has no circle.";
        }

        if (!journal.Any(j => j.ActivityExecutionId == id && j.Event == JournalEvent.Completed))
        {
            return null;
        }

        foreach (var completed in inside.Where(j => j.Event == JournalEvent.Completed))
        {
            foreach (var link in chart.Links.Where(l => l.From == completed.ActivityId && (completed.Outcome ?? "").Split(", ").Contains(l.Port)))
            {
                var target = chart.Inner.Single(n => n.Id == link.To);
                var mustRun = target.Kind != Kind.Join && (chart.Mode != "OnTokens" ? !hasCircle : target.Merge is "" or "None" or "Stream");
                if (mustRun && !started.Exists(j => j.ActivityId == target.Id && j.Sequence > completed.Sequence))
                {
                    return $"The token {link} is lost in {chart.Id}.";
                }
            }
        }

        return null;
    }
}
