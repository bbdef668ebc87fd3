using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// What a definition declares besides its nodes: variables, how it starts.
internal sealed partial class Compilation
{
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

    private VariableSlot[] Variables(JsonNode? json, Node owner)
    {
        var slots = new List<VariableSlot>();
        var unnamed = 0;
        foreach (var item in (json as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = LenientJson.ToText(item["name"]) is { } given && !string.IsNullOrWhiteSpace(given) ? given : $"Variable{++unnamed}";
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
}
