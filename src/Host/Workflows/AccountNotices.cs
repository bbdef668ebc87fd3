using System.Text.Json.Nodes;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Workflows;

/// <summary>Mails without a personal link: what they say is a row, written in the transaction that starts their sending.</summary>
internal static class AccountNotices
{
    public static Task StartAsync(IServiceProvider services, QueuedMail mail, CancellationToken cancellationToken)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUniversalTime();
        var notice = new AccountNotice
        {
            Id = Guid.CreateVersion7(now),
            Template = mail.Template,
            Email = mail.Recipient,
            Values = new JsonObject(mail.Values.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)x.Value))),
            CreatedAt = now,
        };
        return PersonalMails.StartAsync(
            services.GetRequiredService<WorkflowRuntime>(), PersonalMailKind.AccountNotice, notice.Id,
            async (burst, _) =>
            {
                var db = burst.GetRequiredService<MonOpcoDbContext>();
                db.AccountNotices.Add(notice);
                await db.SaveChangesAsync(cancellationToken);
            },
            cancellationToken);
    }
}
