using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Nodes;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

internal delegate JsValue NativeCode(Runtime runtime, JsValue self, JsValue[] args);

internal abstract class JsFunction(string name) : JsObject
{
    public string Name { get; } = name;

    public override string TypeOf => "function";

    public abstract JsValue Call(Runtime runtime, JsValue[] args);
}

/// <summary>A function of the language itself; shared by all evaluations, hence frozen.</summary>
internal sealed class NativeFunction : JsFunction
{
    private readonly NativeCode _code;

    public NativeFunction(string name, NativeCode code, NativeCode? construct = null, Func<JsObject, bool>? isInstance = null, params (string Name, JsValue Value)[] members)
        : base(name)
    {
        _code = code;
        Construct = construct;
        IsInstance = isInstance;
        AddShared(members);
    }

    public NativeCode? Construct { get; }

    public Func<JsObject, bool>? IsInstance { get; }

    public override JsValue Call(Runtime runtime, JsValue[] args)
    {
        runtime.Enter();
        var result = _code(runtime, default, args);
        runtime.Depth--;
        return result;
    }
}

/// <summary>A function given by the caller of the script.</summary>
internal sealed class HostCallable : JsFunction
{
    private readonly ScriptFunction? _function;
    private readonly ScriptAction? _action;

    public HostCallable(string name, ScriptFunction? function, ScriptAction? action)
        : base(name)
    {
        _function = function;
        _action = action;
        Freeze(); // shared by all evaluations with this host
    }

    public override JsValue Call(Runtime runtime, JsValue[] args)
    {
        runtime.Step();
        var position = runtime.Position;
        try
        {
            var arguments = new ScriptArguments(runtime, args);
            if (_action is not null)
            {
                _action(arguments);
                return default;
            }

            JsonNode? answer = _function!(arguments);
            return JsonBorder.Import(answer, runtime);
        }
        catch (ScriptException refusal)
        {
            runtime.Position = position;
            throw runtime.Error(refusal.Kind, refusal.Reason);
        }
    }
}

/// <summary>A function written in the script, with the variables it captured.</summary>
internal sealed class Closure(FunctionExpression code, Cell[] captures) : JsFunction(code.Name)
{
    public readonly FunctionExpression Code = code;
    public readonly Cell[] Captures = captures;

    public override JsValue Call(Runtime runtime, JsValue[] args)
    {
        var frame = new Frame(runtime, Code.SlotCount, Captures);
        if (Code.SimpleParameters)
        {
            args.AsSpan(0, Math.Min(args.Length, Code.ParameterCount)).CopyTo(frame.Slots);
        }
        else
        {
            frame.Arguments = args;
        }

        return Run(frame);
    }

    /// <summary>The frame already holds the simple parameters.</summary>
    public JsValue Run(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Steps(1 + (frame.Slots.Length >> 3));
        runtime.Enter();
        var result = Code.Run(frame, this);
        runtime.Depth--;
        return result;
    }
}

internal sealed class Frame(Runtime runtime, int slots, Cell[] captures)
{
    public readonly Runtime Runtime = runtime;
    public readonly JsValue[] Slots = slots == 0 ? [] : new JsValue[slots];
    public readonly Cell[] Captures = captures;

    /// <summary>Only for functions whose parameters are patterns, have defaults or a rest.</summary>
    public JsValue[]? Arguments;

    public JsValue Returned;
}
