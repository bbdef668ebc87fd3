using System.Net;
using System.Text.RegularExpressions;

namespace MonOPCO.Sandbox.Mail;

/// <summary>A message as the inbox shows it. `Id` counts deliveries: the same Message-ID delivered twice is two stored messages.</summary>
public sealed partial record StoredMessage
{
    public required int Id { get; init; }
    public required string MessageId { get; init; }
    public required string From { get; init; }

    /// <summary>Envelope recipients: who really received it, hidden copies included.</summary>
    public required IReadOnlyList<string> To { get; init; }
    public required string Subject { get; init; }
    public required DateTimeOffset Date { get; init; }
    public string? Text { get; init; }
    public string? Html { get; init; }
    public required IReadOnlyList<MailAttachment> Attachments { get; init; }
    public required IReadOnlyList<string> Links { get; init; }
    public required byte[] Raw { get; init; }

    public static StoredMessage Read(int id, IReadOnlyList<string> recipients, string envelopeFrom, DateTimeOffset at, byte[] raw)
    {
        var root = MimePart.Parse(raw);
        string? text = null, html = null;
        var attachments = new List<MailAttachment>();
        Visit(root);
        return new StoredMessage
        {
            Id = id,
            MessageId = root.Header("Message-ID")?.Trim() ?? "",
            From = root.Header("From") ?? envelopeFrom,
            To = recipients,
            Subject = root.Header("Subject") ?? "(sans objet)",
            Date = at,
            Text = text,
            Html = html,
            Attachments = attachments,
            Links = FindLinks(text, html),
            Raw = raw
        };

        void Visit(MimePart part)
        {
            if (part.Children.Count > 0)
            {
                foreach (var child in part.Children)
                {
                    Visit(child);
                }

                return;
            }

            var attached = part.Disposition?.Value == "attachment" || part.FileName is not null;
            if (part.ContentType.Value == "text/plain" && !attached && text is null)
            {
                text = part.Text;
            }
            else if (part.ContentType.Value == "text/html" && !attached && html is null)
            {
                html = part.Text;
            }
            else if (!part.ContentType.Value.StartsWith("multipart/", StringComparison.Ordinal))
            {
                attachments.Add(new MailAttachment(part.FileName ?? $"piece-{attachments.Count + 1}", part.ContentType.Value, part.Content.Length, part.ContentId, part.Content));
            }
        }
    }

    private static List<string> FindLinks(string? text, string? html)
    {
        var fromHtml = html is null ? [] : Hrefs().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value));
        var fromText = text is null ? [] : Urls().Matches(text).Select(m => m.Value.TrimEnd('.', ',', ';', ':', '!', ')', ']', '>', '»'));
        return [.. fromText.Concat(fromHtml).Where(l => Uri.TryCreate(l, UriKind.Absolute, out _)).Distinct()];
    }

    [GeneratedRegex(@"https?://[^\s<>""»]+")]
    internal static partial Regex Urls();

    [GeneratedRegex(@"<a\b[^>]*?\bhref\s*=\s*[""'](https?://[^""']+)[""']", RegexOptions.IgnoreCase)]
    private static partial Regex Hrefs();
}

public sealed record MailAttachment(string Name, string ContentType, int Size, string? ContentId, byte[] Content);
