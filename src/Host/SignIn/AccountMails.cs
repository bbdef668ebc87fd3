using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Mails about accounts: invitations, new passwords, changed addresses, notices.</summary>
public sealed class AccountMails(MailQueue mails, MagicLinkService links, IOptions<SignInSettings> settings, TimeProvider clock)
{
    public Task SendInvitationAsync(User user, MagicLink link, CancellationToken cancellationToken) =>
        mails.AddAsync(new QueuedMail("invitation", user.Email!, Values(user, link), new MailLink(link.Id, "/connexion/invitation?jeton=")), cancellationToken);

    /// <summary>Unless the mailbox was flooded already.</summary>
    public async Task SendResetAsync(User user, CancellationToken cancellationToken)
    {
        if (await links.CreateOnceAsync(LinkPurpose.PasswordReset, user.Email!, Accounts.ResetLifetime, settings.Value.LinksPerHour, Change(), cancellationToken, user.Id.ToString()) is { } link)
        {
            await mails.AddAsync(new QueuedMail("mot-de-passe", user.Email!, Values(user, link), new MailLink(link.Id, "/connexion/nouveau-mot-de-passe?jeton=")), cancellationToken);
        }
    }

    /// <summary>One mail to each address; each has to agree.</summary>
    public async Task SendEmailChangeAsync(User user, EmailChange asked, CancellationToken cancellationToken)
    {
        foreach (var (purpose, address, template) in new[] { (LinkPurpose.ApproveNewEmail, user.Email!, "adresse-ancienne"), (LinkPurpose.ConfirmNewEmail, asked.NewEmail, "adresse-nouvelle") })
        {
            var payload = new JsonObject { ["nouvelle"] = asked.NewEmail, ["nom"] = user.DisplayName };
            var (link, _) = await links.CreateAsync(purpose, address, asked.ExpiresAt - clock.GetUtcNow(), Change(), cancellationToken, asked.Id.ToString(), payload);
            await mails.AddAsync(new QueuedMail(template, address, Values(user, link), new MailLink(link.Id, "/connexion/adresse?jeton=")), cancellationToken);
        }
    }

    /// <summary>Something about the account changed, and its owner should know.</summary>
    public Task SendNoticeAsync(User user, string what, string text, CancellationToken cancellationToken, string? to = null) => user.Email is null || user.IsService
        ? Task.CompletedTask
        : mails.AddAsync(new QueuedMail("compte-modifie", to ?? user.Email, new Dictionary<string, string> { ["nom"] = user.DisplayName, ["quoi"] = what, ["texte"] = text, ["date"] = Fr.DateTime(clock.GetUtcNow()) }), cancellationToken);

    private static Dictionary<string, string> Values(User user, MagicLink link) => new() { ["nom"] = user.DisplayName, ["fin"] = Fr.DateTime(link.ExpiresAt) };

    private ChangeContext Change() => ChangeContext.System("Comptes", clock.GetUtcNow());
}
