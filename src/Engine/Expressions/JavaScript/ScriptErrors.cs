namespace MonOPCO.Engine.Expressions.JavaScript;

/// <summary>The source is not a script that this subset understands; the message is a French sentence for the author of the workflow.</summary>
public sealed class ScriptSyntaxException(string reason, int line, int column)
    : Exception($"{reason} (ligne {line}, colonne {column})")
{
    public string Reason { get; } = reason;
    public int Line { get; } = line;
    public int Column { get; } = column;
}

/// <summary>
/// The script threw, or did something that JavaScript answers with an error. <see cref="Kind"/> is the JavaScript name (TypeError, ReferenceError…).
/// A host function may throw one too: the script can catch it.
/// </summary>
public sealed class ScriptException : Exception
{
    public ScriptException(string kind, string reason, int line, int column)
        : base($"{kind} : {reason} (ligne {line}, colonne {column})")
    {
        Kind = kind;
        Reason = reason;
        Line = line;
        Column = column;
    }

    /// <summary>For host functions: the position is that of the call.</summary>
    public ScriptException(string kind, string reason)
        : base($"{kind} : {reason}")
    {
        Kind = kind;
        Reason = reason;
    }

    public string Kind { get; }
    public string Reason { get; }
    public int Line { get; }
    public int Column { get; }
}

public enum ScriptLimit
{
    Steps,
    Time,
    Memory,
    Depth
}

/// <summary>The script asked for more than its <see cref="ScriptLimits"/>; it cannot catch this.</summary>
public sealed class ScriptLimitException(ScriptLimit limit, string reason, int line, int column)
    : Exception($"{reason} (ligne {line}, colonne {column})")
{
    public ScriptLimit Limit { get; } = limit;
    public string Reason { get; } = reason;
    public int Line { get; } = line;
    public int Column { get; } = column;
}
