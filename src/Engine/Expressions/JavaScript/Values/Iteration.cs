namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>What <c>for…of</c>, a spread and an array pattern walk: arrays as they are while walked, strings by code point.</summary>
internal struct Iteration
{
    private readonly JsArray? _array;
    private readonly string? _text;
    private readonly Runtime _runtime;
    private int _at;

    public Iteration(JsValue source, Runtime runtime)
    {
        _runtime = runtime;
        _array = source.Array;
        if (_array is null)
        {
            _text = source.IsString ? source.Text(runtime) : throw runtime.TypeError(source.IsNullish
                ? $"la valeur {(source.IsUndefined ? "undefined" : "null")} ne peut pas être parcourue."
                : "cette valeur ne peut pas être parcourue (il faut un tableau ou un texte).");
        }
    }

    public static JsValue Characters(string text, Runtime runtime)
    {
        var array = new JsArray();
        var each = new Iteration(new JsValue(text), runtime);
        while (each.Next(out var value))
        {
            array.Add(value, runtime);
        }

        return new JsValue(array);
    }

    public bool Next(out JsValue value)
    {
        _runtime.Step();
        if (_array is not null)
        {
            value = _array[_at];
            return _at++ < _array.Count;
        }

        if (_at >= _text!.Length)
        {
            value = default;
            return false;
        }

        if (char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1]))
        {
            _runtime.Allocate(2);
            value = new JsValue(_text.Substring(_at, 2));
            _at += 2;
        }
        else
        {
            value = Operators.CharAt(_text, _at++);
        }

        return true;
    }
}
