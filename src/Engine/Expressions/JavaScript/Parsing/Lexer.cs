using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

/// <summary>The whole source as tokens, with matching brackets known: the parser can look ahead to <c>=&gt;</c> at no cost.</summary>
internal sealed class Lexer(SourceText source)
{
    private static readonly FrozenSet<string> Keywords = new[]
    {
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "export", "extends", "false", "finally", "for",
        "function", "if", "import", "in", "instanceof", "let", "new", "null", "return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
        "yield", "async", "await"
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Longest first, by first character.</summary>
    private static readonly FrozenDictionary<char, string[]> Signs = new[]
    {
        "{", "}", "(", ")", "[", "]", ".", "...", ";", ",", "<", ">", "<=", ">=", "==", "!=", "===", "!==", "+", "-", "*", "/", "%", "**", "++", "--", "<<", ">>", ">>>", "&", "|", "^",
        "!", "~", "&&", "||", "??", "?", "?.", ":", "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??=", "=>"
    }.GroupBy(sign => sign[0]).ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(sign => sign.Length).ToArray());

    private readonly string _text = source.Text;
    private readonly List<Token> _tokens = [];
    private readonly Stack<int> _open = new();

    /// <summary>Depth of brackets at which each template waits for its closing brace.</summary>
    private readonly Stack<int> _templates = new();

    private int _at;
    private bool _newLine;

    public Token[] Read()
    {
        while (true)
        {
            SkipSpaces();
            if (_at >= _text.Length)
            {
                if (_open.TryPeek(out var open))
                {
                    throw source.Error($"« {_tokens[open].Text} » n'est pas refermé.", _tokens[open].Position);
                }

                Add(TokenKind.End, "", _at);
                return [.. _tokens];
            }

            ReadOne(_text[_at]);
        }
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' || (c > 127 && char.IsLetter(c));

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c);

    private void ReadOne(char c)
    {
        if (IsNameStart(c))
        {
            var start = _at;
            while (_at < _text.Length && IsNamePart(_text[_at]))
            {
                _at++;
            }

            var name = _text[start.._at];
            Add(Keywords.Contains(name) ? TokenKind.Keyword : TokenKind.Name, name, start);
        }
        else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            ReadNumber();
        }
        else if (c is '"' or '\'')
        {
            ReadText(c);
        }
        else if (c == '`')
        {
            ReadTemplate();
        }
        else if (c == '}' && _templates.TryPeek(out var depth) && depth == _open.Count)
        {
            _templates.Pop();
            ReadTemplate();
        }
        else
        {
            ReadSign(c);
        }
    }

    private void ReadSign(char c)
    {
        if (c == '/' && !AfterOperand())
        {
            throw source.Error(Refusals.Regex, _at);
        }

        if (!Signs.TryGetValue(c, out var candidates))
        {
            throw source.Error(c switch
            {
                '#' => "Le caractère « # » n'est pas accepté.",
                '\\' => "Le caractère « \\ » n'est accepté que dans un texte.",
                _ => $"Le caractère « {(char.IsControl(c) || char.IsSurrogate(c) ? "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture) : c)} » n'est pas accepté ici."
            }, _at);
        }

        foreach (var sign in candidates)
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0
                || (sign == "?." && _at + 2 < _text.Length && char.IsAsciiDigit(_text[_at + 2])))
            {
                continue;
            }

            var start = _at;
            _at += sign.Length;
            Add(TokenKind.Sign, sign, start);
            if (sign is "(" or "[" or "{")
            {
                _open.Push(_tokens.Count - 1);
            }
            else if (sign is ")" or "]" or "}")
            {
                Close(sign, start);
            }

            return;
        }

        throw source.Error($"Le caractère « {c} » n'est pas accepté ici.", _at);
    }

    private void Close(string sign, int start)
    {
        if (!_open.TryPop(out var open) || (_tokens[open].Text, sign) is not (("(", ")") or ("[", "]") or ("{", "}")))
        {
            throw source.Error($"« {sign} » ne correspond à aucune ouverture.", start);
        }

        _tokens[open] = _tokens[open] with { Closing = _tokens.Count - 1 };
    }

    private bool AfterOperand()
    {
        if (_tokens.Count == 0)
        {
            return false;
        }

        var last = _tokens[^1];
        return last.Kind switch
        {
            TokenKind.Name or TokenKind.Number or TokenKind.Text => true,
            TokenKind.Template => last.Last,
            TokenKind.Keyword => last.Text is "this" or "true" or "false" or "null",
            _ => last.Text is ")" or "]" or "}" or "++" or "--"
        };
    }

    private void ReadNumber()
    {
        var start = _at;
        double value;
        if (_text[_at] == '0' && _at + 1 < _text.Length && (_text[_at + 1] | 0x20) is 'x' or 'o' or 'b')
        {
            var radix = (_text[_at + 1] | 0x20) switch { 'x' => 16, 'o' => 8, _ => 2 };
            _at += 2;
            value = NumberText.Digits(TakeDigits(radix == 16).Replace("_", ""), radix, out var used);
            if (used == 0)
            {
                throw source.Error("Ce nombre est incomplet.", start);
            }
        }
        else
        {
            TakeDigits(false);
            if (Peek('.'))
            {
                _at++;
                TakeDigits(false);
            }

            if (_at < _text.Length && (_text[_at] | 0x20) == 'e')
            {
                _at++;
                if (Peek('+') || Peek('-'))
                {
                    _at++;
                }

                if (_at >= _text.Length || !char.IsAsciiDigit(_text[_at]))
                {
                    throw source.Error("Ce nombre est incomplet.", start);
                }

                TakeDigits(false);
            }

            var literal = _text[start.._at].Replace("_", "");
            if (literal.Length > 1 && literal[0] == '0' && char.IsAsciiDigit(literal[1]))
            {
                throw source.Error("Un nombre ne commence pas par un zéro.", start);
            }

            value = double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (Peek('n'))
        {
            throw source.Error("Les grands entiers (BigInt) ne sont pas pris en charge.", start);
        }

        if (_at < _text.Length && IsNamePart(_text[_at]))
        {
            throw source.Error("Un nombre ne peut pas être suivi directement d'un nom.", _at);
        }

        Add(TokenKind.Number, _text[start.._at], start, value);
    }

    private string TakeDigits(bool hexadecimal)
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (hexadecimal && char.IsAsciiHexDigit(_text[_at])) || (_text[_at] == '_' && _at > start)))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private void ReadText(char quote)
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= _text.Length || _text[_at] is '\n' or '\r')
            {
                throw source.Error("Ce texte n'est pas refermé.", start);
            }

            var c = _text[_at++];
            if (c == quote)
            {
                break;
            }

            if (c == '\\')
            {
                Escape(text);
            }
            else
            {
                text.Append(c);
            }
        }

        Add(TokenKind.Text, text.ToString(), start);
    }

    /// <summary>From the opening ` or the } of a substitution, up to the next ${ or the closing `.</summary>
    private void ReadTemplate()
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= _text.Length)
            {
                throw source.Error("Ce texte entre ` n'est pas refermé.", start);
            }

            var c = _text[_at++];
            if (c == '`')
            {
                Add(TokenKind.Template, text.ToString(), start, last: true);
                return;
            }

            if (c == '$' && Peek('{'))
            {
                _at++;
                _templates.Push(_open.Count);
                Add(TokenKind.Template, text.ToString(), start);
                return;
            }

            if (c == '\\')
            {
                Escape(text);
            }
            else if (c != '\r')
            {
                text.Append(c);
            }
            else if (!Peek('\n'))
            {
                text.Append('\n');
            }
        }
    }

    private void Escape(StringBuilder text)
    {
        if (_at >= _text.Length)
        {
            throw source.Error("Ce texte n'est pas refermé.", _at);
        }

        var c = _text[_at++];
        switch (c)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case '0' when _at >= _text.Length || !char.IsAsciiDigit(_text[_at]): text.Append('\0'); break;
            case 'x': text.Append((char)Hexadecimal(2)); break;
            case 'u' when Peek('{'):
                var end = _text.IndexOf('}', _at);
                if (end < 0 || end - _at > 9 || !int.TryParse(_text.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
                {
                    throw source.Error("Cette séquence \\u n'est pas valable.", _at);
                }

                _at = end + 1;
                text.Append(code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                break;
            case 'u': text.Append((char)Hexadecimal(4)); break;
            case '\r':
                if (Peek('\n'))
                {
                    _at++;
                }

                break;
            case '\n': break;
            case >= '0' and <= '9':
                throw source.Error("Cette séquence \\ suivie d'un chiffre n'est pas valable.", _at - 1);
            default: text.Append(c); break;
        }
    }

    private int Hexadecimal(int digits)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw source.Error("Cette séquence \\ n'est pas valable.", _at);
        }

        _at += digits;
        return code;
    }

    private void SkipSpaces()
    {
        _newLine = false;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is '\n' or '\r' or '\u2028' or '\u2029')
            {
                _newLine = true;
                _at++;
            }
            else if (NumberText.IsSpace(c))
            {
                _at++;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                while (_at < _text.Length && _text[_at] is not ('\n' or '\r'))
                {
                    _at++;
                }
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw source.Error("Ce commentaire n'est pas refermé.", _at);
                }

                _newLine |= _text.AsSpan(_at, end - _at).Contains('\n');
                _at = end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private bool Peek(char c) => _at < _text.Length && _text[_at] == c;

    private void Add(TokenKind kind, string text, int position, double number = 0, bool last = false) =>
        _tokens.Add(new Token(kind, text, number, position, _newLine) { Last = last });
}
