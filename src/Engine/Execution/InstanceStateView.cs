using System.Globalization;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Execution;

/// <summary>An open incident of an instance. <see cref="ExecutionId"/> is what RetryIncident and SkipIncident messages name.</summary>
public sealed record IncidentView(Guid ExecutionId, string ActivityId, string Code, string Message, DateTimeOffset At);

/// <summary>An activity execution under way. <see cref="ActivityKey"/> is <see cref="NodeInfo.Key"/>; faults are counted as Elsa does, those below included.</summary>
public sealed record ExecutionView(Guid ExecutionId, Guid? ParentExecutionId, string ActivityKey, bool IsFaulted, bool HasBookmarks, bool HasEffect, int AggregateFaultCount);

/// <summary>Reads the interpreter's state for pages and endpoints.</summary>
public static class InstanceStateView
{
    /// <summary>Variables of the workflow and of what runs in it (inner ones do not hide outer ones), also of finished instances (workflow's own only).</summary>
    public static JsonObject Variables(WorkflowInstance instance, CompiledDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(definition);
        var variables = new JsonObject();
        if (instance.State["v"] is JsonArray finished)
        {
            Add(definition.Root, finished);
        }

        foreach (var exec in instance.State["x"] as JsonArray ?? [])
        {
            if (exec!["v"] is JsonArray values && definition.Find((string)exec["k"]!) is { } node)
            {
                Add(node, values);
            }
        }

        return variables;

        void Add(Node node, JsonArray values)
        {
            for (var i = 0; i < Math.Min(values.Count, node.Variables.Length); i++)
            {
                variables.TryAdd(node.Variables[i].Name, values[i]?.DeepClone());
            }
        }
    }

    public static IReadOnlyList<IncidentView> Incidents(WorkflowInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return [.. (instance.State["y"] as JsonArray ?? []).Select(i => new IncidentView(
            InstanceIds.Derive(instance.Id, Int(i!["x"])),
            (string)i["k"]!,
            (string)i["c"]!,
            (string)i["m"]!,
            DateTimeOffset.Parse((string)i["at"]!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)))];
    }

    public static IReadOnlyList<ExecutionView> Executions(WorkflowInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var list = (instance.State["x"] as JsonArray ?? []).Select(e => e!.AsObject()).ToList();
        return [.. list.Skip(1).Select(e => new ExecutionView(
            InstanceIds.Derive(instance.Id, Int(e["n"])),
            Int(e["p"]) == 0 ? null : InstanceIds.Derive(instance.Id, Int(list[(int)Int(e["p"])]["n"])),
            (string)e["k"]!,
            e.ContainsKey("f"),
            e.ContainsKey("m"),
            e.ContainsKey("e"),
            (int)Int(e["w"])))];
    }

    private static long Int(JsonNode? node) => LenientJson.ToInt64(node) ?? 0;
}
