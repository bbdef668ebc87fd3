using MonOPCO.Engine.Expressions.JavaScript.Builtins;
using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary>A variable, resolved when the whole script has been parsed: a slot, a captured cell, a name of the language, or one of the host.</summary>
internal sealed class NameExpression(string name, BlockScope scope) : Expression
{
    private enum Place
    {
        Host,
        Slot,
        CellInSlot,
        Capture,
        Language
    }

    private Place _place;
    private int _index;
    private Variable? _variable;
    private JsValue _language;

    public string Name { get; } = name;

    /// <summary>Known once resolved: neither a variable of the script nor a name of the language.</summary>
    public bool IsOfHost => _place == Place.Host && _variable is null;

    /// <summary>An assignment without declaration anywhere makes a variable of the script, as in sloppy JavaScript.</summary>
    public void DeclareIfUnknown(BlockScope top, List<Variable> undeclared)
    {
        if (Find() is null && !Globals.Table.ContainsKey(Name))
        {
            undeclared.Add(top.Add(Name, constant: false, lexical: false));
        }
    }

    public void Resolve()
    {
        _variable = Find();
        if (_variable is null)
        {
            _place = Globals.Table.TryGetValue(Name, out _language) ? Place.Language : Place.Host;
        }
        else if (_variable.Function != scope.Function)
        {
            _place = Place.Capture;
            _index = scope.Function.Capture(_variable);
        }
    }

    /// <summary>Once every name is resolved, it is known which variables live in cells.</summary>
    public void Settle()
    {
        if (_variable is not null && _place != Place.Capture)
        {
            _place = _variable.Captured ? Place.CellInSlot : Place.Slot;
            _index = _variable.Slot;
        }
    }

    public override JsValue Evaluate(Frame frame)
    {
        var value = Read(frame);
        return !value.IsNumber && value.IsUnset ? Unset(value, frame.Runtime) : value;
    }

    /// <summary><c>typeof x</c> does not mind an unknown name.</summary>
    public JsValue EvaluateOrUndefined(Frame frame)
    {
        if (_place == Place.Host || Read(frame).IsAbsent)
        {
            return frame.Runtime.Host.TryFind(Name, frame.Runtime, out var found) ? found : default;
        }

        return Evaluate(frame);
    }

    public void Assign(Frame frame, JsValue value, bool declaring)
    {
        if (_variable is null)
        {
            frame.Runtime.Position = Position;
            throw frame.Runtime.TypeError($"« {Name} » appartient au langage et ne peut pas être modifié.");
        }

        if (!declaring && _variable.Lexical)
        {
            CheckAssignable(frame);
        }

        switch (_place)
        {
            case Place.Slot:
                frame.Slots[_index] = value;
                break;
            case Place.CellInSlot:
                frame.Slots[_index].Cell.Value = value;
                break;
            default:
                frame.Captures[_index].Value = value;
                break;
        }
    }

    private void CheckAssignable(Frame frame)
    {
        if (Read(frame).IsUninitialised)
        {
            Unset(JsValue.Uninitialised, frame.Runtime);
        }

        if (_variable!.Constant)
        {
            frame.Runtime.Position = Position;
            throw frame.Runtime.TypeError($"« {Name} » est une constante et ne peut pas être modifié.");
        }
    }

    private JsValue Read(Frame frame)
    {
        switch (_place)
        {
            case Place.Slot:
                return frame.Slots[_index];
            case Place.CellInSlot:
                return frame.Slots[_index].Cell.Value;
            case Place.Capture:
                return frame.Captures[_index].Value;
            case Place.Language:
                return _language;
            default:
                return FromHost(frame.Runtime);
        }
    }

    private JsValue Unset(JsValue value, Runtime runtime)
    {
        if (value.IsUninitialised)
        {
            runtime.Position = Position;
            throw runtime.Error("ReferenceError", $"« {Operators.Short(Name)} » est utilisé avant sa déclaration.");
        }

        return FromHost(runtime);
    }

    private JsValue FromHost(Runtime runtime)
    {
        runtime.Position = Position;
        return runtime.Host.TryFind(Name, runtime, out var found) ? found : throw runtime.Error("ReferenceError", $"« {Operators.Short(Name)} » n'est pas défini.");
    }

    private Variable? Find()
    {
        for (var at = scope; at is not null; at = at.Parent)
        {
            if (at.Find(Name) is { } variable)
            {
                return variable;
            }
        }

        return null;
    }
}
