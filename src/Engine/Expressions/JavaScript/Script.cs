using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript;

/// <summary>
/// A parsed script of our bounded JavaScript subset. It is immutable: cache it by source and evaluate it from any thread.
/// Its value is that of <c>return</c>, or of its last expression statement.
/// </summary>
public sealed class Script
{
    private readonly SourceText _source;
    private readonly Program _program;

    private Script(SourceText source, Program program)
    {
        _source = source;
        _program = program;
    }

    internal IReadOnlyList<HostUse> Uses => _program.Uses;

    /// <exception cref="ScriptSyntaxException">The source is not a script of the subset.</exception>
    public static Script Parse(string source, ScriptLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= ScriptLimits.Default;
        var text = new SourceText(source);
        if (source.Length > limits.MaxSourceLength)
        {
            throw text.Error($"Le script est trop long ({source.Length} caractères, maximum {limits.MaxSourceLength}).", 0);
        }

        return new Script(text, new Parser(text, limits.MaxNesting).ParseProgram());
    }

    /// <summary>
    /// Runs the script. The answer is a JSON copy: undefined, functions, NaN and infinities become null, dates their ISO text;
    /// whole numbers up to 2^53 are integers, other numbers doubles in their shortest form (so 1234.56 comes back as 1234.56).
    /// </summary>
    /// <exception cref="ScriptException">The script threw or did something impossible.</exception>
    /// <exception cref="ScriptLimitException">The script asked for more than <paramref name="limits"/>.</exception>
    public JsonNode? Evaluate(ScriptHost host, ScriptLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var runtime = new Runtime(_source, host, limits ?? ScriptLimits.Default, cancellationToken);
        try
        {
            var value = _program.Run(runtime);
            var result = JsonBorder.Export(value, runtime);
            runtime.WriteBackHostObjects();
            return result;
        }
        catch (JsThrow thrown)
        {
            throw runtime.Report(thrown);
        }
    }
}
