namespace MonOPCO.Host.SignIn;

/// <summary>A mail to be sent soon, by a template of <c>templates/</c> and plain values. Never logged: it may carry a personal link.</summary>
public sealed record QueuedMail(string Template, string Recipient, IReadOnlyDictionary<string, string> Values);

/// <summary>Hands a mail over to the durable work that sends it; called once per mail, inside the request.</summary>
public delegate Task MailSink(QueuedMail mail, CancellationToken cancellationToken);

/// <summary>The one door through which pages send mail. Nothing is sent inside the request.</summary>
public sealed class MailQueue(MailSink sink)
{
    public Task AddAsync(QueuedMail mail, CancellationToken cancellationToken) => sink(mail, cancellationToken);
}
