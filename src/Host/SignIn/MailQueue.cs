namespace MonOPCO.Host.SignIn;

/// <summary>
/// A mail to be sent soon, by a template of <c>templates/</c> and plain values. <paramref name="Link"/>: the personal link in it; its secret is not here, the
/// sending effect computes it (<c>Site:PublicUrl</c> + <see cref="MailLink.Path"/> + <c>MagicLinkService.TokenOf(Id)</c>), so that no stored input opens anything.
/// </summary>
public sealed record QueuedMail(string Template, string Recipient, IReadOnlyDictionary<string, string> Values, MailLink? Link = null);

/// <summary>A personal link: the address up to its token.</summary>
public sealed record MailLink(Guid Id, string Path);

/// <summary>Hands a mail over to the durable work that sends it; called once per mail, inside the request.</summary>
public delegate Task MailSink(QueuedMail mail, CancellationToken cancellationToken);

/// <summary>The one door through which pages send mail. Nothing is sent inside the request.</summary>
public sealed class MailQueue(MailSink sink)
{
    public Task AddAsync(QueuedMail mail, CancellationToken cancellationToken) => sink(mail, cancellationToken);
}
