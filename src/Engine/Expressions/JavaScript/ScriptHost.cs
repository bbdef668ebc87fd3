using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript;

/// <summary>A function of the host that answers a value; a C# null is the JavaScript null.</summary>
public delegate JsonNode? ScriptFunction(ScriptArguments arguments);

/// <summary>A function of the host without answer (undefined in the script).</summary>
public delegate void ScriptAction(ScriptArguments arguments);

/// <summary>What the script passed to a host function, converted only when asked for.</summary>
public readonly struct ScriptArguments
{
    private readonly Runtime _runtime;
    private readonly JsValue[] _values;

    internal ScriptArguments(Runtime runtime, JsValue[] values)
    {
        _runtime = runtime;
        _values = values;
    }

    public int Count => _values.Length;

    /// <summary>The argument as JavaScript's <c>String(x)</c>; null when it is missing, undefined or null.</summary>
    public string? Text(int index) => IsNullish(index) ? null : Operators.ToText(_values[index], _runtime);

    /// <summary>The argument as JSON: a copy that the host may keep.</summary>
    public JsonNode? Json(int index) => index < _values.Length ? JsonBorder.Export(_values[index], _runtime) : null;

    public bool IsNullish(int index) => index >= _values.Length || _values[index].IsNullish;
}

/// <summary>
/// An object of the host: <c>variables.X</c> calls <see cref="Get"/>, an assignment calls <see cref="Set"/> (without it, the object is read-only).
/// <see cref="Get"/> must answer the same node instance as long as the value has not changed: that is how a copy changed by the script is recognised.
/// </summary>
public sealed class ScriptObject
{
    public required Func<string, (bool Found, JsonNode? Value)> Get { get; init; }

    public Action<string, JsonNode?>? Set { get; init; }

    public Func<IEnumerable<string>>? Names { get; init; }
}

/// <summary>
/// Everything a script sees apart from the language itself. Names of the language (Math, JSON, Date…) cannot be replaced; then come the names added here,
/// then the resolvers. A host may be used by many evaluations, at the same time too if its delegates allow it.
/// A delegate may throw <see cref="ScriptException"/> to refuse (the script can catch it); any other exception passes through to the caller of the script.
/// </summary>
public sealed class ScriptHost
{
    private readonly Dictionary<string, HostCallable> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScriptObject> _objects = new(StringComparer.Ordinal);

    /// <summary>Asked for a function by a name not added, such as the generated <c>getX</c> and <c>setX</c>; null means unknown.</summary>
    public Func<string, ScriptFunction?>? ResolveFunction { get; init; }

    /// <summary>Asked for any other unknown name.</summary>
    public Func<string, (bool Found, JsonNode? Value)>? ResolveValue { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Zone of the local parts of dates.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    public ScriptHost Function(string name, ScriptFunction function)
    {
        _functions[name] = new HostCallable(name, function, null);
        return this;
    }

    public ScriptHost Action(string name, ScriptAction action)
    {
        _functions[name] = new HostCallable(name, null, action);
        return this;
    }

    public ScriptHost Value(string name, JsonNode? value)
    {
        _values[name] = value;
        return this;
    }

    public ScriptHost Object(string name, ScriptObject target)
    {
        _objects[name] = target;
        return this;
    }

    internal bool TryFind(string name, Runtime runtime, out JsValue found)
    {
        if (_functions.TryGetValue(name, out var function))
        {
            found = new JsValue(function);
        }
        else if (_objects.TryGetValue(name, out var target))
        {
            found = new JsValue(runtime.HostObject(name, target));
        }
        else if (_values.TryGetValue(name, out var value))
        {
            found = runtime.HostValue(name, value);
        }
        else if (ResolveFunction?.Invoke(name) is { } resolved)
        {
            found = new JsValue(new HostCallable(name, resolved, null));
        }
        else if (ResolveValue?.Invoke(name) is (true, var other))
        {
            found = runtime.HostValue(name, other);
        }
        else
        {
            found = default;
            return false;
        }

        return true;
    }
}
