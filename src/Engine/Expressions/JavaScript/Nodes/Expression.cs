using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary>A parsed script is a tree of these; they hold no state of an evaluation. <see cref="Depth"/> bounds the recursion of Evaluate.</summary>
internal abstract class Node
{
    /// <summary>Offset in the source.</summary>
    public required int Position { get; init; }

    public int Depth { get; protected init; } = 1;

    protected static int DepthOver(params ReadOnlySpan<Node?> children)
    {
        var depth = 0;
        foreach (var child in children)
        {
            depth = Math.Max(depth, child?.Depth ?? 0);
        }

        return depth + 1;
    }
}

internal abstract class Expression : Node
{
    public abstract JsValue Evaluate(Frame frame);
}

internal sealed class ConstantExpression(JsValue value) : Expression
{
    public JsValue Value { get; } = value;

    public override JsValue Evaluate(Frame frame) => Value;
}

internal sealed class TemplateExpression : Expression
{
    private readonly JsValue[] _texts;
    private readonly Expression[] _parts;

    public TemplateExpression(string[] texts, Expression[] parts)
    {
        _texts = Array.ConvertAll(texts, text => new JsValue(text));
        _parts = parts;
        Depth = DepthOver(parts);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        var result = _texts[0];
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i].Evaluate(frame);
            runtime.Position = Position;
            result = Rope.Concat(result, Operators.ToTextValue(part, runtime), runtime);
            result = Rope.Concat(result, _texts[i + 1], runtime);
        }

        return result;
    }
}

internal sealed class SpreadElement : Expression
{
    public SpreadElement(Expression source)
    {
        Source = source;
        Depth = DepthOver(source);
    }

    public Expression Source { get; }

    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("A spread is evaluated by what contains it.");
}

internal sealed class ArrayExpression : Expression
{
    private readonly Expression?[] _items;

    public ArrayExpression(Expression?[] items)
    {
        _items = items;
        Depth = DepthOver(items);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Steps(1 + (_items.Length >> 2));
        runtime.Allocate(4);
        var array = new JsArray();
        foreach (var item in _items)
        {
            if (item is SpreadElement spread)
            {
                var source = spread.Source.Evaluate(frame);
                runtime.Position = spread.Position;
                var each = new Iteration(source, runtime);
                while (each.Next(out var value))
                {
                    array.Add(value, runtime);
                }
            }
            else
            {
                array.Add(item is null ? default : item.Evaluate(frame), runtime);
            }
        }

        return new JsValue(array);
    }
}

internal readonly record struct ObjectMember(string? Name, Expression? ComputedName, Expression Value);

internal sealed class ObjectExpression : Expression
{
    private readonly ObjectMember[] _members;

    public ObjectExpression(ObjectMember[] members)
    {
        _members = members;
        foreach (var member in members)
        {
            Depth = Math.Max(Depth, DepthOver(member.ComputedName, member.Value));
        }
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        runtime.Allocate(4);
        var made = new JsObject();
        foreach (var member in _members)
        {
            runtime.Step();
            if (member.Value is SpreadElement spread)
            {
                var source = spread.Source.Evaluate(frame);
                runtime.Position = spread.Position;
                CopyMembers(source, made, [], runtime);
                continue;
            }

            var name = member.Name ?? Operators.PropertyKey(member.ComputedName!.Evaluate(frame), runtime);
            made.Set(name, member.Value.Evaluate(frame), runtime);
        }

        return new JsValue(made);
    }

    public static void CopyMembers(JsValue source, JsObject into, HashSet<string> except, Runtime runtime)
    {
        if (source.IsString)
        {
            source = Iteration.Characters(source.Text(runtime), runtime);
        }

        if (source.Object is { } from)
        {
            foreach (var name in from.Keys(runtime))
            {
                if (!except.Contains(name))
                {
                    runtime.Step();
                    into.Set(name, from.Get(name, runtime), runtime);
                }
            }
        }
    }
}
