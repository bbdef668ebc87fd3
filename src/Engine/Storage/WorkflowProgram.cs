using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>One burst: <see cref="Interpreter.RunAsync"/>, or a hand-written step in tests of the runtime.</summary>
public delegate Task<BurstResult> BurstStep(CompiledDefinition definition, WorkflowInstance instance, IReadOnlyList<InstanceMessage> messages, IBurstScope scope, DateTimeOffset now, CancellationToken cancellationToken);

/// <summary>What the runtime executes: how a stored version becomes a program, how a burst of it runs, and what starts it.</summary>
public sealed class WorkflowProgram(Func<DefinitionVersion, CompiledDefinition> compile, BurstStep run)
{
    /// <summary>Throws with all problems when the version cannot be run.</summary>
    public Func<DefinitionVersion, CompiledDefinition> Compile { get; } = compile;

    public BurstStep Run { get; } = run;

    /// <summary>Start activities that wait for a stimulus; their <see cref="WorkflowTrigger"/> rows are written when the version is published.</summary>
    public Func<CompiledDefinition, IReadOnlyList<WorkflowTrigger>> Triggers { get; init; } = TriggersOf;

    /// <summary>The real one. What the store says about id and version wins over what the saved JSON says.</summary>
    public static WorkflowProgram Of(Interpreter interpreter, Func<SubDefinition, JsonObject?>? subDefinitions = null)
    {
        ArgumentNullException.ThrowIfNull(interpreter);
        return new WorkflowProgram(
            version =>
            {
                var json = JsonNode.Parse(version.Body) as JsonObject ?? throw new InvalidOperationException($"Version {version.Id} is not a JSON object.");
                json["id"] = version.Id;
                json["definitionId"] = version.DefinitionId;
                json["version"] = version.Version;
                return DefinitionLoader.Load(json, interpreter.Registry, subDefinitions).Required;
            },
            interpreter.RunAsync);
    }

    // Events are published by anyone; the calendar looks for the kinds cron, timer and start-at; requests for the kinds of HttpRoute.
    private static IReadOnlyList<WorkflowTrigger> TriggersOf(CompiledDefinition definition)
    {
        var triggers = new List<WorkflowTrigger>();
        foreach (var trigger in definition.Triggers)
        {
            var (kind, input) = trigger.ActivityType switch
            {
                "Elsa.Event" => ("event", "eventName"),
                "Elsa.Cron" => ("cron", "cronExpression"),
                "Elsa.Timer" => ("timer", "interval"),
                "Elsa.StartAt" => ("start-at", "dateTime"),
                _ => (trigger.ActivityType, "key"),
            };
            if (trigger.ActivityType == "Elsa.HttpEndpoint")
            {
                var route = HttpRoute.Parse(trigger.Inputs["path"]?.ToString() ?? "");
                triggers.Add(new WorkflowTrigger(definition.DefinitionId, definition.VersionId, trigger.ActivityId, route.Kind, route.Text));
            }
            else if ((trigger.Inputs[input]?.ToString() ?? (kind == "timer" ? "00:01:00" : null)) is { Length: > 0 } key)
            {
                triggers.Add(new WorkflowTrigger(definition.DefinitionId, definition.VersionId, trigger.ActivityId, kind, key));
            }
        }

        return triggers;
    }
}
