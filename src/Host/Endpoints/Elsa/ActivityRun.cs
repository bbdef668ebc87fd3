using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>One execution of an activity, folded from the lines of the journal that speak of it.</summary>
internal sealed class ActivityRun
{
    public required Guid Id { get; init; }

    public required Guid? ParentId { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityType { get; init; }

    public required string ActivityName { get; init; }

    public required string NodeId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; private set; }

    /// <summary>Elsa's: Pending, Running, Completed, Canceled, Faulted.</summary>
    public string Status { get; private set; } = "Running";

    public bool IsWaiting { get; private set; }

    public JsonNode? Inputs { get; private set; }

    public JsonNode? Outputs { get; private set; }

    public string? Outcome { get; private set; }

    /// <summary>Why it is faulted; null again once it has been retried or skipped.</summary>
    public JournalEntry? Fault { get; private set; }

    /// <summary>Open faults of this execution and of those below it.</summary>
    public int AggregateFaultCount { get; private set; }

    /// <param name="journal">In order of sequence.</param>
    /// <param name="nodeIds">Node id by activity id.</param>
    public static IReadOnlyList<ActivityRun> Fold(IReadOnlyList<JournalEntry> journal, IReadOnlyDictionary<string, string> nodeIds)
    {
        var runs = new Dictionary<Guid, ActivityRun>();
        foreach (var entry in journal)
        {
            if (!runs.TryGetValue(entry.ActivityExecutionId, out var run))
            {
                runs[entry.ActivityExecutionId] = run = new ActivityRun
                {
                    Id = entry.ActivityExecutionId,
                    ParentId = entry.ParentExecutionId,
                    ActivityId = entry.ActivityId,
                    ActivityType = entry.ActivityType,
                    ActivityName = entry.ActivityName,
                    NodeId = nodeIds.GetValueOrDefault(entry.ActivityId, entry.ActivityId),
                    StartedAt = entry.At,
                };
            }

            run.Apply(entry);
        }

        foreach (var run in runs.Values.Where(run => run.Fault is not null))
        {
            for (var at = run; at is not null; at = at.ParentId is { } parent ? runs.GetValueOrDefault(parent) : null)
            {
                at.AggregateFaultCount++;
            }
        }

        // Dictionaries without removals enumerate in the order of insertion, but do not promise it.
        return [.. runs.Values.OrderBy(run => run._firstSequence)];
    }

    private long _firstSequence = long.MaxValue;

    private void Apply(JournalEntry entry)
    {
        _firstSequence = Math.Min(_firstSequence, entry.Sequence);
        IsWaiting = entry.Event == JournalEvent.Suspended;
        Fault = entry.Event == JournalEvent.Faulted ? entry : null;
        switch (entry.Event)
        {
            case JournalEvent.Started:
                Status = "Running";
                Inputs = entry.Data ?? Inputs;
                break;
            case JournalEvent.Completed:
                Status = "Completed";
                CompletedAt = entry.At;
                Outputs = entry.Data ?? Outputs;
                Outcome = entry.Outcome;
                break;
            case JournalEvent.Faulted:
                Status = "Faulted";
                break;
            case JournalEvent.Canceled:
                Status = "Canceled";
                CompletedAt = entry.At;
                break;
            default:
                Status = "Running";
                break;
        }
    }

    /// <summary>The id that programs see: it carries the instance, because Studio asks for an execution by this id alone.</summary>
    public static string PublicId(Guid instanceId, Guid executionId) => $"{instanceId:N}{executionId:N}";

    public static (Guid Instance, Guid Execution)? ParsePublicId(string id) =>
        id.Length == 64 && Guid.TryParseExact(id[..32], "N", out var instance) && Guid.TryParseExact(id[32..], "N", out var execution) ? (instance, execution) : null;

    public object ToRecord(Guid instanceId, ValueSight sight) => new
    {
        Id = PublicId(instanceId, Id),
        WorkflowInstanceId = instanceId,
        ActivityId,
        ActivityNodeId = NodeId,
        ActivityType,
        ActivityTypeVersion = 1,
        ActivityName,
        ActivityState = PascalCased(sight.Of(Inputs)),
        Payload = Outcome is null ? null : new JsonObject { ["Outcomes"] = new JsonArray(Outcome) },
        Outputs = PascalCased(sight.Of(Outputs)),
        Properties = new JsonObject(),
        Metadata = new JsonObject(),
        Exception = Fault is null ? null : InstanceDocument.Exception(Fault, sight),
        StartedAt,
        HasBookmarks = IsWaiting,
        Status,
        AggregateFaultCount,
        CompletedAt,
    };

    /// <summary>Elsa names inputs and outputs as its classes do.</summary>
    internal static JsonObject PascalCased(JsonNode? values)
    {
        var result = new JsonObject();
        foreach (var (name, value) in values as JsonObject ?? [])
        {
            result[name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..]] = value?.DeepClone();
        }

        return result;
    }
}
