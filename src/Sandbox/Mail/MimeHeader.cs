using System.Globalization;
using System.Text;

namespace MonOPCO.Sandbox.Mail;

/// <summary>A structured header value with its parameters, RFC 2231 continuations and charsets resolved.</summary>
public sealed class MimeHeader
{
    private readonly Dictionary<string, string> parameters;

    private MimeHeader(string value, Dictionary<string, string> parameters)
    {
        Value = value;
        this.parameters = parameters;
    }

    /// <summary>The value before the parameters, lower case.</summary>
    public string Value { get; }

    public string? Parameter(string name) => parameters.GetValueOrDefault(name);

    public static MimeHeader Parse(string header)
    {
        var pieces = SplitOutsideQuotes(header);
        var raw = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var piece in pieces.Skip(1))
        {
            if (piece.IndexOf('=', StringComparison.Ordinal) is > 0 and var equal)
            {
                raw.TryAdd(piece[..equal].Trim(), Unquote(piece[(equal + 1)..].Trim()));
            }
        }

        var resolved = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in raw.Keys.Select(k => k.Split('*')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            resolved[name] = Extended(raw, name) ?? MimeEncodings.DecodeWords(raw[name]);
        }

        return new MimeHeader(pieces[0].Trim().ToLowerInvariant(), resolved);
    }

    // name*=utf-8''caf%C3%A9 ; name*0*=utf-8''caf ; name*1*=%C3%A9 ; name*1=plain
    private static string? Extended(Dictionary<string, string> raw, string name)
    {
        var sections = new List<(string Text, bool Encoded)>();
        if (raw.TryGetValue(name + "*", out var whole))
        {
            sections.Add((whole, true));
        }
        else
        {
            for (var i = 0; i < 1000; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{name}*{i}");
                if (raw.TryGetValue(key + "*", out var encoded))
                {
                    sections.Add((encoded, true));
                }
                else if (raw.TryGetValue(key, out var plain))
                {
                    sections.Add((plain, false));
                }
                else
                {
                    break;
                }
            }
        }

        if (sections.Count == 0)
        {
            return raw.ContainsKey(name) ? null : "";
        }

        string? charset = null;
        if (sections[0] is (var first, true) && first.Split('\'', 3) is [var declared, _, var value])
        {
            charset = declared;
            sections[0] = (value, true);
        }

        var bytes = new List<byte>();
        foreach (var (text, encoded) in sections)
        {
            bytes.AddRange(encoded ? PercentDecode(text) : Encoding.UTF8.GetBytes(text));
        }

        var array = bytes.ToArray();
        return MimeEncodings.Charset(charset, array).GetString(array);
    }

    private static IEnumerable<byte> PercentDecode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                yield return value;
                i += 2;
            }
            else
            {
                yield return (byte)text[i];
            }
        }
    }

    private static List<string> SplitOutsideQuotes(string header)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < header.Length; i++)
        {
            var c = header[i];
            if (c == '\\' && quoted && i + 1 < header.Length)
            {
                piece.Append(c).Append(header[++i]);
                continue;
            }

            quoted ^= c == '"';
            if (c == ';' && !quoted)
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            else
            {
                piece.Append(c);
            }
        }

        pieces.Add(piece.ToString());
        return pieces;
    }

    private static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
        {
            return text;
        }

        var bare = new StringBuilder();
        for (var i = 1; i < text.Length - 1; i++)
        {
            bare.Append(text[i] == '\\' && i + 1 < text.Length - 1 ? text[++i] : text[i]);
        }

        return bare.ToString();
    }
}
