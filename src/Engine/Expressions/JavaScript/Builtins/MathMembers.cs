using MonOPCO.Engine.Expressions.JavaScript.Values;
using static MonOPCO.Engine.Expressions.JavaScript.Builtins.ObjectMethods;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class MathMembers
{
    public static readonly JsObject Global = JsObject.Shared(
        ("PI", new JsValue(Math.PI)),
        ("E", new JsValue(Math.E)),
        ("LN2", new JsValue(Math.Log(2))),
        ("LN10", new JsValue(Math.Log(10))),
        ("LOG2E", new JsValue(1 / Math.Log(2))),
        ("LOG10E", new JsValue(0.4342944819032518)),
        ("SQRT2", new JsValue(Math.Sqrt(2))),
        ("SQRT1_2", new JsValue(Math.Sqrt(0.5))),
        One("abs", Math.Abs),
        One("acos", Math.Acos),
        One("asin", Math.Asin),
        One("atan", Math.Atan),
        One("cbrt", Math.Cbrt),
        One("ceil", Math.Ceiling),
        One("cos", Math.Cos),
        One("exp", Math.Exp),
        One("floor", Math.Floor),
        One("fround", x => (float)x),
        One("log", Math.Log),
        One("log10", Math.Log10),
        One("log2", Math.Log2),
        One("round", Round),
        One("sign", x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
        One("sin", Math.Sin),
        One("sqrt", Math.Sqrt),
        One("tan", Math.Tan),
        One("trunc", Math.Truncate),
        Member("atan2", (r, _, a) => new JsValue(Math.Atan2(Operators.ToNumber(a.At(0), r), Operators.ToNumber(a.At(1), r)))),
        Member("hypot", (r, _, a) => new JsValue(Math.Sqrt(a.Sum(x => Math.Pow(Operators.ToNumber(x, r), 2))))),
        Member("max", (r, _, a) => new JsValue(a.Aggregate(double.NegativeInfinity, (most, x) => Math.Max(most, Operators.ToNumber(x, r))))),
        Member("min", (r, _, a) => new JsValue(a.Aggregate(double.PositiveInfinity, (least, x) => Math.Min(least, Operators.ToNumber(x, r))))),
        Member("pow", (r, _, a) => new JsValue(Operators.Power(Operators.ToNumber(a.At(0), r), Operators.ToNumber(a.At(1), r)))),
        Member("random", (_, _, _) => new JsValue(Random.Shared.NextDouble())));

    /// <summary>Half goes up, also for negative numbers; adding 0.5 first would be wrong just below a half.</summary>
    private static double Round(double x)
    {
        var floor = Math.Floor(x);
        var rounded = x - floor >= 0.5 ? floor + 1 : floor;
        return rounded == 0 && (x < 0 || double.IsNegative(x)) ? -0.0 : rounded;
    }

    private static (string, JsValue) One(string name, Func<double, double> function) =>
        Member(name, (r, _, a) => new JsValue(function(Operators.ToNumber(a.At(0), r))));
}
