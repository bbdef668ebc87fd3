using System.Collections.Frozen;
using System.Text;
using MonOPCO.Engine.Expressions.JavaScript.Values;
using static MonOPCO.Engine.Expressions.JavaScript.Builtins.ObjectMethods;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

/// <summary>The names of the language: shared by all evaluations, hence read-only.</summary>
internal static class Globals
{
    public static readonly FrozenDictionary<string, JsValue> Table = Build().ToFrozenDictionary(StringComparer.Ordinal);

    private static Dictionary<string, JsValue> Build()
    {
        var table = new Dictionary<string, JsValue>
        {
            ["NaN"] = JsValue.NaN,
            ["Infinity"] = new(double.PositiveInfinity),
            ["Math"] = new(MathMembers.Global),
            ["JSON"] = new(JsonMembers.Global),
            ["Object"] = new(ObjectMethods.Global),
            ["Number"] = new(NumberMethods.Global),
            ["Date"] = new(DateMethods.Global),
            ["parseInt"] = new(NumberMethods.ParseInt),
            ["parseFloat"] = new(NumberMethods.ParseFloat),
            ["Boolean"] = new(new NativeFunction("Boolean", (_, _, a) => JsValue.Of(Operators.ToBoolean(a.At(0))))),
            ["Function"] = new(new NativeFunction("Function", (r, _, _) => throw r.TypeError("le code ne peut pas être créé à partir d'un texte."), isInstance: target => target is JsFunction)),
            ["String"] = new(new NativeFunction("String", (r, _, a) => a.Length == 0 ? JsValue.EmptyText : Operators.ToTextValue(a[0], r), members: [Member("fromCharCode", FromCharCode)])),
            ["Array"] = new(new NativeFunction("Array", NewArray, construct: NewArray, isInstance: target => target is JsArray, members:
            [
                Member("isArray", (_, _, a) => JsValue.Of(a.At(0).Array is not null)),
                Member("of", (r, _, a) => Listed(r, a)),
                Member("from", ArrayFrom)
            ]))
        };
        Add(table, "isNaN", (r, _, a) => JsValue.Of(double.IsNaN(Operators.ToNumber(a.At(0), r))));
        Add(table, "isFinite", (r, _, a) => JsValue.Of(double.IsFinite(Operators.ToNumber(a.At(0), r))));
        Add(table, "encodeURIComponent", EncodeUri);
        foreach (var kind in JsError.Kinds)
        {
            NativeCode make = (r, _, a) => NewError(kind, a, r);
            table[kind] = new JsValue(new NativeFunction(kind, make, make,
                target => target is JsError error && (kind == "Error" || error.Kind == kind)));
        }

        return table;
    }

    private static void Add(Dictionary<string, JsValue> table, string name, NativeCode code) => table[name] = new JsValue(new NativeFunction(name, code));

    private static JsValue NewError(string kind, JsValue[] args, Runtime runtime)
    {
        runtime.Allocate(8);
        return new JsValue(JsError.Create(kind, args.At(0).IsUndefined ? "" : Operators.ToText(args[0], runtime)));
    }

    private static JsValue Listed(Runtime runtime, JsValue[] args)
    {
        runtime.Allocate(args.Length);
        return new JsValue(new JsArray([.. args]));
    }

    private static JsValue NewArray(Runtime runtime, JsValue self, JsValue[] args)
    {
        if (args.Length != 1 || !args[0].IsNumber)
        {
            return Listed(runtime, args);
        }

        var array = new JsArray();
        array.SetLength(args[0].Number, runtime);
        return new JsValue(array);
    }

    /// <summary>From an array, a string, or <c>{ length: n }</c>.</summary>
    private static JsValue ArrayFrom(Runtime runtime, JsValue self, JsValue[] args)
    {
        var source = args.At(0);
        var convert = args.At(1).IsUndefined ? null : args.Callback(1, runtime);
        if (source.Object is not null and not JsArray)
        {
            var list = new JsArray();
            var length = Operators.ToInteger(source.Object.Get("length", runtime), runtime);
            list.SetLength(Math.Max(length, 0), runtime);
            for (var i = 0; i < list.Count && source.Object.PropertyCount > 1; i++)
            {
                runtime.Step();
                list.Items[i] = source.Object.Get(NumberText.Of(i), runtime);
            }

            source = new JsValue(list);
        }

        var result = new JsArray();
        var each = new Iteration(source, runtime);
        while (each.Next(out var value))
        {
            result.Add(convert is null ? value : convert.Call(runtime, [value, new JsValue(result.Count)]), runtime);
        }

        return new JsValue(result);
    }

    private static JsValue FromCharCode(Runtime runtime, JsValue self, JsValue[] args)
    {
        runtime.AllocateText(args.Length);
        return new JsValue(string.Concat(args.Select(code => (char)(ushort)Operators.ToInt32(Operators.ToNumber(code, runtime)))));
    }

    private static JsValue EncodeUri(Runtime runtime, JsValue self, JsValue[] args)
    {
        var text = Operators.ToText(args.At(0), runtime);
        runtime.AllocateText(text.Length * 9L);
        runtime.Steps(text.Length);
        var result = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || "-_.!~*'()".Contains((char)rune.Value)))
            {
                result.Append((char)rune.Value);
                continue;
            }

            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
            {
                result.Append('%').Append(Convert.ToHexString([one]));
            }
        }

        return new JsValue(result.ToString());
    }
}
