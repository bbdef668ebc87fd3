using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MonOPCO.Sandbox.Mail;

/// <summary>Transfer encodings, charsets and encoded words, tolerant of what real mailers get wrong.</summary>
internal static partial class MimeEncodings
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static byte[] Decode(string? transferEncoding, byte[] body) => transferEncoding?.Trim().ToLowerInvariant() switch
    {
        "base64" => Base64(Encoding.Latin1.GetString(body)),
        "quoted-printable" => QuotedPrintable(Encoding.Latin1.GetString(body), inWord: false),
        _ => body
    };

    /// <summary>The named charset if known; otherwise UTF-8 when the bytes are valid UTF-8, else latin1.</summary>
    public static Encoding Charset(string? name, byte[] bytes)
    {
        switch (name?.Trim().ToLowerInvariant())
        {
            case "iso-8859-1" or "latin1" or "windows-1252" or "iso-8859-15":
                return Encoding.Latin1;
            case "utf-16":
                return Encoding.Unicode;
            default:
                try
                {
                    StrictUtf8.GetCharCount(bytes);
                    return Encoding.UTF8;
                }
                catch (DecoderFallbackException)
                {
                    return Encoding.Latin1;
                }
        }
    }

    /// <summary>RFC 2047: white space between two encoded words vanishes, and a character cut between two words of one charset is joined again.</summary>
    public static string DecodeWords(string header) => Runs().Replace(header, run =>
    {
        var text = new StringBuilder();
        var pending = new List<byte>();
        string? charset = null;
        foreach (Match word in Words().Matches(run.Value))
        {
            if (charset is not null && !charset.Equals(word.Groups[1].Value, StringComparison.OrdinalIgnoreCase))
            {
                Flush();
            }

            charset = word.Groups[1].Value;
            pending.AddRange(word.Groups[2].Value is "B" or "b" ? Base64(word.Groups[3].Value) : QuotedPrintable(word.Groups[3].Value, inWord: true));
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            var bytes = pending.ToArray();
            text.Append(Charset(charset?.Split('*')[0], bytes).GetString(bytes));
            pending.Clear();
        }
    });

    private static byte[] Base64(string text)
    {
        var bare = new string([.. text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/')]);
        if (bare.Length % 4 == 1)
        {
            bare = bare[..^1];
        }

        return Convert.FromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '='));
    }

    private static byte[] QuotedPrintable(string text, bool inWord)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '_' && inWord)
            {
                bytes.Add((byte)' ');
            }
            else if (c != '=')
            {
                bytes.Add((byte)c);
            }
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else if (SoftBreak(text, i + 1) is { } next)
            {
                i = next;
            }
            else
            {
                bytes.Add((byte)'=');
            }
        }

        return [.. bytes];
    }

    // "=" then optional blanks then the end of the line: the line goes on. Returns the index of its last character.
    private static int? SoftBreak(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        if (at >= text.Length)
        {
            return at;
        }

        return text[at] switch { '\n' => at, '\r' when at + 1 < text.Length && text[at + 1] == '\n' => at + 1, _ => null };
    }

    [GeneratedRegex(@"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=(?:\s+=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=)*")]
    private static partial Regex Runs();

    [GeneratedRegex(@"=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=")]
    private static partial Regex Words();
}
