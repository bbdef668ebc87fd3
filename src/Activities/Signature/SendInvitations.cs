using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Mails;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Signature.SendInvitations.Output>;

namespace MonOPCO.Activities.Signature;

[Activity("MonOPCO.SendInvitations", Title = "Envoyer les liens de signature", Category = "Signature", Description = "Envoie leur lien personnel aux signataires dont c'est le tour et qui ne l'ont pas encore.", Kind = ActivityKind.Effect, Queue = "mail", MaxAttempts = 12)]
public sealed class SendInvitations(SignatureMails mails, MailSender sender, ITemplateRenderer templates, MailLog log, DossierService dossiers, MonOpcoDbContext db) : Activity<SendInvitations.Input, SendInvitations.Output>
{
    private const string Template = "signature-a-faire";

    public sealed record Input
    {
        [Display(Name = "Document", Description = "Le document du dossier, par son type.")]
        [Editor("dropdown", Source = "documentTypes")]
        public required string DocumentType { get; init; }
    }

    public sealed record Output([property: Display(Name = "Courriels envoyés")] Sent[] Mails);

    public sealed record Sent(string MessageId, string To, string Name, string Subject);

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var request = await db.LatestRequestAsync(context.DossierId(), input.DocumentType, context.CancellationToken);
        var sent = new List<Sent>();
        foreach (var signer in await mails.ToInviteAsync(request.Id, context.CancellationToken))
        {
            var mail = templates.RenderMail(Template, (await mails.InvitationAsync(signer, context.Now, context.CancellationToken)).ToElement());
            var messageId = SignatureMails.MessageIdOf(signer);
            var result = await sender.SendAsync(new OutgoingMail { MessageId = messageId, To = signer.Email, ToName = signer.Name, Subject = mail.Subject, Text = mail.Text, Html = mail.Html }, context.CancellationToken);
            if (result is MailResult.Failed failed)
            {
                return failed.Failure.Retryable ? new RetryLater(TimeSpan.FromSeconds(30), failed.Failure.Reason) : new Failed("mail-refused", $"{signer.Name} : {failed.Failure.Reason}");
            }

            sent.Add(new Sent(messageId, signer.Email, signer.Name, mail.Subject));
        }

        return new Done(new Output([.. sent]));
    }

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        foreach (var mail in output.Mails)
        {
            await log.RecordAsync(mail.MessageId, Template, mail.To, mail.Subject, context.DossierId(), context.Change(), context.CancellationToken);
            await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.MailSent, $"Lien de signature envoyé à {mail.Name} : « {mail.Subject} ».", context.Change(), context.CancellationToken);
        }

        return output;
    }

    public override async Task<JsonObject> RehearseAsync(Input input, string outcome, JsonObject output, ActivityContext context)
    {
        var request = await db.LatestRequestAsync(context.DossierId(), input.DocumentType, context.CancellationToken);
        foreach (var signer in await mails.ToInviteAsync(request.Id, context.CancellationToken))
        {
            await log.RecordAsync(SignatureMails.MessageIdOf(signer), Template, signer.Email, request.Title, context.DossierId(), context.Change(), context.CancellationToken);
        }

        return output;
    }
}
