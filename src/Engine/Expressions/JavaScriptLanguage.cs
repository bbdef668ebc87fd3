using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Expressions;

/// <summary>The bounded JavaScript subset as expressions of a workflow, with Elsa's functions: getVariable, getInput, getOutputFrom, getX/setX, variables.X…</summary>
public sealed class JavaScriptLanguage(ScriptLimits? limits = null) : IExpressionLanguage
{
    public string Type => "JavaScript";

    public string DisplayName => "JavaScript";

    public string? EditorLanguage => "javascript";

    public CompiledExpression Compile(string source)
    {
        try
        {
            return new Compiled(Script.Parse(source, limits), limits);
        }
        catch (ScriptSyntaxException exception)
        {
            throw new ExpressionSyntaxException(exception.Message, exception);
        }
    }

    private sealed class Compiled(Script script, ScriptLimits? limits) : CompiledExpression
    {
        public override JsonNode? Evaluate(ExpressionContext context)
        {
            // The host only points at the context, so one serves all scripts of a burst.
            var host = context is RunContext run ? (ScriptHost)(run.LanguageState ??= Host(context, run.TimeZone)) : Host(context, TimeZoneInfo.Utc);
            return script.Evaluate(host, limits, context.CancellationToken);
        }
    }

    private static ScriptHost Host(ExpressionContext context, TimeZoneInfo zone)
    {
        var host = new ScriptHost
        {
            Clock = new FixedClock(context),
            TimeZone = zone,
            ResolveFunction = name => Accessor(context, name),
        };
        return host
            .Function("getVariable", a => Variable(context, a.Text(0)))
            .Action("setVariable", a => Assign(context, a.Text(0) ?? "", a.Json(1)))
            .Function("getInput", a => context.TryGetInput(a.Text(0) ?? "", out var value) ? value : null)
            .Function("getOutputFrom", a => context.GetOutput(a.Text(0) ?? "", a.Text(1)))
            .Function("getLastResult", _ => context.LastResult)
            .Function("getWorkflowInstanceId", _ => context.InstanceId.ToString("D"))
            .Function("getWorkflowDefinitionId", _ => context.DefinitionId)
            .Function("getWorkflowDefinitionVersionId", _ => context.DefinitionVersionId)
            .Function("getWorkflowDefinitionVersion", _ => context.DefinitionVersion)
            .Function("getCorrelationId", _ => context.CorrelationId)
            .Action("setCorrelationId", a => context.CorrelationId = a.Text(0))
            .Function("getWorkflowInstanceName", _ => context.InstanceName)
            .Action("setWorkflowInstanceName", a => context.InstanceName = a.Text(0))
            .Action("setOutcome", a => context.Outcomes = [a.Text(0) ?? "Done"])
            .Action("setOutcomes", a => context.Outcomes = [.. LenientJson.ToItems(a.Json(0)).Select(o => LenientJson.ToText(o) ?? "")])
            .Object("variables", new ScriptObject
            {
                Get = name => context.TryGetVariable(name, out var value) ? (true, value) : (false, null),
                Set = (name, value) => Assign(context, name, value),
                Names = () => context.VariableNames,
            })
            .Object("input", new ScriptObject
            {
                Get = name => context.TryGetInput(name, out var value) ? (true, value) : (false, null),
                Names = () => context.InputNames,
            });
    }

    /// <summary>Elsa generates getX and setX for each variable, and getX for each input.</summary>
    private static ScriptFunction? Accessor(ExpressionContext context, string name)
    {
        if (name.Length < 4)
        {
            return null;
        }

        var subject = name[3..];
        var camel = char.ToLowerInvariant(subject[0]) + subject[1..];
        if (name.StartsWith("get", StringComparison.Ordinal))
        {
            return (Known(context, subject) ?? Known(context, camel)) is { } variable ? _ => Variable(context, variable)
                : context.TryGetInput(subject, out _) ? _ => context.TryGetInput(subject, out var value) ? value : null
                : null;
        }

        if (name.StartsWith("set", StringComparison.Ordinal) && (Known(context, subject) ?? Known(context, camel)) is { } target)
        {
            return a =>
            {
                Assign(context, target, a.Json(0));
                return null;
            };
        }

        return null;
    }

    private static string? Known(ExpressionContext context, string name) => context.TryGetVariable(name, out _) ? name : null;

    private static JsonNode? Variable(ExpressionContext context, string? name) => context.TryGetVariable(name ?? "", out var value) ? value : null;

    private static void Assign(ExpressionContext context, string name, JsonNode? value)
    {
        if (!context.TrySetVariable(name, value))
        {
            throw new ScriptException("ReferenceError", $"la variable « {name} » n'existe pas à cet endroit");
        }
    }

    /// <summary>Scripts see the time of the burst: run again, they answer the same.</summary>
    private sealed class FixedClock(ExpressionContext context) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => context.Now;
    }
}
