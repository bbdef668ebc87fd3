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
            }

            return names;
        }
    }

    public override IReadOnlyCollection<string> InputNames =>
        Composite() is { Parent: not null } composite ? ((CompositeNode)composite.Node.Behavior).InputNames : [.. run.Instance.Input.Select(p => p.Key)];

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
        }

        value = null;
        return false;
    }

    public override bool TrySetVariable(string name, JsonNode? value)
    {
        for (var scope = _exec; scope is not null; scope = scope.Parent)
        {
            if (scope.Loop is { } loop && Array.IndexOf(loop.Names, name) is >= 0 and var place)
            {
                loop.Values[place] = value;
                return true;
            }

            if (scope.Variables is { } values && Slot(scope.Node, name) is >= 0 and var slot)
            {
                values[slot] = LenientJson.Coerce(value, scope.Node.Variables[slot].TypeName);
                return true;
            }
        }

        return false;
    }

    public override bool TryGetInput(string name, out JsonNode? value)
    {
        if (Composite() is { Parent: not null } composite)
        {
            var index = Array.FindIndex(((CompositeNode)composite.Node.Behavior).InputNames, n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
            value = index >= 0 ? composite.Inputs?[index] : null;
            return index >= 0;
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
