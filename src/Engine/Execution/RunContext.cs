using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Execution;

/// <summary>What expressions see of a burst; one object, pointed at the node whose expression is evaluated.</summary>
internal sealed class RunContext(Run run) : ExpressionContext
{
    private Exec? _exec;
    private LoopVariables? _more;

    public override Guid InstanceId => run.Instance.Id;

    public override string DefinitionId => run.Instance.DefinitionId;

    public override string DefinitionVersionId => run.Instance.DefinitionVersionId;

    public override int DefinitionVersion => run.Instance.Version;

    public override string? InstanceName
    {
        get => run.Instance.Name;
        set => run.Instance.Name = value;
    }

    public override string? CorrelationId
    {
        get => run.Instance.CorrelationId;
        set => run.Instance.CorrelationId = value;
    }

    public override DateTimeOffset Now => run.Now;

    public override CancellationToken CancellationToken => run.CancellationToken;

    public override JsonNode? LastResult => run.LastResult;

    /// <summary>Kept by a language for the length of the burst (a script host).</summary>
    internal object? LanguageState { get; set; }

    internal TimeZoneInfo TimeZone => run.Options.TimeZone;

    public override IReadOnlyCollection<string> VariableNames
    {
        get
        {
            var names = new HashSet<string>(_more?.Names ?? [], StringComparer.Ordinal);
            for (var scope = _exec; scope is not null; scope = scope.Parent)
            {
                names.UnionWith(scope.Loop?.Names ?? []);
                names.UnionWith(scope.Variables is null ? [] : scope.Node.Variables.Select(v => v.Name));
                names.UnionWith(InputsOf(scope));
            }

            return names;
        }
    }

    public override IReadOnlyCollection<string> InputNames =>
        Composite() is not { } composite ? []
        : composite.Parent is not null ? ((CompositeNode)composite.Node.Behavior).InputNames
        : [.. ((CompositeNode)composite.Node.Behavior).InputNames.Union(run.Instance.Input.Select(p => p.Key), StringComparer.OrdinalIgnoreCase)];

    public override IReadOnlyList<KeyValuePair<string, JsonNode?>> Arguments =>
        _more is null ? [] : [.. _more.Names.Zip(_more.Values, (name, value) => new KeyValuePair<string, JsonNode?>(name, value))];

    internal JsonNode? Evaluate(CompiledExpression expression, Exec exec, LoopVariables? more)
    {
        var (previous, previousMore) = (_exec, _more);
        (_exec, _more) = (exec, more);
        run.MayHaveTakenLong();
        try
        {
            return expression.Evaluate(this);
        }
        finally
        {
            (_exec, _more) = (previous, previousMore);
        }
    }

    internal JsonNode? Read(VariableRef variable) => Run.Read(_exec!, variable);

    public override bool TryGetVariable(string name, out JsonNode? value)
    {
        if (TryGetLoop(_more, name, out value))
        {
            return true;
        }

        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            if (TryGetLoop(scope.Loop, name, out value))
            {
                return true;
            }

            if (scope.Variables is { } values && Slot(scope.Node, name) is >= 0 and var slot)
            {
                value = values[slot];
                return true;
            }

            // The inputs of a definition used as an activity are its variables as well.
            if (Array.IndexOf(InputsOf(scope), name) is >= 0 and var input)
            {
                value = scope.Inputs?[input];
                return true;
            }
        }

        value = null;
        return false;
    }

    public override void SetVariable(string name, JsonNode? value)
    {
        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Loop is { } loop && Array.IndexOf(loop.Names, name) is >= 0 and var place)
            {
                loop.Values[place] = value;
                return;
            }

            if (scope.Variables is { } values && Slot(scope.Node, name) is >= 0 and var slot)
            {
                values[slot] = LenientJson.Coerce(value, scope.Node.Variables[slot].TypeName);
                return;
            }

            if (Array.IndexOf(InputsOf(scope), name) is >= 0 and var input)
            {
                scope.Inputs = scope.Inputs is null ? new JsonNode?[InputsOf(scope).Length] : (JsonNode?[])scope.Inputs.Clone();
                scope.Inputs[input] = value;
                return;
            }
        }

        Create(name, value);
    }

    public override (string Activity, string Output)? FindOutputAccessor(string name)
    {
        var composite = Composite();
        foreach (var node in run.Definition.AllNodes)
        {
            foreach (var output in node.Descriptor?.Outputs ?? [])
            {
                if (name == OutputAccessor(node, output.Name) && InSameDefinition(node, composite?.Node))
                {
                    return (node.Id, output.Name);
                }
            }
        }

        return null;
    }

    /// <summary>Elsa's name of the function that reads an output: <c>getResultFromRunJavaScript1</c>.</summary>
    internal static string OutputAccessor(Node node, string output) => $"get{Pascal(output)}From{Pascal(node.Name)}";

    public override Guid NewId() => run.NewId();

    public override bool TryGetInput(string name, out JsonNode? value)
    {
        if (Composite() is { Parent: not null } composite)
        {
            var index = Array.FindIndex(((CompositeNode)composite.Node.Behavior).InputNames, n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
            value = index >= 0 ? composite.Inputs?[index] : null;

            // Elsa falls back on the input of the whole instance.
            return index >= 0 || run.Instance.Input.TryGetPropertyValue(name, out value);
        }

        if (run.Instance.Input.TryGetPropertyValue(name, out value))
        {
            return true;
        }

        foreach (var (key, given) in run.Instance.Input)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                value = given;
                return true;
            }
        }

        return false;
    }

    public override JsonNode? GetOutput(string activity, string? output)
    {
        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            foreach (var (node, outputs) in scope.Outputs ?? [])
            {
                if (node.Id != activity && node.Name != activity)
                {
                    continue;
                }

                if (output is null)
                {
                    return outputs.FirstOrDefault().Value;
                }

                foreach (var (name, value) in outputs)
                {
                    if (string.Equals(name, output, StringComparison.OrdinalIgnoreCase))
                    {
                        return value;
                    }
                }
            }
        }

        return null;
    }

    private Exec? Composite()
    {
        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Node.Behavior.IsComposite)
            {
                return scope;
            }
        }

        return null;
    }

    /// <summary>A variable that no container declares lives in the nearest one, for as long as that runs.</summary>
    private void Create(string name, JsonNode? value)
    {
        var owner = _exec!;
        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Node.Behavior.HoldsVariables)
            {
                owner = scope;
                break;
            }
        }

        owner.Loop = owner.Loop is null ? new LoopVariables([name], [value]) : new LoopVariables([.. owner.Loop.Names, name], [.. owner.Loop.Values, value]);
    }

    private static string[] InputsOf(Exec scope) => scope.Parent is not null && scope.Node.Behavior is CompositeNode composite ? composite.InputNames : [];

    private static bool InSameDefinition(Node node, Node? composite)
    {
        var owner = node.Parent;
        while (owner is not null && !owner.Behavior.IsComposite)
        {
            owner = owner.Parent;
        }

        return owner == composite;
    }

    private static string Pascal(string name) => string.Concat(name.Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static bool TryGetLoop(LoopVariables? loop, string name, out JsonNode? value)
    {
        if (loop is not null && Array.IndexOf(loop.Names, name) is >= 0 and var place)
        {
            value = loop.Values[place];
            return true;
        }

        value = null;
        return false;
    }

    private static int Slot(Node node, string name)
    {
        var variables = node.Variables;
        for (var i = 0; i < variables.Length; i++)
        {
            if (variables[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
