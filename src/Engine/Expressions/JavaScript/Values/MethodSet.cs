using System.Collections.Frozen;
using MonOPCO.Engine.Expressions.JavaScript.Builtins;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>What one method name means for each kind of receiver; looked up once, when the script is parsed.</summary>
internal sealed class MethodSet
{
    private static readonly FrozenDictionary<string, MethodSet> All = Build();

    public NativeCode? OfString { get; private init; }
    public NativeCode? OfNumber { get; private init; }
    public NativeCode? OfBoolean { get; private init; }
    public NativeCode? OfArray { get; private init; }
    public NativeCode? OfDate { get; private init; }
    public NativeCode? OfObject { get; private init; }

    public static MethodSet? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, MethodSet> Build()
    {
        var text = StringMethods.Table;
        var number = NumberMethods.Table;
        var boolean = ObjectMethods.OfBoolean;
        var array = ArrayMethods.Table;
        var date = DateMethods.Table;
        var any = ObjectMethods.Table;
        return text.Keys.Concat(number.Keys).Concat(boolean.Keys).Concat(array.Keys).Concat(date.Keys).Concat(any.Keys).Distinct()
            .ToFrozenDictionary(name => name, name => new MethodSet
            {
                OfString = text.GetValueOrDefault(name),
                OfNumber = number.GetValueOrDefault(name),
                OfBoolean = boolean.GetValueOrDefault(name),
                OfArray = array.GetValueOrDefault(name),
                OfDate = date.GetValueOrDefault(name),
                OfObject = any.GetValueOrDefault(name)
            }, StringComparer.Ordinal);
    }
}
