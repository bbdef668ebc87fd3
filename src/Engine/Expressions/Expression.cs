using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Expressions;

/// <summary>An expression language: Literal, Object, Variable, Input and JavaScript are here, others are registered from outside.</summary>
public interface IExpressionLanguage
{
    /// <summary>Name stored in definitions, e.g. <c>JavaScript</c>.</summary>
    string Type { get; }

    /// <summary>French label in the designer's syntax menu.</summary>
    string DisplayName { get; }

    /// <summary>Language of the designer's code editor, or null for a plain field.</summary>
    string? EditorLanguage { get; }

    /// <summary>Compiles once per definition version. Throws <see cref="ExpressionSyntaxException"/>.</summary>
    CompiledExpression Compile(string source);
}

/// <summary>Thread-safe: shared by all instances of a version.</summary>
public abstract class CompiledExpression
{
    /// <summary>The returned node must be free (no parent) or never attached: the engine does not change it.</summary>
    public abstract JsonNode? Evaluate(ExpressionContext context);

    /// <summary>What it takes by literal name; what does not exist is a warning when a definition is checked.</summary>
    public virtual IReadOnlyCollection<NameUse> Uses => [];
}

public enum NameUseKind
{
    Variable,

    /// <summary>Given a value, and made if there is none: as in Elsa.</summary>
    VariableSet,

    /// <summary>A function of the host, by the name it is called by.</summary>
    Function,
}

/// <summary>A name that an expression uses literally.</summary>
public sealed record NameUse(NameUseKind Kind, string Name);

/// <summary>A text that is not an expression of its language; the message is a French sentence.</summary>
public sealed class ExpressionSyntaxException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What an expression may read and change while it is evaluated in a node of a running instance.</summary>
public abstract class ExpressionContext
{
    public abstract Guid InstanceId { get; }

    public abstract string DefinitionId { get; }

    public abstract string DefinitionVersionId { get; }

    public abstract int DefinitionVersion { get; }

    public abstract string? InstanceName { get; set; }

    public abstract string? CorrelationId { get; set; }

    public abstract DateTimeOffset Now { get; }

    public abstract CancellationToken CancellationToken { get; }

    /// <summary>Variables in scope, inner ones hiding outer ones of the same name.</summary>
    public abstract bool TryGetVariable(string name, out JsonNode? value);

    /// <summary>Gives the variable in scope a value; where there is none, one is made in the container around the activity, as in Elsa.</summary>
    public abstract void SetVariable(string name, JsonNode? value);

    public abstract IReadOnlyCollection<string> VariableNames { get; }

    public abstract bool TryGetInput(string name, out JsonNode? value);

    public abstract IReadOnlyCollection<string> InputNames { get; }

    /// <summary>Values given to this evaluation alone (the item of a bulk dispatch).</summary>
    public abstract IReadOnlyList<KeyValuePair<string, JsonNode?>> Arguments { get; }

    /// <summary>Activity and output behind Elsa's generated <c>get{Output}From{Activity}</c>; null when there is none.</summary>
    public abstract (string Activity, string Output)? FindOutputAccessor(string name);

    /// <summary>An id that is the same when the burst is run again.</summary>
    public abstract Guid NewId();

    /// <summary>Latest output of a node of this or an enclosing scope; the node by id or name; without <paramref name="output"/> its first one.</summary>
    public abstract JsonNode? GetOutput(string activity, string? output);

    /// <summary>The result of the activity that completed last.</summary>
    public abstract JsonNode? LastResult { get; }

    /// <summary>Outcomes chosen by a script (RunJavaScript); null = none chosen.</summary>
    public IReadOnlyList<string>? Outcomes { get; set; }
}
