using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Instances as Elsa's API shows them, as far as the caller may see what they carry.</summary>
internal static class InstanceDocument
{
    public static object Summary(WorkflowInstance instance) => new
    {
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        instance.Version,
        instance.Status,
        instance.SubStatus,
        instance.CorrelationId,
        instance.Name,
        instance.IncidentCount,
        IsSystem = false,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt,
    };

    public static object Full(WorkflowInstance instance, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<ActivityRun> runs, ValueSight sight) => new
    {
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        instance.Version,
        ParentWorkflowInstanceId = instance.ParentInstanceId,
        instance.Status,
        instance.SubStatus,
        instance.CorrelationId,
        instance.Name,
        instance.IncidentCount,
        IsSystem = false,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt,
        WorkflowState = State(instance, bookmarks, runs, sight),
    };

    public static object State(WorkflowInstance instance, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<ActivityRun> runs, ValueSight sight) => new
    {
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        DefinitionVersion = instance.Version,
        instance.Status,
        instance.SubStatus,
        instance.CorrelationId,
        instance.Name,
        ParentWorkflowInstanceId = instance.ParentInstanceId,
        Bookmarks = bookmarks.Select(bookmark => Mark(bookmark, runs, sight)),
        Incidents = runs.Where(run => run.Fault is not null).Select(run => Incident(run, sight)),
        CompletionCallbacks = Array.Empty<object>(),
        ActivityExecutionContexts = Array.Empty<object>(),
        Input = sight.Of(instance.Input),
        Output = sight.Of(instance.Output),
        Properties = sight.Of(instance.Properties),
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt,
    };

    public static object Exception(JournalEntry fault, ValueSight sight) => new { Type = Code(fault), Message = sight.Reason(fault.Message) ?? "", StackTrace = (string?)null };

    private static object Mark(Bookmark bookmark, IReadOnlyList<ActivityRun> runs, ValueSight sight)
    {
        var payload = sight.Of(bookmark.Payload) as JsonObject ?? [];
        if (bookmark.ActivityType == "Elsa.RunTask")
        {
            // The task's id is no value of the dossier; programs complete the task by it.
            payload["taskId"] = (bookmark.Payload as JsonObject)?["taskId"]?.DeepClone() ?? bookmark.Key;
        }

        return new
        {
            bookmark.Id,
            Name = bookmark.Kind,
            Hash = bookmark.Key,
            bookmark.ActivityId,
            ActivityNodeId = runs.FirstOrDefault(run => run.Id == bookmark.ActivityExecutionId)?.NodeId ?? bookmark.ActivityId,
            ActivityInstanceId = ActivityRun.PublicId(bookmark.InstanceId, bookmark.ActivityExecutionId),
            bookmark.CreatedAt,
            Payload = payload,
        };
    }

    private static object Incident(ActivityRun run, ValueSight sight) => new
    {
        run.ActivityId,
        ActivityNodeId = run.NodeId,
        run.ActivityType,
        Message = sight.Reason(run.Fault!.Message) ?? "",
        Exception = Exception(run.Fault, sight),
        Timestamp = run.Fault.At,
    };

    private static string Code(JournalEntry fault) => fault.Data is JsonObject data && data.Text("code") is { } code ? code : "MonOPCO.Incident";
}
