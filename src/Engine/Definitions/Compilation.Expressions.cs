using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// What a property holds: a literal, JSON, a variable, an input, or a script.
internal sealed partial class Compilation
{
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
            var compiled = language.Compile(source);
            _uses.AddRange(compiled.Uses.Select(use => (node, property, use)));
            return compiled;
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

        // What a definition used as an activity is given comes from around it.
        if (FindVariable(node.Behavior.IsComposite && node.Parent is { } around ? around : node, id, name) is { } variable)
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
}
