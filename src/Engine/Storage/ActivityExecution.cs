using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>One run of an activity as the journal tells it, for the instance page and Studio's viewer.</summary>
public sealed record ActivityExecution(Guid Id, Guid? ParentId, string ActivityId, string ActivityType, string ActivityName, DateTimeOffset StartedAt)
{
    public JournalEvent Status { get; init; } = JournalEvent.Started;

    public DateTimeOffset? EndedAt { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Why it faulted.</summary>
    public string? Message { get; init; }

    public JsonNode? Input { get; init; }

    public JsonNode? Output { get; init; }

    /// <summary>In order of their start. Lines written beside bursts (late results) change nothing.</summary>
    public static IReadOnlyList<ActivityExecution> Unfold(IEnumerable<JournalEntry> journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var runs = new Dictionary<Guid, ActivityExecution>();
        var order = new List<Guid>();
        foreach (var entry in journal.Where(e => e.Sequence >= 0))
        {
            if (!runs.TryGetValue(entry.ActivityExecutionId, out var run))
            {
                order.Add(entry.ActivityExecutionId);
                run = new ActivityExecution(entry.ActivityExecutionId, entry.ParentExecutionId, entry.ActivityId, entry.ActivityType, entry.ActivityName, entry.At);
            }

            var ends = entry.Event is JournalEvent.Completed or JournalEvent.Canceled;
            runs[run.Id] = run with
            {
                Status = entry.Event,
                EndedAt = ends ? entry.At : null,
                Outcome = entry.Outcome ?? run.Outcome,
                Message = entry.Event == JournalEvent.Faulted ? entry.Message : run.Message,
                Input = entry.Event == JournalEvent.Started ? entry.Data : run.Input,
                Output = entry.Event == JournalEvent.Completed ? entry.Data : run.Output,
            };
        }

        return [.. order.Select(id => runs[id])];
    }
}
