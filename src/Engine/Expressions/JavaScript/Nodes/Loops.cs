using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary><c>while</c> (and <c>do … while</c> when the body comes first).</summary>
internal sealed class WhileStatement : Statement
{
    private readonly Expression _condition;
    private readonly Statement _body;
    private readonly bool _bodyFirst;

    public WhileStatement(Expression condition, Statement body, bool bodyFirst)
    {
        _condition = condition;
        _body = body;
        _bodyFirst = bodyFirst;
        Depth = DepthOver(condition, body);
    }

    public override Completion Execute(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Completion = default;
        for (var first = _bodyFirst; ; first = false)
        {
            runtime.Step();
            if (!first && !Operators.ToBoolean(_condition.Evaluate(frame)))
            {
                return Completion.Normal;
            }

            switch (_body.Execute(frame))
            {
                case Completion.Break: return Completion.Normal;
                case Completion.Return: return Completion.Return;
            }
        }
    }
}

internal sealed class ForStatement : Statement
{
    private readonly Locals? _locals;
    private readonly Statement? _start;
    private readonly Expression? _condition;
    private readonly Expression? _step;
    private readonly Statement _body;

    public ForStatement(Locals? locals, Statement? start, Expression? condition, Expression? step, Statement body)
    {
        _locals = locals;
        _start = start;
        _condition = condition;
        _step = step;
        _body = body;
        Depth = DepthOver(start, condition, step, body);
    }

    public override Completion Execute(Frame frame)
    {
        var runtime = frame.Runtime;
        _locals?.Enter(frame);
        _start?.Execute(frame);
        runtime.Completion = default;
        while (true)
        {
            runtime.Step();
            if (_condition is not null && !Operators.ToBoolean(_condition.Evaluate(frame)))
            {
                return Completion.Normal;
            }

            switch (_body.Execute(frame))
            {
                case Completion.Break: return Completion.Normal;
                case Completion.Return: return Completion.Return;
            }

            _locals?.NextTurn(frame);
            _step?.Evaluate(frame);
        }
    }
}

/// <summary><c>for (x of …)</c> and <c>for (x in …)</c>.</summary>
internal sealed class ForEachStatement : Statement
{
    private readonly Locals? _locals;
    private readonly Target _target;
    private readonly bool _declaring;
    private readonly Expression _source;
    private readonly Statement _body;
    private readonly bool _keys;

    public ForEachStatement(Locals? locals, Target target, bool declaring, Expression source, Statement body, bool keys)
    {
        _locals = locals;
        _target = target;
        _declaring = declaring;
        _source = source;
        _body = body;
        _keys = keys;
        Depth = DepthOver(target, source, body);
    }

    public override Completion Execute(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Completion = default;
        _locals?.Enter(frame); // so that the source cannot read the variable
        var source = _source.Evaluate(frame);
        runtime.Position = _source.Position;
        if (_keys)
        {
            source = KeysOf(source, runtime);
        }

        var each = new Iteration(source, runtime);
        while (each.Next(out var value))
        {
            _locals?.Enter(frame);
            _target.Assign(frame, value, _declaring);
            switch (_body.Execute(frame))
            {
                case Completion.Break: return Completion.Normal;
                case Completion.Return: return Completion.Return;
            }
        }

        return Completion.Normal;
    }

    private static JsValue KeysOf(JsValue source, Runtime runtime)
    {
        var holder = source.IsString ? Iteration.Characters(source.Text(runtime), runtime).Object : source.Object;
        return new JsValue(new JsArray(holder is null ? [] : [.. holder.Keys(runtime).Select(key => new JsValue(key))]));
    }
}
