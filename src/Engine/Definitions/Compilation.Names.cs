using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// Names that scripts use and nothing declares: only a warning, because Elsa answers null for a variable that does not exist and makes one that is given a value.
internal sealed partial class Compilation
{
    private void CheckNames()
    {
        var made = _uses.Where(u => u.Use.Kind == NameUseKind.VariableSet).Select(u => u.Use.Name).Concat(Dynamic).Concat(ItemNames()).ToHashSet(StringComparer.Ordinal);
        foreach (var (node, property, use) in _uses)
        {
            if (use.Kind == NameUseKind.Variable && !made.Contains(use.Name) && !HasVariable(node, use.Name))
            {
                Add(new Problem(ProblemLevel.Warning, "unknown-name", node.Id, property, $"« {node.Title} » lit la variable « {use.Name} », qui n'existe pas à cet endroit : sa valeur sera vide."));
            }
            else if (use.Kind == NameUseKind.Function && LooksGenerated(use.Name) && !IsAccessor(node, use.Name, made))
            {
                Add(new Problem(ProblemLevel.Warning, "unknown-name", node.Id, property, $"« {node.Title} » appelle {use.Name}(), mais aucune variable, entrée ou sortie ne porte ce nom."));
            }
        }
    }

    private static bool LooksGenerated(string name) =>
        name.Length > 3 && name[..3] is "get" or "set" && (char.IsUpper(name[3]) || char.IsDigit(name[3])) && !JavaScriptFunctions.LikeAccessors.Contains(name);

    private bool IsAccessor(Node node, string name, HashSet<string> made)
    {
        var subject = name[3..];
        var camel = NodeReader.CamelCase(subject);
        if (made.Contains(subject) || made.Contains(camel) || HasVariable(node, subject) || HasVariable(node, camel))
        {
            return true;
        }

        return name.StartsWith("get", StringComparison.Ordinal)
            && (Enclosing(node).InputNames.Contains(subject, StringComparer.OrdinalIgnoreCase)
                || _nodes.Exists(other => other.Descriptor?.Outputs.Any(output => RunContext.OutputAccessor(other, output.Name) == name) == true));
    }

    private static bool HasVariable(Node node, string name)
    {
        for (var scope = node; scope is not null; scope = scope.Parent)
        {
            if (Array.Exists(scope.Variables, v => v.Name == name) || scope.Parent is not null && scope.Behavior is CompositeNode composite && composite.InputNames.Contains(name, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Names under which bulk dispatches give an item to their correlation function.</summary>
    private IEnumerable<string> ItemNames() =>
        _nodes.Where(n => n.Type == "Elsa.BulkDispatchWorkflows").Select(n => n.Descriptor is { } d && n.Inputs.ElementAtOrDefault(d.IndexOfInput("DefaultItemInputKey")) is { IsConstant: true } key ? LenientJson.ToText(key.Constant) ?? "Item" : "Item");
}
