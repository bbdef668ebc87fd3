using System.Runtime.CompilerServices;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

internal enum JsKind
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Object,

    /// <summary>A variable read before its declaration ran.</summary>
    Uninitialised,

    /// <summary>A name that was assigned somewhere without declaration, and not yet.</summary>
    Absent,

    /// <summary>What <c>?.</c> gives to the rest of its chain.</summary>
    ShortCircuit
}

internal sealed class JsTag(JsKind kind)
{
    public readonly JsKind Kind = kind;
}

/// <summary>A variable that a closure captured.</summary>
internal sealed class Cell(JsValue value)
{
    public JsValue Value = value;
}

/// <summary>Sixteen bytes: what it is (or the object itself), and the number.</summary>
internal readonly struct JsValue
{
    private static readonly JsTag NumberTag = new(JsKind.Number);
    private static readonly JsTag BooleanTag = new(JsKind.Boolean);
    private static readonly JsTag NullTag = new(JsKind.Null);

    public static readonly JsValue Null = new(NullTag, 0);
    public static readonly JsValue True = new(BooleanTag, 1);
    public static readonly JsValue False = new(BooleanTag, 0);
    public static readonly JsValue Uninitialised = new(new JsTag(JsKind.Uninitialised), 0);
    public static readonly JsValue Absent = new(new JsTag(JsKind.Absent), 0);
    public static readonly JsValue ShortCircuit = new(new JsTag(JsKind.ShortCircuit), 0);
    public static readonly JsValue NaN = new(double.NaN);
    public static readonly JsValue EmptyText = new("");

    private readonly object? _what;
    private readonly double _number;

    private JsValue(object? what, double number)
    {
        _what = what;
        _number = number;
    }

    public JsValue(double number)
    {
        _what = NumberTag;
        _number = number;
    }

    public JsValue(string text) => _what = text;

    public JsValue(Rope rope) => _what = rope;

    public JsValue(JsObject? value) => _what = value;

    public JsValue(Cell cell) => _what = cell;

    public static JsValue Undefined => default;

    public static JsValue Of(bool value) => value ? True : False;

    public JsKind Kind => _what switch
    {
        null => JsKind.Undefined,
        JsTag tag => tag.Kind,
        string or Rope => JsKind.String,
        _ => JsKind.Object
    };

    public bool IsUndefined => _what is null;
    public bool IsNullish => _what is null || ReferenceEquals(_what, NullTag);
    public bool IsNumber => ReferenceEquals(_what, NumberTag);
    public bool IsBoolean => ReferenceEquals(_what, BooleanTag);
    public bool IsString => _what is string or Rope;
    public bool IsShortCircuit => ReferenceEquals(_what, ShortCircuit._what);

    /// <summary>A variable that holds no value yet: one type check on the hot path of every name.</summary>
    public bool IsUnset => _what is JsTag { Kind: JsKind.Uninitialised or JsKind.Absent };

    public bool IsUninitialised => ReferenceEquals(_what, Uninitialised._what);
    public bool IsAbsent => ReferenceEquals(_what, Absent._what);

    /// <summary>Only when <see cref="IsNumber"/> or <see cref="IsBoolean"/>.</summary>
    public double Number => _number;

    public bool Boolean => _number != 0;

    public JsObject? Object => _what as JsObject;
    public JsArray? Array => _what as JsArray;
    public JsFunction? Function => _what as JsFunction;

    /// <summary>The captured variable in this slot.</summary>
    public Cell Cell => Unsafe.As<Cell>(_what!);

    /// <summary>The string as it is, a rope not yet put together included.</summary>
    public object? RawText => _what;

    /// <summary>Only when <see cref="IsString"/>; puts a rope together.</summary>
    public string Text(Runtime runtime) => _what as string ?? ((Rope)_what!).Flatten(runtime);

    public int TextLength => _what is string text ? text.Length : ((Rope)_what!).Length;

    public bool SameReference(JsValue other) => ReferenceEquals(_what, other._what);
}
