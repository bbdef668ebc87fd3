using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

internal sealed class FunctionExpression : Expression
{
    private readonly FunctionScope _scope;
    private readonly PatternItem[] _parameters;
    private readonly Block? _body;
    private readonly Expression? _value;
    private readonly NameExpression? _self;
    private (bool FromSlot, int Index)[] _captures = [];
    private int[] _cells = [];

    public FunctionExpression(string name, FunctionScope scope, PatternItem[] parameters, Block? body, Expression? value, NameExpression? self)
    {
        Name = name;
        _scope = scope;
        _parameters = parameters;
        _body = body;
        _value = value;
        _self = self;
        SimpleParameters = Array.TrueForAll(parameters, item => item is { Target: NameTarget, Default: null, Rest: false });
        Depth = DepthOver(body, value);
        foreach (var item in parameters)
        {
            Depth = Math.Max(Depth, DepthOver(item.Target, item.Default));
        }
    }

    public string Name { get; }

    /// <summary>Plain names, which are the first slots.</summary>
    public bool SimpleParameters { get; }

    public int ParameterCount => _parameters.Length;

    public int SlotCount { get; private set; }

    /// <summary>Called when every name of the script is resolved.</summary>
    public void Settle()
    {
        SlotCount = _scope.SlotCount;
        _captures = [.. _scope.CaptureSources];
        _cells = [.. _scope.Hoisted.Where(variable => variable.Captured).Select(variable => variable.Slot)];
    }

    public override JsValue Evaluate(Frame frame)
    {
        frame.Runtime.Step();
        frame.Runtime.Allocate(4 + _captures.Length);
        var captures = _captures.Length == 0 ? [] : new Cell[_captures.Length];
        for (var i = 0; i < captures.Length; i++)
        {
            var (fromSlot, index) = _captures[i];
            captures[i] = fromSlot ? frame.Slots[index].Cell : frame.Captures[index];
        }

        return new JsValue(new Closure(this, captures));
    }

    public JsValue Run(Frame frame, Closure self)
    {
        foreach (var slot in _cells)
        {
            frame.Slots[slot] = new JsValue(new Cell(frame.Slots[slot]));
        }

        _self?.Assign(frame, new JsValue(self), declaring: true);
        if (!SimpleParameters)
        {
            BindParameters(frame);
        }

        if (_value is not null)
        {
            return _value.Evaluate(frame);
        }

        // The statements of a function do not count for the value of the script.
        var completion = frame.Runtime.Completion;
        var result = _body!.Execute(frame) == Completion.Return ? frame.Returned : default;
        frame.Runtime.Completion = completion;
        return result;
    }

    private void BindParameters(Frame frame)
    {
        var runtime = frame.Runtime;
        var arguments = frame.Arguments ?? [];
        for (var i = 0; i < _parameters.Length; i++)
        {
            var item = _parameters[i];
            if (item.Rest)
            {
                var rest = new JsArray();
                for (var j = i; j < arguments.Length; j++)
                {
                    rest.Add(arguments[j], runtime);
                }

                item.Target.Assign(frame, new JsValue(rest), declaring: true);
                return;
            }

            var value = i < arguments.Length ? arguments[i] : default;
            item.Target.Assign(frame, value.IsUndefined && item.Default is not null ? item.Default.Evaluate(frame) : value, declaring: true);
        }
    }
}
