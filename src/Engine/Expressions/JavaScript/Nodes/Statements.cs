using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

internal enum Completion
{
    Normal,
    Break,
    Continue,
    Return
}

internal abstract class Statement : Node
{
    public abstract Completion Execute(Frame frame);
}

internal sealed class EmptyStatement : Statement
{
    public override Completion Execute(Frame frame) => Completion.Normal;
}

/// <summary>At the top level its value is the value of the script, unless another one follows.</summary>
internal sealed class ExpressionStatement : Statement
{
    private readonly Expression _expression;

    public ExpressionStatement(Expression expression)
    {
        _expression = expression;
        Depth = DepthOver(expression);
    }

    public override Completion Execute(Frame frame)
    {
        frame.Runtime.Step();
        frame.Runtime.Completion = _expression.Evaluate(frame);
        return Completion.Normal;
    }
}

/// <summary>The let, const and function declarations of a block, made anew at each entry.</summary>
internal sealed class Locals(BlockScope scope, (NameExpression Name, FunctionExpression Function)[] functions)
{
    private (int Slot, bool Captured)[] _slots = [];

    public void Settle() => _slots = [.. scope.Lexicals.Select(variable => (variable.Slot, variable.Captured))];

    public void Enter(Frame frame)
    {
        foreach (var (slot, captured) in _slots)
        {
            frame.Slots[slot] = captured ? new JsValue(new Cell(JsValue.Uninitialised)) : JsValue.Uninitialised;
        }

        foreach (var (name, function) in functions)
        {
            name.Assign(frame, function.Evaluate(frame), declaring: true);
        }
    }

    /// <summary>A closure made in one turn of a loop keeps the variables of that turn.</summary>
    public void NextTurn(Frame frame)
    {
        foreach (var (slot, captured) in _slots)
        {
            if (captured)
            {
                frame.Slots[slot] = new JsValue(new Cell(frame.Slots[slot].Cell.Value));
            }
        }
    }
}

internal sealed class Block : Statement
{
    private readonly Locals? _locals;
    private readonly Statement[] _statements;

    public Block(Locals? locals, Statement[] statements)
    {
        _locals = locals;
        _statements = statements;
        Depth = DepthOver(statements);
    }

    public override Completion Execute(Frame frame)
    {
        _locals?.Enter(frame);
        foreach (var statement in _statements)
        {
            var completion = statement.Execute(frame);
            if (completion != Completion.Normal)
            {
                return completion;
            }
        }

        return Completion.Normal;
    }
}

internal sealed class DeclarationStatement : Statement
{
    private readonly (Target Target, Expression? Value)[] _declarations;
    private readonly bool _var;

    public DeclarationStatement((Target Target, Expression? Value)[] declarations, bool isVar)
    {
        _declarations = declarations;
        _var = isVar;
        foreach (var (target, value) in declarations)
        {
            Depth = Math.Max(Depth, DepthOver(target, value));
        }
    }

    public override Completion Execute(Frame frame)
    {
        foreach (var (target, value) in _declarations)
        {
            frame.Runtime.Step();
            if (value is not null || !_var)
            {
                target.Assign(frame, value is null ? default : value.Evaluate(frame), declaring: true);
            }
        }

        return Completion.Normal;
    }
}

/// <summary>All branches of an <c>if … else if … else</c>: a long ladder is not a deep tree.</summary>
internal sealed class IfStatement : Statement
{
    private readonly (Expression Condition, Statement Then)[] _branches;
    private readonly Statement? _else;

    public IfStatement((Expression Condition, Statement Then)[] branches, Statement? otherwise)
    {
        _branches = branches;
        _else = otherwise;
        Depth = DepthOver(otherwise);
        foreach (var (condition, then) in branches)
        {
            Depth = Math.Max(Depth, DepthOver(condition, then));
        }
    }

    public override Completion Execute(Frame frame)
    {
        frame.Runtime.Completion = default;
        foreach (var (condition, then) in _branches)
        {
            frame.Runtime.Step();
            if (Operators.ToBoolean(condition.Evaluate(frame)))
            {
                return then.Execute(frame);
            }
        }

        return _else?.Execute(frame) ?? Completion.Normal;
    }
}

internal sealed class ReturnStatement : Statement
{
    private readonly Expression? _value;

    public ReturnStatement(Expression? value)
    {
        _value = value;
        Depth = DepthOver(value);
    }

    public override Completion Execute(Frame frame)
    {
        frame.Runtime.Step();
        frame.Returned = _value is null ? default : _value.Evaluate(frame);
        return Completion.Return;
    }
}

internal sealed class JumpStatement(Completion completion) : Statement
{
    public override Completion Execute(Frame frame) => completion;
}

internal sealed class ThrowStatement : Statement
{
    private readonly Expression _value;

    public ThrowStatement(Expression value)
    {
        _value = value;
        Depth = DepthOver(value);
    }

    public override Completion Execute(Frame frame)
    {
        var value = _value.Evaluate(frame);
        throw new JsThrow(value, Position);
    }
}

internal sealed class TryStatement : Statement
{
    /// <summary>A .NET exception costs about as much as this many operations.</summary>
    private const int Cost = 200;

    private readonly Block _body;
    private readonly Locals? _catchLocals;
    private readonly Target? _caught;
    private readonly Block? _catch;
    private readonly Block? _finally;

    public TryStatement(Block body, Locals? catchLocals, Target? caught, Block? handler, Block? final)
    {
        _body = body;
        _catchLocals = catchLocals;
        _caught = caught;
        _catch = handler;
        _finally = final;
        Depth = DepthOver(body, caught, handler, final);
    }

    public override Completion Execute(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Completion = default;
        if (_finally is null)
        {
            return Guarded(frame);
        }

        var depth = runtime.Depth;
        JsThrow? pending = null;
        var completion = Completion.Normal;
        try
        {
            completion = Guarded(frame);
        }
        catch (JsThrow thrown)
        {
            pending = thrown;
            runtime.Depth = depth;
            runtime.Steps(Cost);
        }

        var (value, returned) = (runtime.Completion, frame.Returned);
        var after = _finally.Execute(frame);
        if (after != Completion.Normal)
        {
            return after;
        }

        (runtime.Completion, frame.Returned) = (value, returned);
        return pending is null ? completion : throw new JsThrow(pending.Value, pending.Position);
    }

    private Completion Guarded(Frame frame)
    {
        if (_catch is null)
        {
            return _body.Execute(frame);
        }

        var runtime = frame.Runtime;
        var depth = runtime.Depth;
        JsValue error;
        try
        {
            return _body.Execute(frame);
        }
        catch (JsThrow thrown)
        {
            error = thrown.Value;
        }

        runtime.Depth = depth;
        runtime.Steps(Cost);
        runtime.Completion = default;
        _catchLocals?.Enter(frame);
        _caught?.Assign(frame, error, declaring: true);
        return _catch.Execute(frame);
    }
}

internal sealed class SwitchStatement : Statement
{
    private readonly Expression _subject;
    private readonly Locals _locals;
    private readonly (Expression? Test, Statement[] Body)[] _cases;

    public SwitchStatement(Expression subject, Locals locals, (Expression? Test, Statement[] Body)[] cases)
    {
        _subject = subject;
        _locals = locals;
        _cases = cases;
        Depth = DepthOver(subject);
        foreach (var (test, body) in cases)
        {
            Depth = Math.Max(Depth, Math.Max(DepthOver(test), DepthOver(body)));
        }
    }

    public override Completion Execute(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Completion = default;
        var subject = _subject.Evaluate(frame);
        _locals.Enter(frame);
        var start = -1;
        for (var i = 0; i < _cases.Length && start < 0; i++)
        {
            runtime.Step();
            if (_cases[i].Test is { } test && Operators.StrictEquals(subject, test.Evaluate(frame), runtime))
            {
                start = i;
            }
        }

        if (start < 0)
        {
            start = Array.FindIndex(_cases, one => one.Test is null);
        }

        for (var i = start; i >= 0 && i < _cases.Length; i++)
        {
            foreach (var statement in _cases[i].Body)
            {
                var completion = statement.Execute(frame);
                if (completion != Completion.Normal)
                {
                    return completion == Completion.Break ? Completion.Normal : completion;
                }
            }
        }

        return Completion.Normal;
    }
}
