using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>Start, End, WriteLine: nothing to do; WriteLine's text is its journal entry.</summary>
internal sealed class PassNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec) => run.Complete(exec);
}

internal sealed class FinishNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec) => run.FinishNow(exec);
}

/// <summary>Ends the definition it is in (the workflow, or the definition used as an activity) with outcomes.</summary>
internal sealed class CompleteNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        var given = exec.Input(0);
        var outcomes = LenientJson.ToItems(given).Select(o => LenientJson.ToText(o) ?? "").Where(o => o.Length > 0).ToArray();
        run.CompleteComposite(exec, outcomes.Length == 0 ? DoneOutcome : outcomes);
    }
}

internal sealed class FaultNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        var code = LenientJson.ToText(exec.Input(0)) is { Length: > 0 } text ? text : "0";
        throw new FaultException(code, LenientJson.ToText(exec.Input(3)) ?? "");
    }
}

internal sealed class SetVariableNode : NodeBehavior
{
    private VariableRef? _variable;

    internal override void Read(NodeReader reader) => _variable = reader.Variable("variable");

    internal override void Execute(Run run, Exec exec)
    {
        Run.Write(exec, _variable!, exec.Input(0));
        run.Complete(exec);
    }
}

internal sealed class SetOutputNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        var name = LenientJson.ToText(exec.Input(0)) ?? throw new FaultException("output-name", "Le nom de la sortie à renseigner n'est pas indiqué.");
        run.SetResult(exec, name, exec.Input(1));
        run.Complete(exec);
    }
}

internal sealed class SetNameNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        run.Instance.Name = LenientJson.ToText(exec.Input(0));
        run.Complete(exec);
    }
}

internal sealed class CorrelateNode : NodeBehavior
{
    internal override void Execute(Run run, Exec exec)
    {
        run.Instance.CorrelationId = LenientJson.ToText(exec.Input(0));
        run.Complete(exec);
    }
}

/// <summary>Runs a script; a constant one is compiled with the definition.</summary>
internal sealed class RunJavaScriptNode : NodeBehavior
{
    private CompiledExpression? _compiled;
    private IExpressionLanguage? _language;

    internal override IEnumerable<string>? PossibleOutcomes(Node node) => null;

    internal override void Read(NodeReader reader)
    {
        _language = reader.Language("JavaScript");
        if (reader.Node.Inputs[0] is { IsConstant: true } script && LenientJson.ToText(script.Constant) is { } source && !string.IsNullOrWhiteSpace(source))
        {
            _compiled = reader.Compile("JavaScript", source, "script");
        }
    }

    internal override void Execute(Run run, Exec exec)
    {
        var script = _compiled;
        if (script is null && LenientJson.ToText(exec.Input(0)) is { } source && !string.IsNullOrWhiteSpace(source))
        {
            script = (_language ?? throw new FaultException("javascript", "Le langage JavaScript n'est pas disponible.")).Compile(source);
        }

        if (script is null)
        {
            run.Complete(exec);
            return;
        }

        var result = run.Evaluate(script, exec, out var outcomes);
        if (result is not null)
        {
            run.SetOutput(exec, "Result", result);
        }

        run.Complete(exec, outcomes is null ? DoneOutcome : [.. outcomes]);
    }
}
