using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>One compilation of a definition: nodes parents first, variables resolved by scope, problems collected.</summary>
internal sealed class Compilation(ActivityRegistry registry, Func<SubDefinition, JsonObject?>? subDefinitions)
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

    internal ActivityRegistry Registry => registry;

    internal void Add(Problem problem) => _problems.Add(problem);

    internal LoadResult Run(JsonObject json)
    {
        var document = new WorkflowDefinition(json);
        var workflow = new CompositeNode { Outcomes = Texts(json["outcomes"]) };
        var root = new Node { Index = 0, Id = "Workflow1", Key = "$", NodeId = "Workflow1", Name = document.Name, Title = document.Name, Type = "Elsa.Workflow", Version = 1, Parent = null, Behavior = workflow };
        _nodes.Add(root);
        root.Variables = Variables(json["variables"], root);
        _open.Push(document.DefinitionId);
        if (json["root"] is JsonObject first)
        {
            workflow.Body = Read(first, root, "");
        }
        else
        {
            Add(new Problem(ProblemLevel.Error, "no-root", null, null, "La définition n'a pas d'activité racine."));
        }

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

    internal static VariableRef? FindVariable(Node node, string? id, string? name)
    {
        return Search(v => v.Id == id) ?? Search(v => v.Name == name) ?? Search(v => v.Name == id);

        VariableRef? Search(Predicate<VariableSlot> test)
        {
            for (var scope = node; scope is not null; scope = scope.Parent)
            {
                if (Array.FindIndex(scope.Variables, test) is >= 0 and var slot)
                {
                    return new VariableRef(scope, slot);
                }
            }

            return null;
        }
    }

    /// <summary><c>{ type, value }</c> → compiled; null when it is empty or wrong (then reported).</summary>
    internal CompiledExpression? Expression(JsonObject? expression, string typeName, Node node, string property)
    {
        var type = LenientJson.ToText(expression?["type"]) ?? "Literal";
        var value = expression?["value"];
        switch (type)
        {
            case "Literal":
                return value is null ? null : new ConstantValue(Frozen(LenientJson.Coerce(value, typeName)));
            case "Object":
                return Object(value, typeName, node, property);
            case "Variable":
                return Variable(value, node, property);
            case "Input":
                var input = LenientJson.ToText(value is JsonObject named ? named["name"] : value);
                return string.IsNullOrEmpty(input) ? null : new InputExpression(input);
            default:
                var source = LenientJson.ToText(value);
                return string.IsNullOrWhiteSpace(source) ? null : Compile(type, source, node, property);
        }
    }

    internal CompiledExpression? Compile(string type, string source, Node node, string property)
    {
        if (registry.FindLanguage(type) is not { } language)
        {
            Add(new Problem(ProblemLevel.Error, "unknown-syntax", node.Id, property, $"La syntaxe « {type} » n'est pas disponible (« {node.Title} », {property})."));
            return null;
        }

        try
        {
            return language.Compile(source);
        }
        catch (ExpressionSyntaxException exception)
        {
            Add(new Problem(ProblemLevel.Error, "expression", node.Id, property, $"L'expression de « {property} » n'est pas valable : {exception.Message}"));
            return null;
        }
    }

    private ConstantValue? Object(JsonNode? value, string typeName, Node node, string property)
    {
        if (value is not JsonValue || LenientJson.KindOf(value) != System.Text.Json.JsonValueKind.String)
        {
            return value is null ? null : new ConstantValue(Frozen(value));
        }

        var text = value.GetValue<string>();
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (LenientJson.TryParse(text, out var parsed))
        {
            return new ConstantValue(Frozen(LenientJson.Coerce(parsed, typeName)));
        }

        if (typeName == "String")
        {
            return new ConstantValue(JsonValue.Create(text));
        }

        Add(new Problem(ProblemLevel.Error, "json", node.Id, property, $"La valeur de « {property} » n'est pas du JSON valable."));
        return null;
    }

    private CompiledExpression? Variable(JsonNode? value, Node node, string property)
    {
        var id = LenientJson.ToText(value is JsonObject known ? known["id"] : value);
        var name = LenientJson.ToText((value as JsonObject)?["name"]);
        if (id is null && name is null)
        {
            return null;
        }

        if (FindVariable(node, id, name) is { } variable)
        {
            return new VariableExpression(variable);
        }

        if (Dynamic.Contains(name ?? id!))
        {
            return new NamedVariableExpression(name ?? id!);
        }

        Add(new Problem(ProblemLevel.Error, "unknown-variable", node.Id, property, $"La variable « {name ?? id} » n'existe pas à cet endroit."));
        return null;
    }

    private void BindInputs(JsonObject json, Node node, ActivityDescriptor descriptor)
    {
        node.Inputs = new BoundInput?[descriptor.Inputs.Count];
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            var input = descriptor.Inputs[i];
            if (input.IsStructural)
            {
                continue;
            }

            var count = _problems.Count;
            var expression = InputExpression(Property(json, input.Name), input, node);
            if (expression is ConstantValue constant)
            {
                if (input.Required && descriptor.IsBuiltIn && string.IsNullOrWhiteSpace(LenientJson.ToText(constant.Value)))
                {
                    // Studio leaves an empty text behind when an input is cleared.
                    expression = null;
                }
                else
                {
                    Check(constant, input, node, descriptor);
                }
            }
            else if (expression is not null && descriptor is { IsBuiltIn: true, IsTrigger: true } && node.CanStartWorkflow)
            {
                Add(new Problem(ProblemLevel.Error, "trigger-expression", node.Id, input.Name, $"« {input.DisplayName} » de « {node.Title} » doit être une valeur fixe : l'activité démarre le workflow, et rien ne peut encore être calculé."));
            }

            if (expression is not null)
            {
                var typeName = input.TypeName == "Object" && Property(json, input.Name) is JsonObject wrapped ? LenientJson.ToText(wrapped["typeName"]) ?? "Object" : input.TypeName;
                node.Inputs[i] = new BoundInput(input, expression, typeName);
            }
            else if (input.Required && count == _problems.Count)
            {
                Add(new Problem(ProblemLevel.Error, "missing-input", node.Id, input.Name, $"« {input.DisplayName} » est obligatoire dans « {node.Title} »."));
            }
        }

        node.HasInputs = Array.Exists(node.Inputs, b => b is { Descriptor.AutoEvaluate: true });
        if (node.HasInputs && Array.TrueForAll(node.Inputs, b => b is null or { IsConstant: true }))
        {
            node.ConstantInputs = [.. node.Inputs.Select(b => b?.Constant)];
        }
    }

    private CompiledExpression? InputExpression(JsonNode? value, InputDescriptor input, Node node)
    {
        var typeName = input.TypeName;
        if (value is JsonObject wrapped && input.IsWrapped)
        {
            if (typeName == "Object")
            {
                typeName = LenientJson.ToText(wrapped["typeName"]) ?? typeName;
            }

            return wrapped["expression"] is JsonObject expression ? Expression(expression, typeName, node, input.Name) : null;
        }

        return value is null ? null : new ConstantValue(Frozen(LenientJson.Coerce(value, typeName)));
    }

    /// <summary>A constant that the activity could not bind is refused here, not when a dossier meets it.</summary>
    private void Check(ConstantValue constant, InputDescriptor input, Node node, ActivityDescriptor descriptor)
    {
        if (constant.Value is null)
        {
            return;
        }

        if (descriptor.Code is null)
        {
            if (ConstantChecks.Refusal(descriptor.Type, input, constant.Value) is { } refusal)
            {
                Add(new Problem(ProblemLevel.Error, "bad-value", node.Id, input.Name, $"« {input.DisplayName} » de « {node.Title} » n'accepte pas la valeur {Shown(constant.Value)} : {refusal.TrimEnd('.')}."));
            }

            return;
        }

        try
        {
            descriptor.Code.Binder.Properties[descriptor.IndexOfInput(input.Name)].Read(constant.Value);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or InvalidOperationException or OverflowException or NotSupportedException)
        {
            Add(new Problem(ProblemLevel.Error, "bad-value", node.Id, input.Name, $"« {input.DisplayName} » de « {node.Title} » n'accepte pas la valeur {constant.Value.ToJsonString()} ({input.TypeName} attendu)."));
        }
    }

    private void BindOutputs(JsonObject json, Node node, ActivityDescriptor descriptor)
    {
        var bindings = new List<OutputBinding>();
        foreach (var output in descriptor.Outputs)
        {
            if (Property(json, output.Name) is not JsonObject bound || LenientJson.ToText((bound["memoryReference"] as JsonObject)?["id"]) is not { Length: > 0 } target)
            {
                continue;
            }

            if (FindVariable(node, target, null) is { } variable)
            {
                bindings.Add(new OutputBinding(output.Name, variable));
            }
            else if (!target.Contains(':', StringComparison.Ordinal))
            {
                // Elsa writes "node:output-0" for an output that is bound to nothing.
                Add(new Problem(ProblemLevel.Error, "unknown-variable", node.Id, output.Name, $"La sortie « {output.DisplayName} » de « {node.Title} » est rangée dans une variable qui n'existe pas."));
            }
        }

        node.Outputs = [.. bindings];
    }

    // Elsa's request activities end by the status they got; what sends the request is an effect like any other.
    private static HostNode Hosted(ActivityDescriptor descriptor) => descriptor.Type switch
    {
        "Elsa.SendHttpRequest" => new SendHttpNode(descriptor),
        "Elsa.FlowSendHttpRequest" => new FlowSendHttpNode(descriptor),
        _ => new HostNode(descriptor),
    };

    private JsonObject? UsedDefinition(JsonObject json, string type, int version, string id)
    {
        var definitionId = LenientJson.ToText(json["workflowDefinitionId"]);
        if (subDefinitions is null || (definitionId is null && registry.Find(type) is not null))
        {
            return null;
        }

        var used = subDefinitions(new SubDefinition(type, definitionId, LenientJson.ToText(json["workflowDefinitionVersionId"]), version));
        if (used is not null && (_open.Count >= MaxDepth || _open.Contains(new WorkflowDefinition(used).DefinitionId)))
        {
            Add(new Problem(ProblemLevel.Error, "recursive", id, null, $"La définition « {type} » s'utilise elle-même."));
            return null;
        }

        return used;
    }

    private static ActivityDescriptor Describe(JsonObject used, string type, int version) => new()
    {
        Type = type,
        Version = version,
        Title = new WorkflowDefinition(used).Name,
        Category = LenientJson.ToText((used["options"] as JsonObject)?["activityCategory"]) ?? "Workflows",
        Inputs = [.. Names(used["inputs"]).Select(i => new InputDescriptor(i.Name, i.Type))],
        Outputs = [.. Names(used["outputs"]).Select(o => new OutputDescriptor(o.Name, o.Type))],
    };

    private void ReadUsed(JsonObject used, Node node, ActivityDescriptor descriptor)
    {
        var composite = (CompositeNode)node.Behavior;
        composite.Outcomes = Texts(used["outcomes"]);
        composite.InputNames = [.. descriptor.Inputs.Select(i => i.Name)];
        if (used["root"] is JsonObject root)
        {
            _open.Push(new WorkflowDefinition(used).DefinitionId);
            composite.Body = Read(root, node, node.Key + ":");
            _open.Pop();
        }
    }

    private VariableSlot[] Variables(JsonNode? json, Node owner)
    {
        var slots = new List<VariableSlot>();
        foreach (var item in (json as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = LenientJson.ToText(item["name"]) ?? "";
            var typeName = LenientJson.ToText(item["typeName"]) ?? "Object";
            typeName = LenientJson.ToBoolean(item["isArray"]) ? typeName + "[]" : typeName;
            if (slots.Exists(s => s.Name == name))
            {
                Add(new Problem(ProblemLevel.Error, "duplicate-variable", owner.Id, null, $"La variable « {name} » est déclarée deux fois."));
                continue;
            }

            slots.Add(new VariableSlot(LenientJson.ToText(item["id"]) ?? name, name, typeName, Frozen(Default(item["value"], typeName))));
        }

        return [.. slots];
    }

    /// <summary>Studio writes the first value of a variable as text.</summary>
    private static JsonNode? Default(JsonNode? value, string typeName)
    {
        if (LenientJson.KindOf(value) != System.Text.Json.JsonValueKind.String || typeName == "String")
        {
            return value;
        }

        var text = value!.GetValue<string>();
        if (text.Length == 0)
        {
            return null;
        }

        var first = text.TrimStart()[0];
        return first is '{' or '[' && LenientJson.TryParse(text, out var parsed) ? parsed : LenientJson.Coerce(value, typeName);
    }

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

    // Elsa writes the .NET type name; the class says all.
    private ActivationStrategy Activation(JsonObject json)
    {
        var text = LenientJson.ToText((json["options"] as JsonObject)?["activationStrategyType"])?.Split(',')[0] ?? "";
        switch (text[(text.LastIndexOf('.') + 1)..])
        {
            case "" or "AllowAlwaysStrategy":
                return ActivationStrategy.Always;
            case "SingletonStrategy":
                return ActivationStrategy.Singleton;
            case "CorrelatedSingletonStrategy":
                return ActivationStrategy.CorrelatedSingleton;
            case "CorrelationStrategy":
                return ActivationStrategy.Correlation;
            default:
                Add(new Problem(ProblemLevel.Error, "activation-strategy", null, "options.activationStrategyType", $"La règle de démarrage « {text} » n'est pas connue."));
                return ActivationStrategy.Always;
        }
    }

    private List<TriggerInfo> Triggers()
    {
        var triggers = new List<TriggerInfo>();
        foreach (var node in _nodes)
        {
            if (node is { CanStartWorkflow: true, Descriptor.IsTrigger: true } && node.Key == node.Id)
            {
                var inputs = new JsonObject();
                foreach (var input in node.Inputs)
                {
                    if (input is { IsConstant: true })
                    {
                        inputs[NodeReader.CamelCase(input.Descriptor.Name)] = input.Constant?.DeepClone();
                    }
                }

                triggers.Add(new TriggerInfo(node.Id, node.Type, inputs));
            }
        }

        return triggers;
    }

    private static string Shown(JsonNode value) => value.ToJsonString() is { Length: > 80 } text ? text[..80] + "…" : value.ToJsonString();

    private static JsonNode? Property(JsonObject json, string name)
    {
        if (json.TryGetPropertyValue(NodeReader.CamelCase(name), out var value))
        {
            return value;
        }

        return json.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static IEnumerable<(string Name, string Type)> Names(JsonNode? json) =>
        (json as JsonArray ?? []).OfType<JsonObject>().Select(i => (LenientJson.ToText(i["name"]) ?? "", (LenientJson.ToText(i["type"]) ?? "Object") + (LenientJson.ToBoolean(i["isArray"]) ? "[]" : "")));

    private static string[] Texts(JsonNode? json) => [.. (json as JsonArray ?? []).Select(o => LenientJson.ToText(o) ?? "")];

    /// <summary>A free copy without lazily parsed parts: safe to read from many threads at once.</summary>
    private static JsonNode? Frozen(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                var copy = new JsonObject();
                foreach (var (name, value) in json)
                {
                    copy[name] = Frozen(value);
                }

                return copy;
            case JsonArray array:
                return new JsonArray([.. array.Select(Frozen)]);
            case null:
                return null;
            default:
                return node.GetValueKind() switch
                {
                    System.Text.Json.JsonValueKind.String => JsonValue.Create(node.GetValue<string>()),
                    System.Text.Json.JsonValueKind.True => JsonValue.Create(true),
                    System.Text.Json.JsonValueKind.False => JsonValue.Create(false),
                    System.Text.Json.JsonValueKind.Null => null,
                    _ => LenientJson.ToInt64(node) is { } whole and >= int.MinValue and <= int.MaxValue ? JsonValue.Create((int)whole) : node.DeepClone(),
                };
        }
    }

    /// <summary>Stands for an activity that is not known, so that the rest can be checked; never run.</summary>
    private sealed class UnknownNode : Execution.NodeBehavior
    {
        internal override IEnumerable<string>? PossibleOutcomes(Node node) => null;
    }
}
