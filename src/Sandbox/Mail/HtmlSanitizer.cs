using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace MonOPCO.Sandbox.Mail;

/// <summary>Keeps known-harmless tags and attributes of a mail's HTML. The page also shows it in a sandboxed frame: this is the first of two fences.</summary>
internal static partial class HtmlSanitizer
{
    private static readonly HashSet<string> Tags = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
        "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.OrdinalIgnoreCase)
    {
        "href", "src", "alt", "title", "style", "width", "height", "align", "valign", "bgcolor", "color", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "role", "lang", "dir", "scope"
    };

    public static string Clean(string html, IReadOnlyList<MailAttachment> attachments)
    {
        var clean = new StringBuilder(html.Length);
        var at = 0;
        var bare = Dropped().Replace(html, "");
        foreach (Match tag in Tag().Matches(bare))
        {
            clean.Append(Text(bare[at..tag.Index]));
            at = tag.Index + tag.Length;
            var name = tag.Groups["name"].Value;
            if (!Tags.Contains(name))
            {
                continue;
            }

            if (tag.Groups["close"].Success)
            {
                clean.Append("</").Append(name).Append('>');
                continue;
            }

            clean.Append('<').Append(name);
            foreach (Match attribute in Attribute().Matches(tag.Groups["rest"].Value))
            {
                var key = attribute.Groups["key"].Value;
                var value = WebUtility.HtmlDecode(attribute.Groups["value"].Value.Trim('"', '\''));
                if (Attributes.Contains(key) && Allowed(key, value, attachments) is { } kept)
                {
                    clean.Append(' ').Append(key).Append("=\"").Append(WebUtility.HtmlEncode(kept)).Append('"');
                }
            }

            clean.Append('>');
        }

        return clean.Append(Text(bare[at..])).ToString();
    }

    // Between whole tags, a lone "<" may be the start of a broken one: it is text.
    private static string Text(string between) => between.Replace("<", "&lt;", StringComparison.Ordinal);

    private static string? Allowed(string key, string value, IReadOnlyList<MailAttachment> attachments)
    {
        switch (key.ToLowerInvariant())
        {
            case "href":
                return Uri.TryCreate(value.Trim(), UriKind.Absolute, out var link) && link.Scheme is "http" or "https" or "mailto" ? value.Trim() : null;
            case "src":
                // Pictures only from the message itself: nothing is fetched from elsewhere.
                var image = value.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) ? attachments.FirstOrDefault(a => a.ContentId == value[4..]) : null;
                return image is null || !image.ContentType.StartsWith("image/", StringComparison.Ordinal) ? null : $"data:{image.ContentType};base64,{Convert.ToBase64String(image.Content)}";
            case "style":
                return Risky().IsMatch(value) ? null : value;
            default:
                return value;
        }
    }

    [GeneratedRegex(@"<!--.*?(-->|$)|<!\[CDATA\[.*?(\]\]>|$)|<![^>]*>|<(script|style|iframe|object|embed|svg|math|template|noscript|title|head|textarea|select)\b.*?(</\3\s*>|$)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Dropped();

    [GeneratedRegex(@"<(?<close>/)?(?<name>[a-zA-Z][a-zA-Z0-9]*)(?<rest>(?:[^<>""']|""[^""]*""|'[^']*')*)>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<key>[a-zA-Z-]+)\s*=\s*(?<value>""[^""]*""|'[^']*'|[^\s""'>]+)")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"url\s*\(|expression|@import|behavior|position\s*:", RegexOptions.IgnoreCase)]
    private static partial Regex Risky();
}
