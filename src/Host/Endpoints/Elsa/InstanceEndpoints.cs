using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Reading instances: list, state, journal, executions.</summary>
internal static class InstanceEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-instances", (HttpRequest request, IWorkflowReads reads, CancellationToken cancel) => ListAsync(FromQuery(request.Query), reads, cancel));
        api.MapPost("/workflow-instances", async (HttpRequest request, IWorkflowReads reads, CancellationToken cancel) =>
            await ElsaJson.ReadAsync(request) is { } body ? await ListAsync(FromBody(body), reads, cancel) : Malformed());
        api.MapGet("/workflow-instances/{id:guid}", GetAsync);
        api.MapGet("/workflow-instances/{id:guid}/execution-state", StateAsync);
        api.MapMethods("/workflow-instances/{id:guid}/journal", [HttpMethods.Get, HttpMethods.Post], JournalAsync);
        api.MapGet("/workflow-instances/{id:guid}/variables", VariablesAsync);
        api.MapPost("/activity-executions/report", ReportAsync);
        api.MapGet("/activity-executions/list", ExecutionsAsync);
        api.MapGet("/activity-execution-summaries/list", ExecutionsAsync);
        api.MapGet("/activity-executions/by-id", async (string id, InstanceReader reader, CancellationToken cancel) =>
            await ChainAsync(id, reader, cancel) is [var (instance, run), ..] ? ElsaJson.Ok(run.ToRecord(instance, await reader.SightAsync())) : ElsaJson.NotFound("L’exécution"));
        api.MapGet("/activity-executions/{id}/call-stack", async (string id, InstanceReader reader, CancellationToken cancel) =>
            await ChainAsync(id, reader, cancel) is { Count: > 0 } chain && await reader.SightAsync() is var sight
                ? ElsaJson.Ok(new { ActivityExecutionId = id, Items = chain.Select(found => found.Run.ToRecord(found.InstanceId, sight)), TotalCount = chain.Count })
                : ElsaJson.NotFound("L’exécution"));
        api.MapGet("/activity-executions/count", async (HttpRequest request, InstanceReader reader, CancellationToken cancel) =>
            ElsaJson.Ok(new { Count = (await SelectAsync(request.Query, reader, cancel)).Count }));
    }

    public static IResult Malformed() => ElsaJson.Problem(StatusCodes.Status400BadRequest, "La demande n’est pas un objet JSON lisible.");

    private static async Task<IResult> ListAsync(InstanceFilter? filter, IWorkflowReads reads, CancellationToken cancel)
    {
        if (filter is null)
        {
            return ElsaJson.Problem(StatusCodes.Status400BadRequest, "Le filtre demandé n’est pas compris.");
        }

        var page = await reads.ListInstancesAsync(filter, cancel);
        return ElsaJson.Page([.. page.Items.Select(InstanceDocument.Summary)], page.Total);
    }

    private static async Task<IResult> GetAsync(Guid id, InstanceReader reader, CancellationToken cancel)
    {
        if (await reader.FindAsync(id, cancel) is not { } instance)
        {
            return ElsaJson.NotFound("L’instance");
        }

        return ElsaJson.Ok(InstanceDocument.Full(instance, await reader.Reads.BookmarksAsync(id, cancel), await reader.RunsAsync(instance, cancel), await reader.SightAsync()));
    }

    private static async Task<IResult> StateAsync(Guid id, IWorkflowReads reads, CancellationToken cancel) =>
        await reads.FindInstanceAsync(id, cancel) is { } instance
            ? ElsaJson.Ok(new { instance.Status, instance.SubStatus, WorkflowSubStatus = instance.SubStatus, instance.UpdatedAt })
            : ElsaJson.NotFound("L’instance");

    private static async Task<IResult> JournalAsync(Guid id, HttpRequest request, InstanceReader reader, CancellationToken cancel)
    {
        if (await reader.FindAsync(id, cancel) is not { } instance)
        {
            return ElsaJson.NotFound("L’instance");
        }

        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return Malformed();
        }

        var filter = body["filter"] as JsonObject ?? [];
        var (nodes, activities, excluded, events) = (filter.Texts("activityNodeIds"), filter.Texts("activityIds"), filter.Texts("excludedActivityTypes"), filter.Texts("eventNames"));
        var nodeIds = await reader.NodeIdsAsync(instance, cancel);
        var items = (await reader.Reads.JournalAsync(id, cancel))
            .Where(entry => nodes.Length == 0 || nodes.Contains(nodeIds.GetValueOrDefault(entry.ActivityId, entry.ActivityId)))
            .Where(entry => activities.Length == 0 || activities.Contains(entry.ActivityId))
            .Where(entry => !excluded.Contains(entry.ActivityType))
            .Where(entry => events.Length == 0 || events.Contains(entry.Event.ToString()))
            .ToList();
        var (skip, take) = Paging(request.Query);
        var sight = await reader.SightAsync();
        return ElsaJson.Page([.. items.Skip(skip).Take(take).Select(entry => Line(id, entry, nodeIds, sight))], items.Count);
    }

    private static object Line(Guid instanceId, JournalEntry entry, IReadOnlyDictionary<string, string> nodeIds, ValueSight sight) => new
    {
        Id = $"{instanceId:N}-{entry.Sequence}",
        ActivityInstanceId = ActivityRun.PublicId(instanceId, entry.ActivityExecutionId),
        ParentActivityInstanceId = entry.ParentExecutionId is { } parent ? ActivityRun.PublicId(instanceId, parent) : null,
        entry.ActivityId,
        entry.ActivityType,
        ActivityTypeVersion = 1,
        entry.ActivityName,
        NodeId = nodeIds.GetValueOrDefault(entry.ActivityId, entry.ActivityId),
        Timestamp = entry.At,
        entry.Sequence,
        EventName = entry.Event.ToString(),
        Message = sight.Reason(entry.Message),
        Source = entry.Actor,
        ActivityState = entry.Event == JournalEvent.Started ? ActivityRun.PascalCased(sight.Of(entry.Data)) : [],
        Payload = entry.Outcome is null ? null : new JsonObject { ["Outcomes"] = new JsonArray(entry.Outcome) },
    };

    private static async Task<IResult> VariablesAsync(Guid id, InstanceReader reader, CancellationToken cancel)
    {
        if (await reader.FindAsync(id, cancel) is not { } instance || await reader.DefinitionAsync(instance, cancel) is not { } definition)
        {
            return ElsaJson.NotFound("L’instance");
        }

        return ElsaJson.List([.. (await reader.SightAsync()).Of(InstanceStateView.Variables(instance, definition)).Select(variable => new { Id = variable.Key, Name = variable.Key, variable.Value })]);
    }

    private static async Task<IResult> ReportAsync(HttpRequest request, InstanceReader reader, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body || !Guid.TryParse(body.Text("workflowInstanceId"), out var id))
        {
            return Malformed();
        }

        if (await reader.FindAsync(id, cancel) is not { } instance)
        {
            return ElsaJson.NotFound("L’instance");
        }

        var asked = body.Texts("activityNodeIds");
        var stats = (await reader.RunsAsync(instance, cancel))
            .Where(run => asked.Length == 0 || asked.Contains(run.NodeId))
            .GroupBy(run => (run.ActivityId, run.NodeId))
            .Select(node => new
            {
                node.Key.ActivityId,
                ActivityNodeId = node.Key.NodeId,
                StartedCount = node.Count(),
                CompletedCount = node.Count(run => run.Status == "Completed"),
                UncompletedCount = node.Count(run => run.Status is "Running" or "Faulted"),
                IsBlocked = node.Any(run => run.IsWaiting),
                IsFaulted = node.Any(run => run.Fault is not null),
                AggregateFaultCount = node.Sum(run => run.AggregateFaultCount),
                Metadata = new JsonObject(),
            })
            .ToList();
        return ElsaJson.Ok(new { Stats = stats });
    }

    private static async Task<IResult> ExecutionsAsync(HttpRequest request, InstanceReader reader, CancellationToken cancel)
    {
        var runs = await SelectAsync(request.Query, reader, cancel);
        var sight = await reader.SightAsync();
        return ElsaJson.List([.. runs.Select(found => found.Run.ToRecord(found.InstanceId, sight))]);
    }

    private static async Task<IReadOnlyList<(Guid InstanceId, ActivityRun Run)>> SelectAsync(IQueryCollection query, InstanceReader reader, CancellationToken cancel)
    {
        if (!Guid.TryParse(query["workflowInstanceId"], out var id) || await reader.FindAsync(id, cancel) is not { } instance)
        {
            return [];
        }

        string? node = query["activityNodeId"], activity = query["activityId"];
        return [.. (await reader.RunsAsync(instance, cancel))
            .Where(run => (string.IsNullOrEmpty(node) || run.NodeId == node) && (string.IsNullOrEmpty(activity) || run.ActivityId == activity))
            .Select(run => (id, run))];
    }

    /// <summary>An execution and those it runs in, innermost first; empty when there is none.</summary>
    private static async Task<IReadOnlyList<(Guid InstanceId, ActivityRun Run)>> ChainAsync(string id, InstanceReader reader, CancellationToken cancel)
    {
        if (ActivityRun.ParsePublicId(id) is not { } asked || await reader.FindAsync(asked.Instance, cancel) is not { } instance)
        {
            return [];
        }

        var runs = (await reader.RunsAsync(instance, cancel)).ToDictionary(run => run.Id);
        var chain = new List<(Guid, ActivityRun)>();
        for (var at = runs.GetValueOrDefault(asked.Execution); at is not null; at = at.ParentId is { } parent ? runs.GetValueOrDefault(parent) : null)
        {
            chain.Add((asked.Instance, at));
        }

        return chain;
    }

    private static (int Skip, int Take) Paging(IQueryCollection query)
    {
        if (int.TryParse(query["skip"], out var skip) && int.TryParse(query["take"], out var take))
        {
            return (Math.Max(0, skip), Math.Clamp(take, 1, 1_000));
        }

        var size = int.TryParse(query["pageSize"], out var asked) ? Math.Clamp(asked, 1, 1_000) : 100;
        return (Math.Max(0, int.TryParse(query["page"], out var page) ? page : 0) * size, size);
    }

    private static InstanceFilter? FromQuery(IQueryCollection query)
    {
        var body = new JsonObject();
        foreach (var name in new[] { "definitionId", "correlationId", "status", "subStatus", "searchTerm", "page", "pageSize", "hasIncidents" })
        {
            if (query[name].ToString() is { Length: > 0 } value)
            {
                body[name] = value;
            }
        }

        return FromBody(body);
    }

    private static InstanceFilter? FromBody(JsonObject body)
    {
        var status = body.Text("status") ?? body.Texts("statuses").FirstOrDefault();
        var subStatus = body.Text("subStatus") ?? body.Texts("subStatuses").FirstOrDefault();
        if ((status is { Length: > 0 } && !Enum.TryParse<InstanceStatus>(status, true, out _)) || (subStatus is { Length: > 0 } and not "Interrupted" && !Enum.TryParse<InstanceSubStatus>(subStatus, true, out _)))
        {
            return null;
        }

        var size = Math.Clamp(body.Number("pageSize") ?? 50, 1, 500);
        return new InstanceFilter
        {
            DefinitionId = body.Text("definitionId") ?? body.Texts("definitionIds").FirstOrDefault(),
            CorrelationId = body.Text("correlationId"),
            Status = Enum.TryParse<InstanceStatus>(status, true, out var s) ? s : null,
            SubStatus = Enum.TryParse<InstanceSubStatus>(subStatus, true, out var sub) ? sub : null,
            HasIncidents = body.Flag("hasIncidents") ?? (bool.TryParse(body.Text("hasIncidents"), out var flag) ? flag : null),
            Search = body.Text("searchTerm"),
            Skip = Math.Max(0, body.Number("page") ?? 0) * size,
            Take = size,
        };
    }
}

/// <summary>Instances together with what their definition says of their nodes.</summary>
internal sealed class InstanceReader(IWorkflowReads reads, DefinitionCache definitions, Access access)
{
    /// <summary>Versions that run never change, so their node ids may be kept.</summary>
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Known = new(StringComparer.Ordinal);

    public IWorkflowReads Reads { get; } = reads;

    /// <summary>What the caller sees of values.</summary>
    public Task<ValueSight> SightAsync() => access.SightAsync();

    public Task<WorkflowInstance?> FindAsync(Guid id, CancellationToken cancel) => Reads.FindInstanceAsync(id, cancel);

    public Task<CompiledDefinition?> DefinitionAsync(WorkflowInstance instance, CancellationToken cancel) =>
        definitions.FindAsync(instance.DefinitionVersionId, () => Reads.FindVersionAsync(instance.DefinitionVersionId, cancel));

    public async Task<IReadOnlyList<ActivityRun>> RunsAsync(WorkflowInstance instance, CancellationToken cancel) =>
        ActivityRun.Fold(await Reads.JournalAsync(instance.Id, cancel), await NodeIdsAsync(instance, cancel));

    public async Task<IReadOnlyDictionary<string, string>> NodeIdsAsync(WorkflowInstance instance, CancellationToken cancel)
    {
        if (Known.TryGetValue(instance.DefinitionVersionId, out var known))
        {
            return known;
        }

        if (await Reads.FindVersionAsync(instance.DefinitionVersionId, cancel) is not { } version)
        {
            return new Dictionary<string, string>();
        }

        var nodeIds = DefinitionDocument.NodeIds(DefinitionDocument.Parse(version));
        if (version.IsFrozen)
        {
            if (Known.Count > 500)
            {
                Known.Clear();
            }

            Known[version.Id] = nodeIds;
        }

        return nodeIds;
    }
}
