using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Execution;

// Inputs, variables, outputs. Values are never changed in place, so they may be shared; what enters a document (state, journal, output) is cloned.
internal sealed partial class Run
{
    private const string ResultOutput = "Result";
    private const string Hidden = "***";

    internal JsonNode? Evaluate(CompiledExpression expression, Exec exec) => _context.Evaluate(expression, exec, null);

    internal JsonNode? Evaluate(CompiledExpression expression, Exec exec, out IReadOnlyList<string>? outcomes)
    {
        _context.Outcomes = null;
        var value = _context.Evaluate(expression, exec, null);
        outcomes = _context.Outcomes;
        return value;
    }

    internal JsonNode? Evaluate(BoundInput input, Exec exec) =>
        input.IsConstant ? input.Constant : LenientJson.Coerce(_context.Evaluate(input.Expression, exec, null), input.TypeName);

    internal JsonNode? EvaluateWith(BoundInput input, Exec exec, LoopVariables more) =>
        input.IsConstant ? input.Constant : LenientJson.Coerce(_context.Evaluate(input.Expression, exec, more), input.TypeName);

    internal static JsonNode? Read(Exec exec, VariableRef variable)
    {
        for (var scope = exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Node == variable.Owner)
            {
                return scope.Variables![variable.Slot];
            }
        }

        return null;
    }

    internal static void Write(Exec exec, VariableRef variable, JsonNode? value)
    {
        for (var scope = exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Node == variable.Owner)
            {
                scope.Variables![variable.Slot] = LenientJson.Coerce(value, variable.Declaration.TypeName);
                return;
            }
        }
    }

    /// <summary>An output of this run: kept for expressions, the journal and the variable it is bound to.</summary>
    internal void SetOutput(Exec exec, string name, JsonNode? value)
    {
        foreach (var binding in exec.Node.Outputs)
        {
            if (!string.Equals(binding.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (binding.Target is { } variable)
            {
                Write(exec, variable, value);
            }
            else
            {
                SetResult(exec, binding.Result!, value);
            }
        }

        (exec.Produced ??= [])[name] = value?.DeepClone();
    }

    internal void SetOutputs(Exec exec, JsonObject? outputs)
    {
        foreach (var (name, value) in outputs ?? [])
        {
            var descriptor = exec.Node.Descriptor?.Outputs.FirstOrDefault(o => string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase));
            SetOutput(exec, descriptor?.Name ?? name, value);
        }
    }

    /// <summary>A result of the definition that contains the execution.</summary>
    internal void SetResult(Exec exec, string name, JsonNode? value)
    {
        for (var scope = exec.Parent; scope is not null; scope = scope.Parent)
        {
            if (!scope.Node.Behavior.IsComposite)
            {
                continue;
            }

            if (scope.Parent is null)
            {
                Instance.Output[name] = value?.DeepClone();
            }
            else
            {
                (scope.Results ??= [])[name] = value?.DeepClone();
            }

            return;
        }
    }

    /// <summary>Inputs as an effect receives them: frozen, by camel-case name.</summary>
    internal static JsonObject InputsAsJson(Exec exec)
    {
        var json = new JsonObject();
        var descriptors = exec.Node.Descriptor!.Inputs;
        for (var i = 0; i < descriptors.Count; i++)
        {
            if (exec.Inputs?[i] is { } value)
            {
                json[NodeReader.CamelCase(descriptors[i].Name)] = value.DeepClone();
            }
        }

        return json;
    }

    private void EvaluateInputs(Exec exec)
    {
        var node = exec.Node;
        if (node.ConstantInputs is { } constants)
        {
            exec.Inputs = constants;
            return;
        }

        // A definition used as an activity gets its inputs from where it is used.
        var scope = node.Behavior.IsComposite ? exec.Parent! : exec;
        var values = new JsonNode?[node.Inputs.Length];
        exec.Inputs = values;
        for (var i = 0; i < values.Length; i++)
        {
            if (node.Inputs[i] is { } input && input.Descriptor.AutoEvaluate)
            {
                values[i] = Evaluate(input, scope);
            }
        }
    }

    private static void OverrideInputs(Exec exec, JsonObject changed)
    {
        var descriptors = exec.Node.Descriptor?.Inputs ?? [];
        var values = exec.Inputs is null ? new JsonNode?[descriptors.Count] : (JsonNode?[])exec.Inputs.Clone();
        for (var i = 0; i < descriptors.Count; i++)
        {
            foreach (var (name, value) in changed)
            {
                if (string.Equals(name, descriptors[i].Name, StringComparison.OrdinalIgnoreCase))
                {
                    values[i] = value?.DeepClone();
                }
            }
        }

        exec.Inputs = values;
    }

    private static void DeclareVariables(Exec exec)
    {
        var slots = exec.Node.Variables;
        exec.Variables = new JsonNode?[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            exec.Variables[i] = slots[i].Default;
        }
    }

    /// <summary>Outputs become readable by the activities beside it; those of what it contained too.</summary>
    private void PublishOutputs(Exec exec)
    {
        if (exec.Produced is { } produced)
        {
            (exec.Parent!.Outputs ??= [])[exec.Node] = produced;
            if (produced.TryGetPropertyValue(ResultOutput, out var result) || exec.Node.Descriptor?.Outputs is [var first, ..] && produced.TryGetPropertyValue(first.Name, out result))
            {
                _lastResult = result;
            }
        }

        if (exec.Outputs is { } inner && !exec.Node.Behavior.IsComposite)
        {
            var target = exec.Parent!.Outputs ??= [];
            foreach (var (node, outputs) in inner)
            {
                target[node] = outputs;
            }
        }
    }

    private JsonObject? StartedData(Exec exec)
    {
        if (_journal < JournalLevel.Full || exec.Inputs is null || exec.Node.Descriptor is not { } descriptor)
        {
            return null;
        }

        var data = new JsonObject();
        for (var i = 0; i < exec.Inputs.Length && i < descriptor.Inputs.Count; i++)
        {
            if (exec.Inputs[i] is { } value && exec.Node.UnloggedInputs?[i] is not true)
            {
                data[descriptor.Inputs[i].Name] = descriptor.Inputs[i].IsSensitive ? Hidden : value.DeepClone();
            }
        }

        return data;
    }

    private JsonObject? CompletedData(Exec exec)
    {
        if (_journal < JournalLevel.Full || exec.Produced is not { } produced)
        {
            return null;
        }

        var data = (JsonObject)produced.DeepClone();
        foreach (var name in exec.Node.UnloggedOutputs ?? [])
        {
            data.Remove(name);
        }

        return data;
    }
}
