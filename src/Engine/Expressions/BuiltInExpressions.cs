using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Expressions;

/// <summary>A value known when the definition is compiled.</summary>
internal sealed class ConstantValue(JsonNode? value) : CompiledExpression
{
    internal JsonNode? Value { get; } = value;

    public override JsonNode? Evaluate(ExpressionContext context) => Value;
}

/// <summary>A variable whose declaration is not known statically (a loop's <c>CurrentValue</c>).</summary>
internal sealed class NamedVariableExpression(string name) : CompiledExpression
{
    public override JsonNode? Evaluate(ExpressionContext context) => context.TryGetVariable(name, out var value) ? value : null;
}

/// <summary>An input of the workflow (or of the definition used as an activity).</summary>
internal sealed class InputExpression(string name) : CompiledExpression
{
    public override JsonNode? Evaluate(ExpressionContext context) => context.TryGetInput(name, out var value) ? value : null;
}
