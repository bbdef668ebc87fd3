using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class ObjectMethods
{
    public static readonly Dictionary<string, NativeCode> Table = new(StringComparer.Ordinal)
    {
        ["hasOwnProperty"] = (r, self, a) => JsValue.Of(self.Object!.Has(Operators.PropertyKey(a.At(0), r), r)),
        ["toString"] = (r, self, _) => self.Object is JsFunction or JsError ? new JsValue(Operators.ToText(self, r)) : new JsValue("[object Object]"),
        ["valueOf"] = (_, self, _) => self
    };

    public static readonly Dictionary<string, NativeCode> OfBoolean = new(StringComparer.Ordinal)
    {
        ["toString"] = (r, self, _) => new JsValue(Operators.ToText(self, r)),
        ["valueOf"] = (_, self, _) => self
    };

    /// <summary>The functions of <c>Object</c> itself.</summary>
    public static readonly NativeFunction Global = new("Object", (_, _, a) => a.At(0).IsNullish ? new JsValue(new JsObject()) : a[0],
        construct: (_, _, a) => a.At(0).Object is null ? new JsValue(new JsObject()) : a[0],
        isInstance: _ => true,
        members:
        [
            Member("assign", Assign),
            Member("entries", (r, _, a) => List(a, r, (name, value) => Pair(name, value, r))),
            Member("freeze", (_, _, a) => a.At(0)),
            Member("fromEntries", FromEntries),
            Member("hasOwn", (r, _, a) => JsValue.Of(Holder(a.At(0), r).Has(Operators.PropertyKey(a.At(1), r), r))),
            Member("keys", (r, _, a) => List(a, r, (name, _) => new JsValue(name))),
            Member("values", (r, _, a) => List(a, r, (_, value) => value))
        ]);

    public static (string Name, JsValue Value) Member(string name, NativeCode code) => (name, new JsValue(new NativeFunction(name, code)));

    private static JsObject Holder(JsValue value, Runtime runtime)
    {
        if (value.IsNullish)
        {
            throw runtime.TypeError($"impossible de convertir {(value.IsUndefined ? "undefined" : "null")} en objet.");
        }

        return value.IsString ? Iteration.Characters(value.Text(runtime), runtime).Object! : value.Object ?? new JsObject();
    }

    private static JsValue List(JsValue[] args, Runtime runtime, Func<string, JsValue, JsValue> make)
    {
        var holder = Holder(args.At(0), runtime);
        var result = new JsArray();
        foreach (var name in holder.Keys(runtime))
        {
            runtime.Step();
            result.Add(make(name, holder.Get(name, runtime)), runtime);
        }

        return new JsValue(result);
    }

    private static JsValue Pair(string name, JsValue value, Runtime runtime)
    {
        runtime.Allocate(8);
        return new JsValue(new JsArray([new JsValue(name), value]));
    }

    private static JsValue Assign(Runtime runtime, JsValue self, JsValue[] args)
    {
        var target = Holder(args.At(0), runtime);
        for (var i = 1; i < args.Length; i++)
        {
            Nodes.ObjectExpression.CopyMembers(args[i], target, [], runtime);
        }

        return new JsValue(target);
    }

    private static JsValue FromEntries(Runtime runtime, JsValue self, JsValue[] args)
    {
        var made = new JsObject();
        var each = new Iteration(args.At(0), runtime);
        while (each.Next(out var entry))
        {
            if (entry.Object is not { } pair)
            {
                throw runtime.TypeError("fromEntries demande des paires [nom, valeur].");
            }

            made.Set(Operators.ToText(pair.Get("0", runtime), runtime), pair.Get("1", runtime), runtime);
        }

        return new JsValue(made);
    }
}
