using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Mails;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Notifications.SendMail.Output>;

namespace MonOPCO.Activities.Notifications;

[Activity("MonOPCO.SendMail", Title = "Envoyer un courriel", Category = "Notifications", Description = "Envoie à l'entreprise (ou à l'organisme) le courriel d'un modèle ; il paraît sur le journal du dossier.", Kind = ActivityKind.Effect, Queue = "mail", MaxAttempts = 12)]
public sealed class SendMail(MailSender sender, ITemplateRenderer templates, MailData data, MailLog log, DossierService dossiers, MonOpcoDbContext db) : Activity<SendMail.Input, SendMail.Output>
{
    public sealed record Input
    {
        [Display(Name = "Modèle", Description = "Le texte du courriel.", Order = 1)]
        [Editor("dropdown", Source = "mailTemplates")]
        public required string Template { get; init; }

        [Display(Name = "Destinataire", Description = "À qui le courriel est envoyé.", Order = 2)]
        [Editor("dropdown", Choices = ["entreprise|Contact de l'entreprise", "organisme|Organisme de formation"], Default = "entreprise")]
        public string Recipient { get; init; } = "entreprise";
    }

    public sealed record Output([property: Display(Name = "Message-ID")] string MessageId, [property: Display(Name = "Objet")] string Subject, [property: Display(Name = "Adresse")] string To);

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.TrainingBody).SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
        var to = input.Recipient == "organisme" ? dossier.TrainingBody?.Email ?? dossier.ContactEmail : dossier.ContactEmail;
        var mail = templates.RenderMail(input.Template, (await data.ForDossierAsync(dossier.Id, context.Now, context.CancellationToken)).ToElement());
        var messageId = MessageIds.Of(context.IdempotencyKey);
        var result = await sender.SendAsync(new OutgoingMail { MessageId = messageId, To = to, ToName = input.Recipient == "organisme" ? dossier.TrainingBody?.Name : dossier.ContactName, Subject = mail.Subject, Text = mail.Text, Html = mail.Html }, context.CancellationToken);
        return result switch
        {
            MailResult.Sent => new Done(new Output(messageId, mail.Subject, to)),
            MailResult.Failed { Failure: { Retryable: true } failure } => new RetryLater(TimeSpan.FromSeconds(30), failure.Reason),
            MailResult.Failed { Failure: var failure } => new Failed("mail-refused", failure.Reason),
            _ => throw new InvalidOperationException("The mail server answered neither."),
        };
    }

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        await log.RecordAsync(output.MessageId, input.Template, output.To, output.Subject, context.DossierId(), context.Change(), context.CancellationToken);
        await dossiers.AddEventAsync(context.DossierId(), DossierEventKinds.MailSent, $"Courriel envoyé à {(input.Recipient == "organisme" ? "l'organisme" : "l'entreprise")} : « {output.Subject} ».", context.Change(), context.CancellationToken);
        return output;
    }
}

/// <summary>A mail that leaves twice after a crash leaves under the same Message-ID.</summary>
internal static class MessageIds
{
    internal static string Of(string key) => $"<{key}@monopco>";
}
