using System.Text.Json;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.Templates;
using MonOPCO.Sandbox;

namespace MonOPCO.Integrations.Tests.Mail;

/// <summary>A shipped mail through SMTP into the Sandbox's inbox, where the demonstration reads it.</summary>
public class SandboxInboxTests
{
    [Fact]
    public async Task SendAsync_ShippedTemplate_ArrivesReadableWithItsLink()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        var renderer = new TemplateRenderer(Options.Create(new TemplateOptions { Root = Repository.Path("templates") }));
        var mail = renderer.RenderMail("signature-a-faire", JsonElement.Parse(await File.ReadAllTextAsync(Repository.Path("templates", "mails", "exemples", "signature-a-faire.json"))));
        var sender = new MailSender(Options.Create(new MailOptions { Host = "127.0.0.1", Port = sandbox.SmtpPort }));

        var outgoing = new OutgoingMail { MessageId = "essai-1@monopco.example", To = "alex@atelier.example", ToName = "Alex Durand", Subject = mail.Subject, Text = mail.Text, Html = mail.Html, Attachments = [new("Résumé.pdf", "application/pdf", "%PDF-"u8.ToArray())] };
        Assert.IsType<MailResult.Sent>(await sender.SendAsync(outgoing, default));
        var received = Assert.Single(await sandbox.Mail.WaitForAsync(to: "alex@atelier.example"));
        Assert.Equal(mail.Subject, received.Subject);
        Assert.Contains("essai-1@monopco.example", received.MessageId, StringComparison.Ordinal);
        Assert.Equal(mail.Text.TrimEnd().ReplaceLineEndings("\n"), received.Text!.TrimEnd().ReplaceLineEndings("\n"));
        Assert.Equal(mail.Html.TrimEnd().ReplaceLineEndings("\n"), received.Html!.TrimEnd().ReplaceLineEndings("\n"));
        Assert.Contains("https://monopco.example/l/7Qd0?suite=/dossiers&x=1", received.Links);
        Assert.Equal("Résumé.pdf", Assert.Single(received.Attachments).Name);
    }
}
