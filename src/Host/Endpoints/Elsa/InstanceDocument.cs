using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Instances as Elsa's API shows them.</summary>
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

    public static object Full(WorkflowInstance instance, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<ActivityRun> runs) => new
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
        WorkflowState = State(instance, bookmarks, runs),
    };

    public static object State(WorkflowInstance instance, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<ActivityRun> runs) => new
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
        Bookmarks = bookmarks.Select(bookmark => Mark(bookmark, runs)),
        Incidents = runs.Where(run => run.Fault is not null).Select(Incident),
        CompletionCallbacks = Array.Empty<object>(),
        ActivityExecutionContexts = Array.Empty<object>(),
        instance.Input,
        instance.Output,
        instance.Properties,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt,
    };

    public static object Exception(JournalEntry fault) => new { Type = Code(fault), Message = fault.Message ?? "", StackTrace = (string?)null };

    private static object Mark(Bookmark bookmark, IReadOnlyList<ActivityRun> runs)
    {
        var payload = bookmark.Payload?.DeepClone() as JsonObject ?? [];
        if (bookmark.ActivityType == "Elsa.RunTask" && payload["taskId"] is null)
        {
            payload["taskId"] = bookmark.Key;
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

    private static object Incident(ActivityRun run) => new
    {
        run.ActivityId,
        ActivityNodeId = run.NodeId,
        run.ActivityType,
        Message = run.Fault!.Message ?? "",
        Exception = Exception(run.Fault),
        Timestamp = run.Fault.At,
    };

    private static string Code(JournalEntry fault) => fault.Data is JsonObject data && data.Text("code") is { } code ? code : "MonOPCO.Incident";
}
