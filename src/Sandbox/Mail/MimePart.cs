using System.Text;

namespace MonOPCO.Sandbox.Mail;

/// <summary>One decoded MIME part: its headers, its decoded bytes or its children. Never throws on malformed input.</summary>
public sealed class MimePart
{
    // Enough for any honest message; a bomb of nested parts stops here.
    private const int MaxDepth = 20;

    private readonly List<KeyValuePair<string, string>> headers;

    private MimePart(List<KeyValuePair<string, string>> headers, byte[] body, int depth)
    {
        this.headers = headers;
        ContentType = MimeHeader.Parse(Raw("Content-Type") ?? "text/plain");
        Disposition = Raw("Content-Disposition") is { } d ? MimeHeader.Parse(d) : null;
        if (ContentType.Value.StartsWith("multipart/", StringComparison.Ordinal) && ContentType.Parameter("boundary") is { Length: > 0 } boundary && depth < MaxDepth)
        {
            Children = [.. Split(body, boundary).Select(child => Parse(child, depth + 1))];
            Content = [];
        }
        else
        {
            Content = MimeEncodings.Decode(Raw("Content-Transfer-Encoding"), body);
        }
    }

    public MimeHeader ContentType { get; }

    public MimeHeader? Disposition { get; }

    public byte[] Content { get; }

    public IReadOnlyList<MimePart> Children { get; } = [];

    public string? FileName => Disposition?.Parameter("filename") ?? ContentType.Parameter("name");

    public string? ContentId => Raw("Content-ID")?.Trim().Trim('<', '>');

    /// <summary>Text of the part in its own charset.</summary>
    public string Text => MimeEncodings.Charset(ContentType.Parameter("charset"), Content).GetString(Content).Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>Decoded (RFC 2047) value of the first header of that name.</summary>
    public string? Header(string name) => Raw(name) is { } raw ? MimeEncodings.DecodeWords(raw) : null;

    public static MimePart Parse(byte[] message) => Parse(message, 0);

    private string? Raw(string name) => headers.Find(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static MimePart Parse(ReadOnlyMemory<byte> bytes, int depth)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var rest = bytes;
        while (TakeLine(ref rest) is { } line && line.Length > 0)
        {
            // Raw UTF-8 is legal with SMTPUTF8; anything else unknown is read as latin1.
            var text = MimeEncodings.Charset(null, line.ToArray()).GetString(line.Span);
            if (text[0] is ' ' or '\t' && headers.Count > 0)
            {
                var last = headers[^1];
                headers[^1] = new(last.Key, last.Value + text);
            }
            else if (text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                headers.Add(new(text[..colon].Trim(), text[(colon + 1)..].Trim()));
            }
        }

        return new MimePart(headers, rest.ToArray(), depth);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] body, string boundary)
    {
        var delimiter = Encoding.UTF8.GetBytes("--" + boundary);
        ReadOnlyMemory<byte> rest = body;
        int? start = null;
        while (rest.Length > 0)
        {
            var lineStart = body.Length - rest.Length;
            var line = TakeLine(ref rest)!.Value.Span;
            if (!line.StartsWith(delimiter))
            {
                continue;
            }

            var tail = Encoding.Latin1.GetString(line[delimiter.Length..]).Trim();
            if (tail is not ("" or "--"))
            {
                continue;
            }

            if (start is { } from)
            {
                // The line break before a delimiter belongs to the delimiter.
                var end = lineStart;
                end -= end > from && body[end - 1] == '\n' ? 1 : 0;
                end -= end > from && body[end - 1] == '\r' ? 1 : 0;
                yield return body.AsMemory(from, end - from);
            }

            start = tail == "--" ? null : body.Length - rest.Length;
            if (tail == "--")
            {
                yield break;
            }
        }

        // A message cut before its closing delimiter still shows what came.
        if (start is { } open)
        {
            yield return body.AsMemory(open);
        }
    }

    private static ReadOnlyMemory<byte>? TakeLine(ref ReadOnlyMemory<byte> rest)
    {
        if (rest.Length == 0)
        {
            return null;
        }

        var end = rest.Span.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? ReadOnlyMemory<byte>.Empty : rest[(end + 1)..];
        return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
    }
}
