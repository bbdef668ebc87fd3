namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

internal sealed class Variable(string name, bool constant, bool lexical, FunctionScope function)
{
    public string Name { get; } = name;
    public bool Constant { get; } = constant;

    /// <summary>let, const: not readable before their declaration ran.</summary>
    public bool Lexical { get; } = lexical;

    public FunctionScope Function { get; } = function;
    public int Slot { get; } = function.SlotCount++;

    /// <summary>An inner function uses it, so it lives in a cell of its own.</summary>
    public bool Captured { get; set; }
}

/// <summary>Variables of one function (the script itself is the outermost one).</summary>
internal sealed class FunctionScope(FunctionScope? parent)
{
    private readonly Dictionary<Variable, int> _captures = [];
    private readonly List<(bool FromParentSlot, int Index)> _sources = [];

    public int SlotCount { get; set; }

    public List<Variable> Hoisted { get; } = [];

    public List<(bool FromParentSlot, int Index)> CaptureSources => _sources;

    /// <summary>Index of the outer variable among the captures; every function in between captures it too.</summary>
    public int Capture(Variable variable)
    {
        if (_captures.TryGetValue(variable, out var known))
        {
            return known;
        }

        variable.Captured = true;
        var source = variable.Function == parent ? (true, variable.Slot) : (false, parent!.Capture(variable));
        _sources.Add(source);
        return _captures[variable] = _sources.Count - 1;
    }
}

internal sealed class BlockScope(BlockScope? parent, FunctionScope function)
{
    private readonly Dictionary<string, Variable> _names = new(StringComparer.Ordinal);

    public BlockScope? Parent { get; } = parent;
    public FunctionScope Function { get; } = function;

    /// <summary>let, const and functions declared here: made anew at every entry.</summary>
    public List<Variable> Lexicals { get; } = [];

    public bool IsFunctionTop => Parent is null || Parent.Function != Function;

    public Variable? Find(string name) => _names.GetValueOrDefault(name);

    public Variable Add(string name, bool constant, bool lexical)
    {
        var variable = new Variable(name, constant, lexical, Function);
        _names.Add(name, variable);
        (lexical ? Lexicals : Function.Hoisted).Add(variable);
        return variable;
    }

    public void Alias(Variable variable) => _names.Add(variable.Name, variable);
}
