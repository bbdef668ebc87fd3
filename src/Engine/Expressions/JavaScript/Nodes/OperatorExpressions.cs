using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

internal enum BinaryOperator
{
    Add, Subtract, Multiply, Divide, Remainder, Power,
    Less, LessOrEqual, Greater, GreaterOrEqual,
    Equal, NotEqual, StrictEqual, StrictNotEqual,
    And, Or, Xor, ShiftLeft, ShiftRight, ShiftRightUnsigned,
    In, InstanceOf
}

internal static class Binary
{
    public static JsValue Apply(BinaryOperator operation, JsValue a, JsValue b, Runtime runtime)
    {
        switch (operation)
        {
            case BinaryOperator.Add:
                return Operators.Add(a, b, runtime);
            case BinaryOperator.Subtract:
                return new JsValue(Operators.ToNumber(a, runtime) - Operators.ToNumber(b, runtime));
            case BinaryOperator.Multiply:
                return new JsValue(Operators.ToNumber(a, runtime) * Operators.ToNumber(b, runtime));
            case BinaryOperator.Divide:
                return new JsValue(Operators.ToNumber(a, runtime) / Operators.ToNumber(b, runtime));
            case BinaryOperator.Remainder:
                return new JsValue(Operators.ToNumber(a, runtime) % Operators.ToNumber(b, runtime));
            case BinaryOperator.Power:
                return new JsValue(Operators.Power(Operators.ToNumber(a, runtime), Operators.ToNumber(b, runtime)));
            case BinaryOperator.Less:
                return JsValue.Of(Operators.Compare(a, b, runtime) < 0);
            case BinaryOperator.LessOrEqual:
                return JsValue.Of(Operators.Compare(a, b, runtime) <= 0);
            case BinaryOperator.Greater:
                return JsValue.Of(Operators.Compare(a, b, runtime) > 0);
            case BinaryOperator.GreaterOrEqual:
                return JsValue.Of(Operators.Compare(a, b, runtime) >= 0);
            case BinaryOperator.Equal:
                return JsValue.Of(Operators.LooseEquals(a, b, runtime));
            case BinaryOperator.NotEqual:
                return JsValue.Of(!Operators.LooseEquals(a, b, runtime));
            case BinaryOperator.StrictEqual:
                return JsValue.Of(Operators.StrictEquals(a, b, runtime));
            case BinaryOperator.StrictNotEqual:
                return JsValue.Of(!Operators.StrictEquals(a, b, runtime));
            case BinaryOperator.In:
                return In(a, b, runtime);
            case BinaryOperator.InstanceOf:
                return InstanceOf(a, b, runtime);
            default:
                return Bits(operation, Operators.ToInt32(Operators.ToNumber(a, runtime)), Operators.ToInt32(Operators.ToNumber(b, runtime)));
        }
    }

    private static JsValue Bits(BinaryOperator operation, int a, int b) => new((double)(operation switch
    {
        BinaryOperator.And => a & b,
        BinaryOperator.Or => a | b,
        BinaryOperator.Xor => a ^ b,
        BinaryOperator.ShiftLeft => a << (b & 31),
        BinaryOperator.ShiftRight => a >> (b & 31),
        _ => (double)((uint)a >> (b & 31))
    }));

    private static JsValue In(JsValue key, JsValue target, Runtime runtime)
    {
        if (target.Object is not { } holder)
        {
            throw runtime.TypeError("« in » demande un objet à droite.");
        }

        return JsValue.Of(holder.Has(Operators.PropertyKey(key, runtime), runtime));
    }

    private static JsValue InstanceOf(JsValue value, JsValue type, Runtime runtime)
    {
        if (type.Object is not NativeFunction { IsInstance: { } test })
        {
            throw runtime.TypeError("« instanceof » ne s'applique ici qu'à Date, Array, Object, Function et aux erreurs.");
        }

        return JsValue.Of(value.Object is { } target && test(target));
    }
}

internal sealed class BinaryExpression : Expression
{
    private readonly BinaryOperator _operation;
    private readonly Expression _left;
    private readonly Expression _right;

    public BinaryExpression(BinaryOperator operation, Expression left, Expression right)
    {
        _operation = operation;
        _left = left;
        _right = right;
        Depth = DepthOver(left, right);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var a = _left.Evaluate(frame);
        var b = _right.Evaluate(frame);
        var runtime = frame.Runtime;
        runtime.Step();
        if (a.IsNumber && b.IsNumber)
        {
            double x = a.Number, y = b.Number;
            switch (_operation)
            {
                case BinaryOperator.Add: return new JsValue(x + y);
                case BinaryOperator.Subtract: return new JsValue(x - y);
                case BinaryOperator.Multiply: return new JsValue(x * y);
                case BinaryOperator.Divide: return new JsValue(x / y);
                case BinaryOperator.Less: return JsValue.Of(x < y);
                case BinaryOperator.LessOrEqual: return JsValue.Of(x <= y);
                case BinaryOperator.Greater: return JsValue.Of(x > y);
                case BinaryOperator.GreaterOrEqual: return JsValue.Of(x >= y);
                case BinaryOperator.Equal or BinaryOperator.StrictEqual: return JsValue.Of(x == y);
                case BinaryOperator.NotEqual or BinaryOperator.StrictNotEqual: return JsValue.Of(x != y);
            }
        }

        runtime.Position = Position;
        return Binary.Apply(_operation, a, b, runtime);
    }
}

/// <summary><c>a + b - c + …</c> evaluated in a loop: a long concatenation is not a deep tree.</summary>
internal sealed class BinaryChain : Expression
{
    private readonly BinaryOperator[] _operations;
    private readonly Expression[] _operands;

    public BinaryChain(BinaryOperator[] operations, Expression[] operands)
    {
        _operations = operations;
        _operands = operands;
        Depth = DepthOver(operands);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        var value = _operands[0].Evaluate(frame);
        for (var i = 0; i < _operations.Length; i++)
        {
            var next = _operands[i + 1].Evaluate(frame);
            runtime.Step();
            runtime.Position = Position;
            value = Binary.Apply(_operations[i], value, next, runtime);
        }

        return value;
    }
}

internal enum LogicalOperator
{
    And,
    Or,
    Coalesce
}

internal sealed class LogicalExpression : Expression
{
    private readonly LogicalOperator _operation;
    private readonly Expression[] _operands;

    public LogicalExpression(LogicalOperator operation, Expression[] operands)
    {
        _operation = operation;
        _operands = operands;
        Depth = DepthOver(operands);
    }

    public static bool Stops(LogicalOperator operation, JsValue value) => operation switch
    {
        LogicalOperator.And => !Operators.ToBoolean(value),
        LogicalOperator.Or => Operators.ToBoolean(value),
        _ => !value.IsNullish
    };

    public override JsValue Evaluate(Frame frame)
    {
        frame.Runtime.Step();
        var value = _operands[0].Evaluate(frame);
        for (var i = 1; i < _operands.Length && !Stops(_operation, value); i++)
        {
            value = _operands[i].Evaluate(frame);
        }

        return value;
    }
}

internal sealed class ConditionalExpression : Expression
{
    private readonly Expression _condition;
    private readonly Expression _then;
    private readonly Expression _else;

    public ConditionalExpression(Expression condition, Expression then, Expression otherwise)
    {
        _condition = condition;
        _then = then;
        _else = otherwise;
        Depth = DepthOver(condition, then, otherwise);
    }

    public override JsValue Evaluate(Frame frame)
    {
        frame.Runtime.Step();
        return Operators.ToBoolean(_condition.Evaluate(frame)) ? _then.Evaluate(frame) : _else.Evaluate(frame);
    }
}

internal sealed class SequenceExpression : Expression
{
    private readonly Expression[] _items;

    public SequenceExpression(Expression[] items)
    {
        _items = items;
        Depth = DepthOver(items);
    }

    public override JsValue Evaluate(Frame frame)
    {
        frame.Runtime.Steps(_items.Length);
        JsValue value = default;
        foreach (var item in _items)
        {
            value = item.Evaluate(frame);
        }

        return value;
    }
}

internal enum UnaryOperator
{
    Not,
    Minus,
    Plus,
    Complement,
    TypeOf,
    Void,
    Delete
}

internal sealed class UnaryExpression : Expression
{
    private readonly UnaryOperator _operation;
    private readonly Expression _operand;

    public UnaryExpression(UnaryOperator operation, Expression operand)
    {
        _operation = operation;
        _operand = operand;
        Depth = DepthOver(operand);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        switch (_operation)
        {
            case UnaryOperator.Delete:
                return Delete(frame);
            case UnaryOperator.TypeOf:
                var subject = _operand is NameExpression name ? name.EvaluateOrUndefined(frame) : _operand.Evaluate(frame);
                return new JsValue(Operators.TypeOf(subject));
        }

        var value = _operand.Evaluate(frame);
        runtime.Position = Position;
        return _operation switch
        {
            UnaryOperator.Not => JsValue.Of(!Operators.ToBoolean(value)),
            UnaryOperator.Minus => new JsValue(-Operators.ToNumber(value, runtime)),
            UnaryOperator.Plus => new JsValue(Operators.ToNumber(value, runtime)),
            UnaryOperator.Complement => new JsValue(~Operators.ToInt32(Operators.ToNumber(value, runtime))),
            _ => default
        };
    }

    private JsValue Delete(Frame frame)
    {
        var runtime = frame.Runtime;
        if (_operand is not MemberExpression member)
        {
            _operand.Evaluate(frame);
            return JsValue.True;
        }

        var target = member.Target.Evaluate(frame);
        var name = member.Name ?? Operators.PropertyKey(member.Key!.Evaluate(frame), runtime);
        runtime.Position = Position;
        if (target.IsNullish)
        {
            throw Operators.Unreadable(target, name, runtime);
        }

        target.Object?.Delete(name, runtime);
        return JsValue.True;
    }
}
