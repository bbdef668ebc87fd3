using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>What migrating an instance would do or did. Without problem it is possible.</summary>
public sealed record InstanceMigration(Guid InstanceId, int FromVersion, int ToVersion, IReadOnlyList<string> Problems)
{
    public bool IsPossible => Problems.Count == 0;

    /// <summary>The instance runs on the target now.</summary>
    public bool IsDone { get; init; }

    /// <summary>
    /// The state as the target version reads it: what is under way must exist there with the same type; variables keep their values by name. In the state
    /// "x" are the executions (k node, v variables, d the behaviour's own) and "q" the queue.
    /// </summary>
    internal static JsonObject MoveState(WorkflowInstance instance, CompiledDefinition from, CompiledDefinition to, List<string> problems)
    {
        var state = (JsonObject)instance.State.DeepClone();
        foreach (var exec in state["x"] as JsonArray ?? [])
        {
            var key = (string)exec!["k"]!;
            if (from.Find(key) is not { } node || Target(key) is not { } target)
            {
                continue;
            }

            if (exec["v"] is JsonArray values)
            {
                exec["v"] = new JsonArray([.. target.Variables.Select(v => Array.FindIndex(node.Variables, old => old.Name == v.Name) is >= 0 and var place && place < values.Count ? values[place]?.DeepClone() : v.Default?.DeepClone())]);
            }

            if (exec["d"] is { } own && node.Behavior is FlowchartNode chart && target.Behavior is FlowchartNode newer)
            {
                exec["d"] = chart.Moved(newer, own, problems);
            }
        }

        foreach (var item in state["q"] as JsonArray ?? [])
        {
            Target((string)item![1]!);
        }

        return state;

        Node? Target(string key)
        {
            var (old, found) = (from.Find(key), to.Find(key));
            if (found is null)
            {
                problems.Add($"L'étape en cours « {old?.Title ?? key} » n'existe pas dans la version {to.Version}.");
            }
            else if (old is not null && (found.Type, found.Version) != (old.Type, old.Version))
            {
                problems.Add($"L'étape en cours « {old.Title} » est d'un autre type dans la version {to.Version}.");
                return null;
            }

            return found;
        }
    }
}

/// <summary>An instance that has just moved: from where to where, its burst number now, and its state before.</summary>
public sealed record MovedInstance(Guid InstanceId, string DefinitionId, string FromVersionId, int FromVersion, string ToVersionId, int ToVersion, long Burst, JsonObject StateBefore);
