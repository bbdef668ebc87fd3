using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Parsing;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>The state of one evaluation: what it has used, where it is, and the host it talks to. Nothing survives it.</summary>
internal sealed class Runtime(SourceText source, ScriptHost host, ScriptLimits limits, CancellationToken cancellation)
{
    /// <summary>Well under what .NET allows, whatever the limits say.</summary>
    public const int MaxTextLength = 1 << 28;

    private const int Slice = 1024;

    private readonly long _deadline = Stopwatch.GetTimestamp() + (long)Math.Min(limits.MaxTime.TotalSeconds * Stopwatch.Frequency, long.MaxValue / 4d);
    private long _stepsLeft = limits.MaxSteps;
    private int _slice;
    private long _unitsLeft = limits.MaxAllocatedUnits;
    private Dictionary<string, JsHostObject>? _hostObjects;
    private Dictionary<string, JsValue>? _hostValues;

    public readonly ScriptHost Host = host;

    /// <summary>Offset in the source of what is being done, for messages.</summary>
    public int Position;

    public int Depth;

    /// <summary>Value of the last expression statement at the top level.</summary>
    public JsValue Completion;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (--_slice < 0)
        {
            Refill();
        }
    }

    public void Steps(long count)
    {
        if (count < _slice)
        {
            _slice -= (int)Math.Max(count, 0);
            return;
        }

        _stepsLeft -= count - _slice;
        _slice = 0;
        Refill();
    }

    public void Allocate(long units)
    {
        if ((_unitsLeft -= units) < 0)
        {
            throw OutOfMemory();
        }
    }

    public void AllocateText(long length)
    {
        if (length > MaxTextLength)
        {
            throw OutOfMemory();
        }

        Allocate(length);
    }

    /// <summary>Goes one level deeper; a <c>try</c> puts the depth back, so no finally is needed at every call.</summary>
    public void Enter()
    {
        if (++Depth > limits.MaxCallDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TooDeep(limits.MaxCallDepth);
        }
    }

    public void CheckTime()
    {
        if (Stopwatch.GetTimestamp() > _deadline)
        {
            throw Limit(ScriptLimit.Time, $"Le script dépasse le temps autorisé ({limits.MaxTime.TotalMilliseconds:0} ms).");
        }

        cancellation.ThrowIfCancellationRequested();
    }

    public ScriptLimitException TooDeep(int most) => Limit(ScriptLimit.Depth, $"Le script imbrique trop d'appels ou de données (maximum {most}).");

    public ScriptLimitException OutOfMemory() => Limit(ScriptLimit.Memory, "Le script demande trop de mémoire.");

    public JsThrow TypeError(string message) => Error("TypeError", message);

    public JsThrow RangeError(string message) => Error("RangeError", message);

    public JsThrow Error(string kind, string message) => new(new JsValue(JsError.Create(kind, message)), Position);

    public ScriptException Report(JsThrow thrown)
    {
        var (line, column) = source.At(thrown.Position);
        if (thrown.Value.Object is JsError error)
        {
            return new ScriptException(Shown(error.Get("name", this)), Shown(error.Get("message", this)), line, column);
        }

        return new ScriptException("Error", $"le script a levé {Shown(thrown.Value)}.", line, column);
    }

    public JsHostObject HostObject(string name, ScriptObject target)
    {
        _hostObjects ??= [];
        if (!_hostObjects.TryGetValue(name, out var found))
        {
            _hostObjects[name] = found = new JsHostObject(name, target);
        }

        return found;
    }

    /// <summary>A value of the host keeps its identity for the length of the script: what the script changes in its copy stays changed.</summary>
    public JsValue HostValue(string name, JsonNode? node)
    {
        if (node is not (JsonObject or JsonArray))
        {
            return JsonBorder.Import(node, this);
        }

        _hostValues ??= [];
        if (!_hostValues.TryGetValue(name, out var found))
        {
            _hostValues[name] = found = JsonBorder.Import(node, this);
        }

        return found;
    }

    public void WriteBackHostObjects()
    {
        if (_hostObjects is not null)
        {
            foreach (var shown in _hostObjects.Values)
            {
                shown.WriteBack(this);
            }
        }
    }

    private static string Shown(JsValue value) => value.Kind switch
    {
        JsKind.String => value.RawText as string ?? "un texte",
        JsKind.Number => NumberText.Of(value.Number),
        JsKind.Boolean => value.Boolean ? "true" : "false",
        JsKind.Null => "null",
        JsKind.Undefined => "undefined",
        _ => "un objet"
    };

    private void Refill()
    {
        if (_stepsLeft <= 0)
        {
            throw Limit(ScriptLimit.Steps, $"Le script dépasse le nombre d'opérations autorisé ({limits.MaxSteps}).");
        }

        CheckTime();
        _slice = (int)Math.Min(Slice, _stepsLeft);
        _stepsLeft -= _slice;
    }

    private ScriptLimitException Limit(ScriptLimit limit, string reason)
    {
        var (line, column) = source.At(Position);
        return new ScriptLimitException(limit, reason, line, column);
    }
}

/// <summary>A JavaScript <c>throw</c> on its way to a <c>catch</c> or out of the script.</summary>
internal sealed class JsThrow(JsValue value, int position) : Exception
{
    public JsValue Value { get; } = value;
    public int Position { get; } = position;
}
