using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>
/// An object of the host, such as <c>variables</c>. Objects and arrays read from it are copies; when the script changed such a copy
/// (<c>variables.Lines.push(…)</c>), it is given back at the end, as Elsa does.
/// </summary>
internal sealed class JsHostObject(string label, ScriptObject target) : JsObject
{
    private Dictionary<string, (JsonNode Original, JsValue Copy)>? _copies;

    public override JsValue Get(string name, Runtime runtime)
    {
        runtime.Step();
        var (found, node) = target.Get(name);
        if (!found)
        {
            return default;
        }

        if (node is not (JsonObject or JsonArray))
        {
            return JsonBorder.Import(node, runtime);
        }

        if (_copies is not null && _copies.TryGetValue(name, out var known) && ReferenceEquals(known.Original, node))
        {
            return known.Copy;
        }

        var copy = JsonBorder.Import(node, runtime);
        (_copies ??= new(StringComparer.Ordinal))[name] = (node, copy);
        return copy;
    }

    public override bool Has(string name, Runtime runtime) => target.Get(name).Found;

    public override void Set(string name, JsValue value, Runtime runtime)
    {
        if (target.Set is null)
        {
            throw runtime.TypeError($"« {label}.{Operators.Short(name)} » ne peut pas être modifié.");
        }

        _copies?.Remove(name);
        runtime.Step();
        var node = JsonBorder.Export(value, runtime);
        var position = runtime.Position;
        try
        {
            target.Set(name, node);
        }
        catch (ScriptException refusal)
        {
            runtime.Position = position;
            throw runtime.Error(refusal.Kind, refusal.Reason);
        }

        if (node is not null && value.Object is not null)
        {
            // The script still holds this object and may go on changing it.
            (_copies ??= new(StringComparer.Ordinal))[name] = (target.Get(name).Value ?? node, value);
        }
    }

    public override void Delete(string name, Runtime runtime) => throw runtime.TypeError($"« {label}.{Operators.Short(name)} » ne peut pas être supprimé.");

    public override List<string> Keys(Runtime runtime)
    {
        var names = target.Names?.Invoke().ToList() ?? [];
        runtime.Steps(names.Count);
        return names;
    }

    public void WriteBack(Runtime runtime)
    {
        if (target.Set is null || _copies is null)
        {
            return;
        }

        foreach (var (name, (original, copy)) in _copies)
        {
            var now = JsonBorder.Export(copy, runtime);
            if (!JsonNode.DeepEquals(now, original))
            {
                target.Set(name, now);
            }
        }
    }
}
