using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Mails;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.Templates;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Notifications.SendPersonalMail.Output>;

namespace MonOPCO.Activities.Notifications;

[Activity("MonOPCO.SendPersonalMail", Title = "Envoyer un lien ou un code personnel", Category = "Notifications", Description = "Envoie un lien de connexion, un lien de signature renouvelé ou un code à usage unique. Le secret est recalculé à l'envoi : il n'est écrit nulle part.", Kind = ActivityKind.Effect, Queue = "mail", MaxAttempts = 12)]
public sealed class SendPersonalMail(MailSender sender, ITemplateRenderer templates, MailData data, MailLog log, MagicLinkService links, SignatureService signatures, SignatureMails signatureMails, MonOpcoDbContext db)
    : Activity<SendPersonalMail.Input, SendPersonalMail.Output>
{
    public sealed record Input
    {
        [Display(Name = "Nature", Description = "Ce que le courriel porte.", Order = 1)]
        [Editor("dropdown", Choices = ["MagicLink|Lien personnel", "SignatureCode|Code de signature", "SignatureLink|Lien de signature", "OperationsAlert|Avis d'exploitation", "Notice|Avis à un collègue"])]
        public required PersonalMailKind Kind { get; init; }

        [Display(Name = "Identifiant", Description = "Du lien ou du signataire.", Order = 2)]
        public required Guid Subject { get; init; }
    }

    /// <param name="To">Empty when nothing was to be sent any more (link used, signature done).</param>
    /// <param name="MessageId">Stable over retries.</param>
    /// <param name="Subject">Subject line.</param>
    /// <param name="Template">Template used.</param>
    public sealed record Output([property: Display(Name = "Adresse")] string To, [property: Display(Name = "Message-ID")] string MessageId, [property: Display(Name = "Objet")] string Subject, [property: Display(Name = "Modèle")] string Template);

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var (to, name, template, content) = await ContentAsync(input, context);
        if (to.Length == 0)
        {
            return new Done(new Output("", "", "", ""));
        }

        var mail = templates.RenderMail(template, content.ToElement());
        var messageId = MessageIds.Of(context.IdempotencyKey);
        var result = await sender.SendAsync(new OutgoingMail { MessageId = messageId, To = to, ToName = name, Subject = mail.Subject, Text = mail.Text, Html = mail.Html }, context.CancellationToken);
        return result switch
        {
            MailResult.Sent => new Done(new Output(to, messageId, mail.Subject, template)),
            MailResult.Failed { Failure: { Retryable: true } failure } => new RetryLater(TimeSpan.FromSeconds(15), failure.Reason),
            MailResult.Failed { Failure: var failure } => new Failed("mail-refused", failure.Reason),
            _ => throw new InvalidOperationException("The mail server answered neither."),
        };
    }

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        if (output.To.Length > 0)
        {
            await log.RecordAsync(output.MessageId, output.Template, output.To, output.Subject, null, context.Change(), context.CancellationToken);
        }

        return output;
    }

    private async Task<(string To, string? Name, string Template, JsonObject Content)> ContentAsync(Input input, ActivityContext context)
    {
        if (input.Kind == PersonalMailKind.MagicLink)
        {
            var link = await db.MagicLinks.AsNoTracking().SingleAsync(x => x.Id == input.Subject, context.CancellationToken);
            if (link.UsedAt is not null || link.ExpiresAt <= context.Now)
            {
                return ("", null, "", []);
            }

            return (link.Email, null, link.Purpose == LinkPurpose.CheckEmail ? "lien-demande" : "lien-connexion", await LinkContentAsync(link, context));
        }

        if (input.Kind == PersonalMailKind.OperationsAlert)
        {
            return await AlertAsync(input.Subject, context);
        }

        if (input.Kind == PersonalMailKind.Notice)
        {
            return await NoticeAsync(input.Subject, context);
        }

        var signer = await db.Signers.AsNoTracking().Include(x => x.Request).SingleAsync(x => x.Id == input.Subject, context.CancellationToken);
        if (signer.Status is not (SignerStatus.Invited or SignerStatus.Viewed))
        {
            return ("", null, "", []);
        }

        if (input.Kind == PersonalMailKind.SignatureLink)
        {
            return (signer.Email, signer.Name, "signature-a-faire", await signatureMails.InvitationAsync(signer, context.Now, context.CancellationToken));
        }

        var content = new JsonObject
        {
            ["expediteur"] = await data.SenderAsync(null, context.CancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = signer.Name },
            ["document"] = new JsonObject { ["titre"] = signer.Request!.Title },
            ["code"] = new JsonObject { ["valeur"] = signatures.CodeOf(signer), ["minutes"] = (int)Math.Max(1, Math.Round((signer.CodeExpiresAt!.Value - context.Now).TotalMinutes)) },
        };
        return (signer.Email, signer.Name, "code-signature", content);
    }

    private async Task<(string To, string? Name, string Template, JsonObject Content)> AlertAsync(Guid id, ActivityContext context)
    {
        var alert = await db.OperationAlerts.AsNoTracking().SingleAsync(x => x.Id == id, context.CancellationToken);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(x => x.Id == alert.UserId, context.CancellationToken);
        return (user?.Email ?? "", user?.DisplayName, "alerte-exploitation", new JsonObject
        {
            ["expediteur"] = await data.SenderAsync(null, context.CancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = user?.DisplayName ?? "" },
            ["alerte"] = new JsonObject { ["titre"] = alert.Title, ["texte"] = alert.Text, ["conseil"] = alert.Advice },
            ["lien"] = data.Link("/admin/exploitation", null),
        });
    }

    /// <summary>Nothing when it was read in the inbox before the mail could leave, or when the account is gone.</summary>
    private async Task<(string To, string? Name, string Template, JsonObject Content)> NoticeAsync(Guid id, ActivityContext context)
    {
        var notice = await db.Notices.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.ReadAt == null, context.CancellationToken);
        var person = notice is null ? null : await db.Users.AsNoTracking().SingleOrDefaultAsync(x => x.Id == notice.UserId, context.CancellationToken);
        return notice is null || person?.Email is null ? ("", null, "", []) : (person.Email, person.DisplayName, "avis-tache", new JsonObject
        {
            ["expediteur"] = await data.SenderAsync(null, context.CancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = person.DisplayName },
            ["avis"] = new JsonObject { ["texte"] = notice.Text },
            ["lien"] = data.Link(notice.Url, context.Now.AddDays(30)),
        });
    }

    private async Task<JsonObject> LinkContentAsync(MagicLink link, ActivityContext context)
    {
        var siret = link.Payload?["siret"]?.GetValue<string>();
        var company = siret is null ? null : await db.Companies.AsNoTracking().FirstOrDefaultAsync(x => x.Siret == siret, context.CancellationToken);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(x => x.Email == link.Email, context.CancellationToken);
        var path = link.Purpose == LinkPurpose.CheckEmail ? "/demande/confirmer" : "/connexion/lien";
        return new JsonObject
        {
            ["expediteur"] = await data.SenderAsync(null, context.CancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = user?.DisplayName ?? link.Email },
            ["entreprise"] = new JsonObject { ["nom"] = company?.Name ?? "votre entreprise", ["siret"] = siret ?? "" },
            ["lien"] = data.Link($"{path}?jeton={links.TokenOf(link.Id)}", link.ExpiresAt),
        };
    }
}

public enum PersonalMailKind
{
    /// <summary>Subject: a <see cref="MagicLink"/>.</summary>
    MagicLink,

    /// <summary>Subject: a signer whose code was just asked for.</summary>
    SignatureCode,

    /// <summary>Subject: a signer whose link was renewed.</summary>
    SignatureLink,

    /// <summary>Subject: a notice to an administrator.</summary>
    OperationsAlert,

    /// <summary>Subject: a <see cref="Domain.Notices.Notice"/>.</summary>
    Notice,
}
