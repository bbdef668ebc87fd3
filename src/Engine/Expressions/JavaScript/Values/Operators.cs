using MonOPCO.Engine.Expressions.JavaScript.Builtins;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>The abstract operations of ECMAScript: conversions, equality, order, property access.</summary>
internal static class Operators
{
    public static bool ToBoolean(JsValue value) => value.IsBoolean ? value.Boolean : value.Kind switch
    {
        JsKind.Boolean => value.Boolean,
        JsKind.Number => value.Number != 0 && !double.IsNaN(value.Number),
        JsKind.String => value.TextLength > 0,
        JsKind.Object => true,
        _ => false
    };

    public static double ToNumber(JsValue value, Runtime runtime)
    {
        if (value.IsNumber)
        {
            return value.Number;
        }

        switch (value.Kind)
        {
            case JsKind.Boolean:
                return value.Number;
            case JsKind.Null:
                return 0;
            case JsKind.String:
                runtime.Steps(value.TextLength >> 4);
                return NumberText.Parse(value.Text(runtime));
            case JsKind.Object:
                return ToNumber(ToPrimitive(value, runtime, preferText: false), runtime);
            default:
                return double.NaN;
        }
    }

    /// <summary>Towards zero; NaN is zero; infinities stay.</summary>
    public static double ToInteger(JsValue value, Runtime runtime)
    {
        var number = ToNumber(value, runtime);
        return double.IsNaN(number) ? 0 : Math.Truncate(number);
    }

    public static int ToInt32(double number)
    {
        if (number >= int.MinValue && number <= int.MaxValue)
        {
            return (int)number;
        }

        return double.IsFinite(number) ? (int)(uint)(long)(Math.Truncate(number) % 4294967296d) : 0;
    }

    public static string ToText(JsValue value, Runtime runtime)
    {
        switch (value.Kind)
        {
            case JsKind.String:
                return value.Text(runtime);
            case JsKind.Number:
                return NumberText.Of(value.Number);
            case JsKind.Boolean:
                return value.Boolean ? "true" : "false";
            case JsKind.Null:
                return "null";
            case JsKind.Object:
                return ToText(ToPrimitive(value, runtime, preferText: true), runtime);
            default:
                return "undefined";
        }
    }

    /// <summary>As <see cref="ToText"/>, without putting a rope together.</summary>
    public static JsValue ToTextValue(JsValue value, Runtime runtime) => value.IsString ? value : new JsValue(ToText(value, runtime));

    public static JsValue ToPrimitive(JsValue value, Runtime runtime, bool preferText)
    {
        if (value.Object is not { } target)
        {
            return value;
        }

        runtime.Enter();
        var result = Primitive(target, runtime, preferText);
        runtime.Depth--;
        return result;
    }

    private static JsValue Primitive(JsObject target, Runtime runtime, bool preferText)
    {
        switch (target)
        {
            case JsArray array:
                return ArrayMethods.Join(array, ",", runtime);
            case JsDate date:
                return preferText ? new JsValue(date.ToText(runtime)) : new JsValue(date.Time);
            case JsFunction function:
                return new JsValue($"function {function.Name}() {{ … }}");
            case JsError:
                return new JsValue(ToText(target.Get("name", runtime), runtime) + ": " + ToText(target.Get("message", runtime), runtime));
        }

        // Without a toString of its own, an object has the inherited one, which always answers.
        var toText = target.Get("toString", runtime).Function;
        if (preferText && toText is null)
        {
            return new JsValue("[object Object]");
        }

        var toValue = target.Get("valueOf", runtime).Function;
        var first = (preferText ? toText : toValue)?.Call(runtime, []);
        if (first is { Object: null } a)
        {
            return a;
        }

        var second = (preferText ? toValue : toText)?.Call(runtime, []);
        return second is { Object: null } b ? b : new JsValue("[object Object]");
    }

    public static bool StrictEquals(JsValue a, JsValue b, Runtime runtime)
    {
        if (a.IsNumber)
        {
            return b.IsNumber && a.Number == b.Number;
        }

        if (a.IsString)
        {
            return b.IsString && SameText(a, b, runtime);
        }

        return a.SameReference(b) && a.Number == b.Number;
    }

    public static bool LooseEquals(JsValue a, JsValue b, Runtime runtime)
    {
        while (true)
        {
            JsKind x = a.Kind, y = b.Kind;
            if (x == y)
            {
                return StrictEquals(a, b, runtime);
            }

            if (a.IsNullish || b.IsNullish)
            {
                return a.IsNullish && b.IsNullish;
            }

            if (x != JsKind.Object && y != JsKind.Object)
            {
                return ToNumber(a, runtime) == ToNumber(b, runtime);
            }

            // One of the two is an object. A date answers == with its text.
            if (x == JsKind.Object)
            {
                a = ToPrimitive(a, runtime, preferText: a.Object is JsDate);
            }
            else
            {
                b = ToPrimitive(b, runtime, preferText: b.Object is JsDate);
            }
        }
    }

    /// <summary><c>includes</c>: as ===, but NaN is found.</summary>
    public static bool SameValueZero(JsValue a, JsValue b, Runtime runtime) =>
        StrictEquals(a, b, runtime) || (a.IsNumber && b.IsNumber && double.IsNaN(a.Number) && double.IsNaN(b.Number));

    public static bool SameText(JsValue a, JsValue b, Runtime runtime)
    {
        if (a.SameReference(b))
        {
            return true;
        }

        if (a.TextLength != b.TextLength)
        {
            return false;
        }

        runtime.Steps(a.TextLength >> 8);
        return string.Equals(a.Text(runtime), b.Text(runtime), StringComparison.Ordinal);
    }

    /// <summary>Negative, zero, positive; null when one is NaN.</summary>
    public static int? Compare(JsValue a, JsValue b, Runtime runtime)
    {
        a = ToPrimitive(a, runtime, preferText: false);
        b = ToPrimitive(b, runtime, preferText: false);
        if (a.IsString && b.IsString)
        {
            runtime.Steps(Math.Min(a.TextLength, b.TextLength) >> 6);
            return string.CompareOrdinal(a.Text(runtime), b.Text(runtime));
        }

        double x = ToNumber(a, runtime), y = ToNumber(b, runtime);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : null;
    }

    public static JsValue Add(JsValue a, JsValue b, Runtime runtime)
    {
        if (a.IsNumber && b.IsNumber)
        {
            return new JsValue(a.Number + b.Number);
        }

        a = ToPrimitive(a, runtime, preferText: a.Object is JsDate);
        b = ToPrimitive(b, runtime, preferText: b.Object is JsDate);
        if (a.IsString || b.IsString)
        {
            return Rope.Concat(ToTextValue(a, runtime), ToTextValue(b, runtime), runtime);
        }

        return new JsValue(ToNumber(a, runtime) + ToNumber(b, runtime));
    }

    /// <summary>ECMAScript differs from IEEE pow: 1 ** Infinity and x ** NaN are NaN.</summary>
    public static double Power(double x, double y)
    {
        if (double.IsNaN(y) || (double.IsInfinity(y) && Math.Abs(x) == 1))
        {
            return double.NaN;
        }

        return Math.Pow(x, y);
    }

    public static string TypeOf(JsValue value) => value.Kind switch
    {
        JsKind.Number => "number",
        JsKind.String => "string",
        JsKind.Boolean => "boolean",
        JsKind.Null => "object",
        JsKind.Object => value.Object!.TypeOf,
        _ => "undefined"
    };

    public static JsValue GetIndex(JsValue target, JsValue key, Runtime runtime)
    {
        if (key.IsNumber && key.Number >= 0 && key.Number == (int)key.Number)
        {
            if (target.Array is { } array)
            {
                return array[(int)key.Number];
            }

            if (target.IsString)
            {
                return CharAt(target.Text(runtime), (int)key.Number);
            }
        }

        if (target.IsNullish)
        {
            throw Unreadable(target, key.IsString || key.IsNumber ? ToText(key, runtime) : "[…]", runtime);
        }

        return GetMember(target, PropertyKey(key, runtime), runtime);
    }

    public static JsValue GetMember(JsValue target, string name, Runtime runtime)
    {
        if (target.Object is { } holder)
        {
            var own = holder.Get(name, runtime);
            return own.IsUndefined ? MethodValue(target, name) : own;
        }

        if (target.IsString)
        {
            if (name == "length")
            {
                return new JsValue(target.TextLength);
            }

            return JsArray.IsIndex(name, out var index) ? CharAt(target.Text(runtime), index) : MethodValue(target, name);
        }

        return target.IsNullish ? throw Unreadable(target, name, runtime) : MethodValue(target, name);
    }

    public static void SetIndex(JsValue target, JsValue key, JsValue value, Runtime runtime)
    {
        if (target.Array is { } array && key.IsNumber && key.Number >= 0 && key.Number == Math.Floor(key.Number) && key.Number < uint.MaxValue)
        {
            array.SetAt(key.Number, value, runtime);
        }
        else
        {
            SetMember(target, PropertyKey(key, runtime), value, runtime);
        }
    }

    public static void SetMember(JsValue target, string name, JsValue value, Runtime runtime)
    {
        if (target.Object is { } holder)
        {
            holder.Set(name, value, runtime);
        }
        else if (target.IsNullish)
        {
            throw runtime.TypeError($"impossible d'écrire « {Short(name)} » : la valeur est {ToText(target, runtime)}.");
        }
    }

    public static string PropertyKey(JsValue key, Runtime runtime) => ToText(key, runtime);

    public static NativeCode? FindMethod(JsValue receiver, MethodSet methods) => receiver.Kind switch
    {
        JsKind.String => methods.OfString,
        JsKind.Number => methods.OfNumber,
        JsKind.Boolean => methods.OfBoolean,
        JsKind.Object => receiver.Object!.Method(methods),
        _ => null
    };

    public static JsThrow Unreadable(JsValue target, string name, Runtime runtime) =>
        runtime.TypeError($"impossible de lire « {Short(name)} » : la valeur est {(target.IsUndefined ? "undefined" : "null")}.");

    public static string Short(string name) => name.Length <= 60 ? name : name[..60] + "…";

    private static JsValue MethodValue(JsValue target, string name)
    {
        var code = MethodSet.Find(name) is { } methods ? FindMethod(target, methods) : null;
        return code is null ? default : new JsValue(new NativeFunction(name, (runtime, _, args) => code(runtime, target, args)));
    }

    private static readonly JsValue[] AsciiTexts = Enumerable.Range(0, 128).Select(c => new JsValue(((char)c).ToString())).ToArray();

    public static JsValue CharAt(string text, int index)
    {
        if ((uint)index >= (uint)text.Length)
        {
            return default;
        }

        var c = text[index];
        return c < AsciiTexts.Length ? AsciiTexts[c] : new JsValue(c.ToString());
    }
}
