using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// Inputs and outputs of a node, bound to its descriptor and checked.
internal sealed partial class Compilation
{
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

    /// <summary>The definition that a node is part of.</summary>
    private static CompositeNode Enclosing(Node node)
    {
        var owner = node.Parent!;
        while (!owner.Behavior.IsComposite)
        {
            owner = owner.Parent!;
        }

        return (CompositeNode)owner.Behavior;
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

            // Elsa looks among the variables first; an output of the definition is named by its name.
            if (FindVariable(node.Parent!, target, null) is { } variable)
            {
                bindings.Add(new OutputBinding(output.Name, variable));
            }
            else if (Enclosing(node).OutputNames.Contains(target, StringComparer.Ordinal))
            {
                bindings.Add(new OutputBinding(output.Name, null) { Result = target });
            }
            else if (!target.Contains(':', StringComparison.Ordinal))
            {
                // Elsa writes "node:output-0" for an output that is bound to nothing.
                Add(new Problem(ProblemLevel.Error, "unknown-variable", node.Id, output.Name, $"La sortie « {output.DisplayName} » de « {node.Title} » est rangée dans une variable qui n'existe pas."));
            }
        }

        node.Outputs = [.. bindings];
    }
}
