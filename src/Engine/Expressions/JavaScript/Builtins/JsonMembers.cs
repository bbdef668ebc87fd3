using System.Globalization;
using System.Text;
using MonOPCO.Engine.Expressions.JavaScript.Values;
using static MonOPCO.Engine.Expressions.JavaScript.Builtins.ObjectMethods;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class JsonMembers
{
    public static readonly JsObject Global = JsObject.Shared(
        Member("parse", Parse),
        Member("stringify", (r, _, a) => new JsonWriter(r, a).Write(a.At(0))));

    private static JsValue Parse(Runtime runtime, JsValue self, JsValue[] args)
    {
        if (args.At(1).Function is not null)
        {
            throw runtime.TypeError("le deuxième paramètre de JSON.parse n'est pas pris en charge.");
        }

        return new JsonReader(Operators.ToText(args.At(0), runtime), runtime).Read();
    }
}

internal sealed class JsonWriter
{
    private readonly Runtime _runtime;
    private readonly string _indent;
    private readonly HashSet<string>? _only;
    private readonly StringBuilder _text = new();
    private readonly List<JsObject> _open = [];

    public JsonWriter(Runtime runtime, JsValue[] args)
    {
        _runtime = runtime;
        if (args.At(1).Function is not null)
        {
            throw runtime.TypeError("une fonction en deuxième paramètre de JSON.stringify n'est pas prise en charge.");
        }

        _only = args.At(1).Array is { } names ? [.. names.Items.ToArray().Select(name => Operators.ToText(name, runtime))] : null;
        var space = args.At(2);
        _indent = space.IsNumber ? new string(' ', (int)Math.Clamp(space.Number, 0, 10)) : space.IsString ? space.Text(runtime) : "";
        _indent = _indent.Length > 10 ? _indent[..10] : _indent;
    }

    public JsValue Write(JsValue value)
    {
        if (value.IsUndefined || value.Function is not null)
        {
            return default;
        }

        Put(value);
        return new JsValue(_text.ToString());
    }

    private void Put(JsValue value)
    {
        _runtime.Step();
        switch (value.Kind)
        {
            case JsKind.String:
                Quote(value.Text(_runtime));
                break;
            case JsKind.Number:
                Append(double.IsFinite(value.Number) ? NumberText.Of(value.Number) : "null");
                break;
            case JsKind.Boolean:
                Append(value.Boolean ? "true" : "false");
                break;
            case JsKind.Object when value.Object is JsDate date:
                if (double.IsNaN(date.Time))
                {
                    Append("null");
                }
                else
                {
                    Quote(date.ToIso(_runtime));
                }

                break;
            case JsKind.Object when value.Function is null:
                PutNested(value.Object!);
                break;
            default:
                Append("null");
                break;
        }
    }

    private void PutNested(JsObject target)
    {
        if (_open.Contains(target))
        {
            throw _runtime.TypeError("cet objet se contient lui-même : il ne peut pas être mis en JSON.");
        }

        _runtime.Enter();
        _open.Add(target);
        var count = 0;
        if (target is JsArray array)
        {
            Append("[");
            for (; count < array.Count; count++)
            {
                NewLine(count > 0);
                Put(array[count]);
            }

            Close(count, "]");
        }
        else
        {
            Append("{");
            foreach (var name in target.Keys(_runtime))
            {
                var value = target.Get(name, _runtime);
                if (value.IsUndefined || value.Function is not null || _only?.Contains(name) == false)
                {
                    continue;
                }

                NewLine(count++ > 0);
                Quote(name);
                Append(_indent.Length > 0 ? ": " : ":");
                Put(value);
            }

            Close(count, "}");
        }

        _open.RemoveAt(_open.Count - 1);
        _runtime.Depth--;
    }

    private void NewLine(bool comma)
    {
        Append(comma ? "," : "");
        if (_indent.Length > 0)
        {
            Append("\n");
            for (var i = 0; i < _open.Count; i++)
            {
                Append(_indent);
            }
        }
    }

    private void Close(int count, string sign)
    {
        if (count > 0 && _indent.Length > 0)
        {
            Append("\n");
            for (var i = 1; i < _open.Count; i++)
            {
                Append(_indent);
            }
        }

        Append(sign);
    }

    private void Quote(string text)
    {
        Append("\"");
        _runtime.Steps(text.Length >> 4);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '"': Append("\\\""); break;
                case '\\': Append("\\\\"); break;
                case '\n': Append("\\n"); break;
                case '\r': Append("\\r"); break;
                case '\t': Append("\\t"); break;
                case '\b': Append("\\b"); break;
                case '\f': Append("\\f"); break;
                default:
                    var paired = char.IsHighSurrogate(c) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
                        : !char.IsLowSurrogate(c) || (i > 0 && char.IsHighSurrogate(text[i - 1]));
                    if (c < ' ' || !paired)
                    {
                        Append("\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        _runtime.Allocate(1);
                        _text.Append(c);
                    }

                    break;
            }
        }

        Append("\"");
    }

    private void Append(string part)
    {
        if (_text.Length + part.Length > Runtime.MaxTextLength)
        {
            throw _runtime.OutOfMemory();
        }

        _runtime.Allocate(part.Length);
        _text.Append(part);
    }
}

/// <summary>Our own reader: it counts what it makes before making it, and accepts half surrogates as JavaScript does.</summary>
internal sealed class JsonReader(string text, Runtime runtime)
{
    private int _at;

    public JsValue Read()
    {
        var value = Value();
        Spaces();
        return _at == text.Length ? value : throw Wrong();
    }

    private JsThrow Wrong() => runtime.Error("SyntaxError", _at >= text.Length ? "le JSON s'arrête trop tôt." : $"JSON incorrect à la position {_at}.");

    private void Spaces()
    {
        var start = _at;
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }

        runtime.Steps((_at - start) >> 4);
    }

    private bool Take(char c)
    {
        Spaces();
        if (_at >= text.Length || text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private JsValue Value()
    {
        runtime.Step();
        Spaces();
        if (_at >= text.Length)
        {
            throw Wrong();
        }

        switch (text[_at])
        {
            case '{': return Object();
            case '[': return Array();
            case '"': return new JsValue(Text());
            case 't': return Word("true", JsValue.True);
            case 'f': return Word("false", JsValue.False);
            case 'n': return Word("null", JsValue.Null);
            default: return Number();
        }
    }

    private JsValue Word(string word, JsValue value)
    {
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0)
        {
            throw Wrong();
        }

        _at += word.Length;
        return value;
    }

    private JsValue Object()
    {
        runtime.Enter();
        _at++;
        var made = new JsObject();
        if (!Take('}'))
        {
            do
            {
                Spaces();
                var name = Text();
                if (!Take(':'))
                {
                    throw Wrong();
                }

                made.Set(name, Value(), runtime);
            }
            while (Take(','));

            if (!Take('}'))
            {
                throw Wrong();
            }
        }

        runtime.Depth--;
        return new JsValue(made);
    }

    private JsValue Array()
    {
        runtime.Enter();
        _at++;
        var made = new JsArray();
        if (!Take(']'))
        {
            do
            {
                made.Add(Value(), runtime);
            }
            while (Take(','));

            if (!Take(']'))
            {
                throw Wrong();
            }
        }

        runtime.Depth--;
        return new JsValue(made);
    }

    private JsValue Number()
    {
        var start = _at;
        if (Peek() == '-')
        {
            _at++;
        }

        var zero = Peek() == '0';
        var whole = Digits();
        if (whole == 0 || (zero && whole > 1))
        {
            throw Wrong();
        }

        if (Peek() == '.')
        {
            _at++;
            if (Digits() == 0)
            {
                throw Wrong();
            }
        }

        if (Peek() is 'e' or 'E')
        {
            _at++;
            if (Peek() is '+' or '-')
            {
                _at++;
            }

            if (Digits() == 0)
            {
                throw Wrong();
            }
        }

        runtime.Steps((_at - start) >> 4);
        return new JsValue(double.Parse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private int Digits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        return _at - start;
    }

    private string Text()
    {
        if (Peek() != '"')
        {
            throw Wrong();
        }

        var start = ++_at;
        while (_at < text.Length && text[_at] is not ('"' or '\\') && text[_at] >= ' ')
        {
            _at++;
        }

        runtime.Allocate(_at - start);
        runtime.Steps((_at - start) >> 4);
        if (Peek() == '"')
        {
            return text[start.._at++];
        }

        var made = new StringBuilder(text, start, _at - start, _at - start + 16);
        while (true)
        {
            if (_at >= text.Length || text[_at] < ' ')
            {
                throw Wrong();
            }

            var c = text[_at++];
            if (c == '"')
            {
                return made.ToString();
            }

            runtime.Allocate(1);
            made.Append(c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        var c = Peek();
        _at++;
        switch (c)
        {
            case '"' or '\\' or '/': return c;
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                _at--;
                throw Wrong();
        }
    }
}
