using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>One compilation of a definition: nodes parents first, variables resolved by scope, problems collected.</summary>
internal sealed partial class Compilation(ActivityRegistry registry, Func<SubDefinition, JsonObject?>? subDefinitions)
{
    private const int MaxDepth = 16;

    // Properties of a node that are not inputs; some are from earlier versions of Elsa (strategy and autoBlockingThreshold of Delay).
    private static readonly HashSet<string> Structure = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "nodeId", "name", "type", "version", "metadata", "customProperties", "variables", "canStartWorkflow", "runAsynchronously", "applicationProperties", "source", "line", "strategy", "autoBlockingThreshold",
        "workflowDefinitionId", "workflowDefinitionVersionId", "latestAvailablePublishedVersion", "latestAvailablePublishedVersionId",
    };

    // Variables that loops give to their bodies.
    private static readonly HashSet<string> Dynamic = ["CurrentValue", "CurrentIndex", "ChildInstanceId"];

    private readonly List<Problem> _problems = [];
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Stack<string> _open = new();
    private readonly Stack<bool> _logs = new();
    private readonly List<(Node Node, string Property, NameUse Use)> _uses = [];

    internal ActivityRegistry Registry => registry;

    internal void Add(Problem problem) => _problems.Add(problem);

    internal LoadResult Run(JsonObject json)
    {
        var document = new WorkflowDefinition(json);
        var workflow = new CompositeNode { Outcomes = Texts(json["outcomes"]), InputNames = [.. Names(json["inputs"]).Select(i => i.Name)], OutputNames = [.. Names(json["outputs"]).Select(o => o.Name)] };
        var root = new Node { Index = 0, Id = "Workflow1", Key = "$", NodeId = "Workflow1", Name = document.Name, Title = document.Name, Type = "Elsa.Workflow", Version = 1, Parent = null, Behavior = workflow };
        _nodes.Add(root);
        root.Variables = Variables(json["variables"], root);
        _open.Push(document.DefinitionId);
        _logs.Push(LogPersistence.IsLogged(json["customProperties"], true));
        if (json["root"] is JsonObject first)
        {
            workflow.Body = Read(first, root, "");
        }
        else
        {
            // Elsa takes it for an empty sequence.
            Add(new Problem(ProblemLevel.Warning, "no-root", null, null, "La définition n'a pas d'activité racine : elle ne fait rien."));
        }

        CheckNames();
        if (_problems.Exists(p => p.Level == ProblemLevel.Error))
        {
            return new LoadResult(null, _problems);
        }

        var strategy = LenientJson.ToText((json["options"] as JsonObject)?["incidentStrategyType"]) ?? "";
        var definition = new CompiledDefinition([.. _nodes])
        {
            DefinitionId = document.DefinitionId,
            VersionId = document.Id,
            Version = document.Version,
            Name = document.Name,
            Triggers = Triggers(),
            Activation = Activation(json),
            ContinuesWithIncidents = strategy.Contains("ContinueWithIncidents", StringComparison.OrdinalIgnoreCase),
            HaltsWhenFaulted = strategy.Contains("FaultStrategy", StringComparison.OrdinalIgnoreCase),
        };
        return new LoadResult(definition, _problems);
    }

    internal Node? Read(JsonObject json, Node parent, string prefix)
    {
        var type = LenientJson.ToText(json["type"]) ?? "";
        var version = (int)(LenientJson.ToInt64(json["version"]) ?? 1);
        var id = LenientJson.ToText(json["id"]);
        if (string.IsNullOrEmpty(id))
        {
            Add(new Problem(ProblemLevel.Error, "no-id", parent.Id, null, $"Une activité de type « {type} » n'a pas d'identifiant."));
            return null;
        }

        if (!_keys.Add(prefix + id))
        {
            Add(new Problem(ProblemLevel.Error, "duplicate-id", id, null, $"Deux activités ont l'identifiant « {id} »."));
            return null;
        }

        var descriptor = registry.Find(type, version);
        JsonObject? used = null;
        if (descriptor is null || json["workflowDefinitionId"] is JsonValue && descriptor.IsBuiltIn is false)
        {
            used = UsedDefinition(json, type, version, id);
            if (used is null)
            {
                if (!_problems.Exists(p => p.NodeId == id))
                {
                    var known = registry.Find(type);
                    Add(new Problem(ProblemLevel.Error, known is null ? "unknown-activity" : "unknown-version", id, null,
                        known is null ? $"L'activité « {type} » n'existe pas." : $"L'activité « {type} » n'existe pas en version {version} (dernière connue : {known.Version})."));
                }

                // Its place is kept so that connections to it are not reported as well.
                descriptor = null;
            }
            else
            {
                descriptor = Describe(used, type, version);
            }
        }

        var name = LenientJson.ToText(json["name"]) is { Length: > 0 } given ? given : id;
        var custom = json["customProperties"] as JsonObject;
        var node = new Node
        {
            Index = _nodes.Count,
            Id = id,
            Key = prefix + id,
            NodeId = $"{parent.NodeId}:{id}",
            Name = name,
            Title = LenientJson.ToText((json["metadata"] as JsonObject)?["displayText"]) is { Length: > 0 } text ? text : name,
            Type = type,
            Version = version,
            Parent = parent,
            Descriptor = descriptor,
            Behavior = descriptor is null ? new UnknownNode() : used is not null ? new CompositeNode() : descriptor.CreateBehavior?.Invoke() ?? Hosted(descriptor),
            IsTerminal = descriptor?.IsTerminal ?? false,
            CanStartWorkflow = LenientJson.ToBoolean(custom?["canStartWorkflow"]) || LenientJson.ToBoolean(json["canStartWorkflow"]),
            Merge = Merge(custom?["mergeMode"], id),
        };
        _nodes.Add(node);
        if (descriptor is null)
        {
            return node;
        }

        node.Variables = Variables(used is null ? json["variables"] : used["variables"], node);
        var reader = new NodeReader(this, json, node, prefix);
        BindInputs(json, node, descriptor);
        BindOutputs(json, node, descriptor);
        LogPersistence.Apply(node, custom, descriptor, _logs.Peek());
        if (used is not null)
        {
            ReadUsed(used, node, descriptor);
        }
        else
        {
            node.Behavior.Read(reader);
        }

        foreach (var (property, value) in json)
        {
            if (value is not null && !Structure.Contains(property) && !reader.WasRead(property) && descriptor.IndexOfInput(property) < 0
                && !descriptor.Outputs.Any(o => string.Equals(o.Name, property, StringComparison.OrdinalIgnoreCase)) && !descriptor.Ports.Any(p => string.Equals(p.Name, property, StringComparison.OrdinalIgnoreCase)))
            {
                Add(new Problem(ProblemLevel.Error, "unknown-property", id, property, $"« {node.Title} » ({type}) n'a pas de propriété « {property} »."));
            }
        }

        return node;
    }

    // Elsa's request activities end by the status they got; what sends the request is an effect like any other.
    private static HostNode Hosted(ActivityDescriptor descriptor) => descriptor.Type switch
    {
        "Elsa.SendHttpRequest" => new SendHttpNode(descriptor),
        "Elsa.FlowSendHttpRequest" => new FlowSendHttpNode(descriptor),
        _ => new HostNode(descriptor),
    };

    private MergeMode Merge(JsonNode? value, string id)
    {
        var text = LenientJson.ToText(value);
        if (string.IsNullOrEmpty(text) || Enum.TryParse<MergeMode>(text, true, out var mode) && Enum.IsDefined(mode))
        {
            return string.IsNullOrEmpty(text) ? MergeMode.None : Enum.Parse<MergeMode>(text, true);
        }

        Add(new Problem(ProblemLevel.Error, "merge-mode", id, "mergeMode", $"« {text} » n'est pas un mode de réunion (None, Stream, Merge, Converge, Cascade, Race)."));
        return MergeMode.None;
    }

    /// <summary>Stands for an activity that is not known, so that the rest can be checked; never run.</summary>
    private sealed class UnknownNode : Execution.NodeBehavior
    {
        internal override IEnumerable<string>? PossibleOutcomes(Node node) => null;
    }
}
