using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class Arguments
{
    public static JsValue At(this JsValue[] args, int index) => index < args.Length ? args[index] : default;

    /// <summary>An integer argument, or the fallback when it is missing or undefined.</summary>
    public static double Integer(this JsValue[] args, int index, Runtime runtime, double fallback = 0)
    {
        var value = args.At(index);
        return value.IsUndefined ? fallback : Operators.ToInteger(value, runtime);
    }

    /// <summary>A position that counts from the end when negative, kept within the length.</summary>
    public static int Relative(this JsValue[] args, int index, int length, Runtime runtime, double fallback)
    {
        var at = args.Integer(index, runtime, fallback);
        return (int)(at < 0 ? Math.Max(at + length, 0) : Math.Min(at, length));
    }

    public static JsFunction Callback(this JsValue[] args, int index, Runtime runtime) =>
        args.At(index).Function ?? throw runtime.TypeError("une fonction est attendue en paramètre.");
}
