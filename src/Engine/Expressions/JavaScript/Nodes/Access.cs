using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary><c>a.b</c>, <c>a[b]</c>, <c>a?.b</c>, <c>a?.[b]</c>.</summary>
internal sealed class MemberExpression : Expression
{
    public MemberExpression(Expression target, string? name, Expression? key, bool optional)
    {
        Target = target;
        Name = name;
        Key = key;
        Optional = optional;
        Methods = name is null ? null : MethodSet.Find(name);
        Depth = DepthOver(target, key);
    }

    public Expression Target { get; }
    public string? Name { get; }
    public Expression? Key { get; }
    public bool Optional { get; }

    /// <summary>What the name means as a method of the language.</summary>
    public MethodSet? Methods { get; }

    public override JsValue Evaluate(Frame frame)
    {
        var target = Target.Evaluate(frame);
        if (target.IsNullish && Optional)
        {
            return JsValue.ShortCircuit;
        }

        return target.IsShortCircuit ? target : Get(target, frame);
    }

    public JsValue Get(JsValue target, Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        if (Name is not null)
        {
            runtime.Position = Position;
            return Operators.GetMember(target, Name, runtime);
        }

        var key = Key!.Evaluate(frame);
        runtime.Position = Position;
        return Operators.GetIndex(target, key, runtime);
    }
}

/// <summary>The whole of a chain with a <c>?.</c> inside: the place where it becomes undefined.</summary>
internal sealed class OptionalChain : Expression
{
    public OptionalChain(Expression inner)
    {
        Inner = inner;
        Depth = DepthOver(inner);
    }

    public Expression Inner { get; }

    public override JsValue Evaluate(Frame frame)
    {
        var value = Inner.Evaluate(frame);
        return value.IsShortCircuit ? default : value;
    }
}

internal sealed class CallExpression : Expression
{
    private readonly Expression _callee;
    private readonly MemberExpression? _member;
    private readonly Expression[] _arguments;
    private readonly bool _optional;
    private readonly bool _spreads;

    public CallExpression(Expression callee, Expression[] arguments, bool optional)
    {
        _callee = callee;
        _member = callee as MemberExpression;
        _arguments = arguments;
        _optional = optional;
        _spreads = Array.Exists(arguments, argument => argument is SpreadElement);
        Depth = Math.Max(DepthOver(callee), DepthOver(arguments));
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        JsValue function;
        if (_member is null)
        {
            function = _callee.Evaluate(frame);
            if (function.IsShortCircuit)
            {
                return function;
            }
        }
        else
        {
            var self = _member.Target.Evaluate(frame);
            if (self.IsShortCircuit || (self.IsNullish && _member.Optional))
            {
                return JsValue.ShortCircuit;
            }

            // Methods of the language are called without making a function object; an own property of that name comes first.
            if (_member.Methods is { } methods && Operators.FindMethod(self, methods) is { } code
                && (self.Object is not { PropertyCount: > 0 } holder || !holder.Has(_member.Name!, runtime)))
            {
                return CallMethod(code, self, frame);
            }

            function = _member.Get(self, frame);
        }

        if (_optional && function.IsNullish)
        {
            return JsValue.ShortCircuit;
        }

        if (function.Object is Closure { Code.SimpleParameters: true } closure && !_spreads)
        {
            return CallClosure(closure, frame);
        }

        // What is called is looked at after its arguments, which may do something.
        var arguments = EvaluateArguments(_arguments, _spreads, frame);
        runtime.Position = Position;
        return function.Function is { } callable ? callable.Call(runtime, arguments) : throw runtime.TypeError($"{Shown()} n'est pas une fonction.");
    }

    public static JsValue[] EvaluateArguments(Expression[] expressions, bool spreads, Frame frame)
    {
        if (expressions.Length == 0)
        {
            return [];
        }

        if (!spreads)
        {
            frame.Runtime.Steps(expressions.Length >> 3);
            var values = new JsValue[expressions.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = expressions[i].Evaluate(frame);
            }

            return values;
        }

        var list = new ArrayExpression(expressions) { Position = expressions[0].Position }.Evaluate(frame).Array!;
        return list.Items.ToArray();
    }

    private JsValue CallMethod(NativeCode code, JsValue self, Frame frame)
    {
        var runtime = frame.Runtime;
        var arguments = EvaluateArguments(_arguments, _spreads, frame);
        runtime.Position = Position;
        runtime.Enter();
        var result = code(runtime, self, arguments);
        runtime.Depth--;
        return result;
    }

    private JsValue CallClosure(Closure closure, Frame frame)
    {
        var inner = new Frame(frame.Runtime, closure.Code.SlotCount, closure.Captures);
        var parameters = closure.Code.ParameterCount;
        for (var i = 0; i < _arguments.Length; i++)
        {
            var value = _arguments[i].Evaluate(frame);
            if (i < parameters)
            {
                inner.Slots[i] = value;
            }
        }

        frame.Runtime.Position = Position;
        return closure.Run(inner);
    }

    private string Shown() => _callee switch
    {
        NameExpression name => $"« {Operators.Short(name.Name)} »",
        MemberExpression { Name: { } name } => $"« {Operators.Short(name)} »",
        _ => "cette valeur"
    };
}

internal sealed class NewExpression : Expression
{
    private readonly Expression _callee;
    private readonly Expression[] _arguments;
    private readonly bool _spreads;

    public NewExpression(Expression callee, Expression[] arguments)
    {
        _callee = callee;
        _arguments = arguments;
        _spreads = Array.Exists(arguments, argument => argument is SpreadElement);
        Depth = Math.Max(DepthOver(callee), DepthOver(arguments));
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        var callee = _callee.Evaluate(frame);
        var arguments = CallExpression.EvaluateArguments(_arguments, _spreads, frame);
        runtime.Position = Position;
        if (callee.Object is NativeFunction { Construct: { } construct })
        {
            return construct(runtime, default, arguments);
        }

        throw runtime.TypeError("« new » ne s'applique ici qu'à Date, Array, Object et aux erreurs (Error, TypeError…).");
    }
}
