using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Integrations.Mail;

/// <summary>Sends one mail by SMTP: text and HTML alternatives, UTF-8, stable Message-ID.</summary>
public sealed class MailSender(IOptions<MailOptions> options)
{
    private readonly MailOptions _options = options.Value;

    public async Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(_options.Host))
        {
            return Failed("not-configured", null, false, "L'envoi de courriels n'est pas configuré (Mail:Host).");
        }

        if (Forbidden(mail) is { } field)
        {
            return Failed("invalid-mail", null, false, $"Le courriel a un champ « {field} » vide, trop long ou avec un caractère interdit.");
        }

        using var message = Build(mail);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        // One client per mail: a kept connection would make the failure of one mail that of the next.
        using var client = new SmtpClient(_options.Host, _options.Port) { EnableSsl = _options.UseStartTls };
        if (!string.IsNullOrEmpty(_options.UserName))
        {
            client.Credentials = new NetworkCredential(_options.UserName, _options.Password);
        }

        try
        {
            await client.SendMailAsync(message, limit.Token);
            return new MailResult.Sent(Bracketed(mail.MessageId));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed("timeout", null, true, "Le serveur de courrier n'a pas répondu à temps.");
        }
        catch (SmtpException problem)
        {
            return Explain(problem);
        }
        catch (Exception problem) when (problem is IOException or AuthenticationException)
        {
            return Failed("network", null, true, "La connexion au serveur de courrier a été coupée.");
        }
    }

    private static MailResult.Failed Explain(SmtpException problem)
    {
        var status = (int)problem.StatusCode;
        return status switch
        {
            >= 400 and < 500 => Failed($"smtp-{status}", status, true, $"Le serveur de courrier demande de réessayer plus tard (code {status})."),
            >= 500 => Failed($"smtp-{status}", status, false, $"Le serveur de courrier refuse ce courriel (code {status})."),
            // No code: the conversation never took place or was cut (refused connection, unknown host, TLS).
            _ => Failed("network", null, true, "Le serveur de courrier est injoignable."),
        };
    }

    private MailMessage Build(OutgoingMail mail)
    {
        var message = new MailMessage
        {
            From = new MailAddress(_options.From, _options.FromName, Encoding.UTF8),
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(new MailAddress(mail.To, mail.ToName, Encoding.UTF8));
        if (mail.ReplyTo is { } replyTo)
        {
            message.ReplyToList.Add(new MailAddress(replyTo));
        }

        message.Headers["Message-ID"] = Bracketed(mail.MessageId);
        if (mail.AutoSubmitted)
        {
            message.Headers["Auto-Submitted"] = "auto-generated";
        }

        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        if (mail.Html is { } html)
        {
            message.AlternateViews.Add(View(html, MediaTypeNames.Text.Html));
        }

        foreach (var file in mail.Attachments)
        {
            var part = new Attachment(new MemoryStream(file.Content, writable: false), new ContentType(file.ContentType)) { Name = file.FileName, NameEncoding = Encoding.UTF8 };
            part.ContentDisposition!.FileName = file.FileName;
            message.Attachments.Add(part);
        }

        return message;
    }

    private static AlternateView View(string body, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(body, Encoding.UTF8, type);
        // Accents and long lines pass every relay, and no relay may change a line that starts with a dot or "From ".
        view.TransferEncoding = TransferEncoding.Base64;
        return view;
    }

    /// <summary>Name of the first field that could break out of its header, or null. Control characters are refused, never cleaned: a mail with them is not the one that was meant.</summary>
    private static string? Forbidden(OutgoingMail mail)
    {
        if (!IsAddress(mail.To))
        {
            return "destinataire";
        }

        if (mail.ReplyTo is { } replyTo && !IsAddress(replyTo))
        {
            return "répondre à";
        }

        var id = mail.MessageId.Trim('<', '>');
        if (!IsAddress(id) || id.Any(c => c is '<' or '>' || !char.IsAscii(c)))
        {
            return "identifiant";
        }

        if (!IsHeader(mail.Subject, 400) || string.IsNullOrWhiteSpace(mail.Subject))
        {
            return "objet";
        }

        if (mail.ToName is { } name && !IsHeader(name, 200))
        {
            return "nom du destinataire";
        }

        return mail.Attachments.Any(a => !IsHeader(a.FileName, 200) || string.IsNullOrWhiteSpace(a.FileName) || !IsContentType(a.ContentType)) ? "pièce jointe" : null;
    }

    private static bool IsHeader(string value, int longest) => value.Length <= longest && !value.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') && IsWellFormed(value);

    private static bool IsWellFormed(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAddress(string value) =>
        IsHeader(value, 254) && !value.Any(c => char.IsWhiteSpace(c) || c is ',' or ';' or '"' or '(' or ')') && MailAddress.TryCreate(value, out var parsed) && parsed.Address == value;

    private static bool IsContentType(string value)
    {
        try
        {
            return IsHeader(value, 100) && new ContentType(value).MediaType.Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Bracketed(string id) => $"<{id.Trim('<', '>')}>";

    private static MailResult.Failed Failed(string kind, int? status, bool retryable, string reason) => new(new Failure(kind, status, retryable, reason));
}
