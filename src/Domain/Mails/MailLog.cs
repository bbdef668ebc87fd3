using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Mails;

/// <summary>What was sent. The Message-ID is stable per effect, so a repeated sending finds its row.</summary>
public sealed class MailLog(MonOpcoDbContext db)
{
    /// <summary>Called when the result of a sending is recorded; the same Message-ID again returns the same row.</summary>
    public Task<SentMail> RecordAsync(
        string messageId, string template, string recipient, string subject, Guid? dossierId, ChangeContext change, CancellationToken cancellationToken, string? failure = null) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"mail:{messageId}", cancellationToken);
            var mail = await db.SentMails.FirstOrDefaultAsync(x => x.MessageId == messageId, cancellationToken);
            if (mail is null)
            {
                mail = new SentMail { Id = Guid.CreateVersion7(change.Now), MessageId = messageId, Template = template, Recipient = recipient, Subject = subject, DossierId = dossierId, CreatedAt = change.Now };
                db.SentMails.Add(mail);
            }

            if (mail.Status != MailStatus.Sent)
            {
                (mail.Status, mail.FailureReason, mail.SentAt) = failure is null ? (MailStatus.Sent, null, change.Now) : (MailStatus.Failed, failure, (DateTimeOffset?)null);
                db.Audit(mail, "mail", mail.Id, dossierId, failure is null ? "Sent" : "Failed", change);
                await db.SaveChangesAsync(cancellationToken);
            }

            return mail;
        },
        cancellationToken);
}
