using MonOPCO.Engine.Expressions.JavaScript.Values;
using static MonOPCO.Engine.Expressions.JavaScript.Builtins.ObjectMethods;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class NumberMethods
{
    private const double MaxSafe = 9007199254740991;

    public static readonly Dictionary<string, NativeCode> Table = new(StringComparer.Ordinal)
    {
        ["toFixed"] = (r, self, a) => new JsValue(NumberText.Fixed(self.Number, Digits(a, r, 0, 100, 0))),
        ["toPrecision"] = (r, self, a) => new JsValue(a.At(0).IsUndefined ? NumberText.Of(self.Number) : NumberText.Precision(self.Number, Digits(a, r, 1, 100, 1))),
        ["toString"] = ToText,
        ["valueOf"] = (_, self, _) => self
    };

    public static readonly NativeFunction ParseInt = new("parseInt", (r, _, a) => new JsValue(Integer(a, r)));

    public static readonly NativeFunction ParseFloat = new("parseFloat", (r, _, a) => new JsValue(NumberText.ParsePrefix(Charged(a, r))));

    public static readonly NativeFunction Global = new("Number", (r, _, a) => new JsValue(a.Length == 0 ? 0 : Operators.ToNumber(a[0], r)), members:
    [
        ("MAX_SAFE_INTEGER", new JsValue(MaxSafe)),
        ("MIN_SAFE_INTEGER", new JsValue(-MaxSafe)),
        ("MAX_VALUE", new JsValue(double.MaxValue)),
        ("MIN_VALUE", new JsValue(double.Epsilon)),
        ("EPSILON", new JsValue(Math.Pow(2, -52))),
        ("NaN", JsValue.NaN),
        ("POSITIVE_INFINITY", new JsValue(double.PositiveInfinity)),
        ("NEGATIVE_INFINITY", new JsValue(double.NegativeInfinity)),
        ("parseInt", new JsValue(ParseInt)),
        ("parseFloat", new JsValue(ParseFloat)),
        Member("isNaN", (_, _, a) => JsValue.Of(a.At(0).IsNumber && double.IsNaN(a[0].Number))),
        Member("isFinite", (_, _, a) => JsValue.Of(a.At(0).IsNumber && double.IsFinite(a[0].Number))),
        Member("isInteger", (_, _, a) => JsValue.Of(IsInteger(a.At(0)))),
        Member("isSafeInteger", (_, _, a) => JsValue.Of(IsInteger(a.At(0)) && Math.Abs(a[0].Number) <= MaxSafe))
    ]);

    private static bool IsInteger(JsValue value) => value.IsNumber && double.IsFinite(value.Number) && value.Number == Math.Floor(value.Number);

    private static int Digits(JsValue[] args, Runtime runtime, int least, int most, int fallback)
    {
        var digits = args.Integer(0, runtime, fallback);
        return digits >= least && digits <= most ? (int)digits : throw runtime.RangeError($"le nombre de chiffres doit être compris entre {least} et {most}.");
    }

    private static JsValue ToText(Runtime runtime, JsValue self, JsValue[] args)
    {
        var radix = args.Integer(0, runtime, 10);
        if (radix == 10 || !double.IsFinite(self.Number))
        {
            return new JsValue(NumberText.Of(self.Number));
        }

        if (radix is < 2 or > 36 || self.Number != Math.Floor(self.Number) || Math.Abs(self.Number) > MaxSafe)
        {
            throw runtime.RangeError("toString(base) demande un nombre entier et une base comprise entre 2 et 36.");
        }

        return new JsValue(NumberText.Radix(self.Number, (int)radix));
    }

    private static string Charged(JsValue[] args, Runtime runtime)
    {
        var text = Operators.ToText(args.At(0), runtime);
        runtime.Steps(text.Length >> 4);
        return text;
    }

    private static double Integer(JsValue[] args, Runtime runtime)
    {
        var span = NumberText.TrimSpaces(Charged(args, runtime));
        var radix = Operators.ToInt32(Operators.ToNumber(args.At(1), runtime));
        var negative = !span.IsEmpty && span[0] == '-';
        if (!span.IsEmpty && span[0] is '-' or '+')
        {
            span = span[1..];
        }

        if (radix is 0 or 16 && span.Length >= 2 && span[0] == '0' && (span[1] | 0x20) == 'x')
        {
            span = span[2..];
            radix = 16;
        }

        radix = radix == 0 ? 10 : radix;
        if (radix is < 2 or > 36)
        {
            return double.NaN;
        }

        var value = NumberText.Digits(span, radix, out _);
        return negative ? -value : value;
    }
}
