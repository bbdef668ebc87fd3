using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary>The outermost function: its value is that of a <c>return</c>, or of the last expression statement.</summary>
internal sealed class Program
{
    private readonly Block _body;
    private readonly int _slots;
    private readonly int[] _cells;
    private readonly int[] _undeclared;

    public Program(Block body, FunctionScope scope, List<Variable> undeclared, HostUse[] uses)
    {
        Uses = uses;
        _body = body;
        _slots = scope.SlotCount;
        _cells = [.. scope.Hoisted.Where(variable => variable.Captured).Select(variable => variable.Slot)];
        _undeclared = [.. undeclared.Select(variable => variable.Slot)];
    }

    /// <summary>What the script takes from the host by name: functions called (with their first argument, when it is a text) and members read.</summary>
    public IReadOnlyList<HostUse> Uses { get; }

    public JsValue Run(Runtime runtime)
    {
        var frame = new Frame(runtime, _slots, []);
        foreach (var slot in _undeclared)
        {
            frame.Slots[slot] = JsValue.Absent;
        }

        foreach (var slot in _cells)
        {
            frame.Slots[slot] = new JsValue(new Cell(frame.Slots[slot]));
        }

        return _body.Execute(frame) == Completion.Return ? frame.Returned : runtime.Completion;
    }
}
