namespace MonOPCO.Integrations.Mail;

/// <summary>A mail to send, complete: the sender adds nothing but the envelope.</summary>
public sealed record OutgoingMail
{
    /// <summary>Stable identity given by the caller (with or without angle brackets): a mail sent twice after a crash carries the same one.</summary>
    public required string MessageId { get; init; }

    public required string To { get; init; }

    public string? ToName { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public string? Html { get; init; }

    public string? ReplyTo { get; init; }

    /// <summary>Keeps out-of-office robots from answering (RFC 3834); false only for a mail that a person wrote.</summary>
    public bool AutoSubmitted { get; init; } = true;

    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
}

public sealed record MailAttachment(string FileName, string ContentType, byte[] Content);

/// <summary>Closed answer of <see cref="MailSender"/>.</summary>
public abstract record MailResult
{
    private MailResult()
    {
    }

    /// <summary>The server took the mail; whether it arrives is another matter.</summary>
    public sealed record Sent(string MessageId) : MailResult;

    public sealed record Failed(Failure Failure) : MailResult;
}
