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
        public override IReadOnlyCollection<NameUse> Uses => [.. script.Uses.Select(Use).OfType<NameUse>()];

        public override JsonNode? Evaluate(ExpressionContext context)
        {
            // The host only points at the context, so one serves all scripts of a burst.
            var host = context is RunContext run ? (ScriptHost)(run.LanguageState ??= Host(context, run.TimeZone)) : Host(context, TimeZoneInfo.Utc);
            return script.Evaluate(host, limits, context.CancellationToken);
        }

        private static NameUse? Use(HostUse use) => (use.Name, use.Detail) switch
        {
            ("variables", { } variable) when use.IsWrite => new NameUse(NameUseKind.VariableSet, variable),
            ("getVariable" or "variables", { } variable) => new NameUse(NameUseKind.Variable, variable),
            ("setVariable", { } variable) => new NameUse(NameUseKind.VariableSet, variable),
            ("variables" or "input" or "args", _) => null,
            _ => new NameUse(NameUseKind.Function, use.Name),
        };
    }

    private static ScriptHost Host(ExpressionContext context, TimeZoneInfo zone) => JavaScriptFunctions.AddTo(
        new ScriptHost
        {
            Clock = new FixedClock(context),
            TimeZone = zone,
            ResolveFunction = name => JavaScriptFunctions.Accessor(context, name),
        },
        context);

    /// <summary>Scripts see the time of the burst: run again, they answer the same.</summary>
    private sealed class FixedClock(ExpressionContext context) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => context.Now;
    }
}
