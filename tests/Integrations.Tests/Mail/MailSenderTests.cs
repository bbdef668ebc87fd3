using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Mail;

namespace MonOPCO.Integrations.Tests.Mail;

public class MailSenderTests
{
    private static readonly OutgoingMail Example = new()
    {
        MessageId = "dossier-42.demande-recue@monopco.example",
        To = "rh@atelier.example",
        ToName = "Élodie Müller",
        Subject = "Votre demande n° 2026-00001 a été reçue – merci",
        Text = "Bonjour,\r\n.une ligne qui commence par un point\r\nÀ bientôt",
        Html = "<p>Bonjour, à bientôt</p>",
        ReplyTo = "contact@netz.example",
        Attachments = [new MailAttachment("Devis n° 1 – été.pdf", "application/pdf", [1, 2, 3])],
    };

    private static MailSender Sender(int port) => new(Options.Create(new MailOptions { Host = "127.0.0.1", Port = port, Timeout = TimeSpan.FromSeconds(5) }));

    [Fact]
    public async Task SendAsync_Accepted_CarriesIdentityHeadersAndBothBodies()
    {
        await using var server = new SmtpStub();
        var sent = Assert.IsType<MailResult.Sent>(await Sender(server.Port).SendAsync(Example, default));
        Assert.Equal("<dossier-42.demande-recue@monopco.example>", sent.MessageId);

        var mail = Assert.Single(server.Mails);
        Assert.Contains("Message-ID: <dossier-42.demande-recue@monopco.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Reply-To: contact@netz.example", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("multipart/alternative", mail, StringComparison.Ordinal);
        Assert.Contains("multipart/mixed", mail, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("Bonjour,\r\n.une ligne qui commence par un point"u8)[..40], mail.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Contains("=?utf-8?", mail, StringComparison.OrdinalIgnoreCase);
        Assert.True(mail.All(c => c < 128), "Only ASCII travels: no relay needs SMTPUTF8.");
    }

    [Theory]
    [InlineData("RCPT", "450 later", 450, true)]
    [InlineData("RCPT", "550 unknown", 550, false)]
    [InlineData("MAIL", "452 full", 452, true)]
    [InlineData("END", "554 spam", 554, false)]
    [InlineData("END", "451 later", 451, true)]
    public async Task SendAsync_ServerSaysNo_RetriesOnlyOn4xx(string verb, string answer, int status, bool retryable)
    {
        await using var server = new SmtpStub(new() { [verb] = answer });
        var failure = Assert.IsType<MailResult.Failed>(await Sender(server.Port).SendAsync(Example, default)).Failure;
        Assert.Equal((status, retryable), (failure.Status, failure.Retryable));
        Assert.DoesNotContain("rh@atelier.example", failure.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsRetryable()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var failure = Assert.IsType<MailResult.Failed>(await Sender(port).SendAsync(Example, default)).Failure;
        Assert.Equal(("network", true), (failure.Kind, failure.Retryable));
    }

    [Fact]
    public async Task SendAsync_ConnectionCut_IsRetryable()
    {
        await using var server = new SmtpStub(new() { ["MAIL"] = "CUT" });
        Assert.True(Assert.IsType<MailResult.Failed>(await Sender(server.Port).SendAsync(Example, default)).Failure.Retryable);
    }

    [Fact]
    public async Task SendAsync_NotConfigured_SaysSo()
    {
        var failure = Assert.IsType<MailResult.Failed>(await new MailSender(Options.Create(new MailOptions())).SendAsync(Example, default)).Failure;
        Assert.Equal(("not-configured", false), (failure.Kind, failure.Retryable));
    }

    [Fact]
    public async Task SendAsync_LineBreakAnywhereInAHeader_NothingLeaves()
    {
        await using var server = new SmtpStub();
        var sender = Sender(server.Port);
        var evil = from before in Gen.Elements("", "a", "Été ", "x@y.example")
                   from brk in Gen.Elements("\r\n", "\n", "\r", "\u0000", "\u0085", "\u2028", "\t\r\n ")
                   from after in Gen.Elements("Bcc: voleur@ailleurs.example", " X", ">", "\r\n\r\ncorps")
                   from field in Gen.Choose(0, 5)
                   select (Text: before + brk + after, Field: field);

        Prop.ForAll(evil.ToArbitrary(), attempt =>
        {
            var mail = attempt.Field switch
            {
                0 => Example with { To = attempt.Text },
                1 => Example with { ToName = attempt.Text },
                2 => Example with { Subject = attempt.Text },
                3 => Example with { MessageId = attempt.Text },
                4 => Example with { ReplyTo = attempt.Text },
                _ => Example with { Attachments = [new MailAttachment(attempt.Text, "application/pdf", [])] },
            };
            return sender.SendAsync(mail, default).GetAwaiter().GetResult() is MailResult.Failed { Failure.Kind: "invalid-mail" };
        }).QuickCheckThrowOnFailure();
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task SendAsync_AnyPrintableSubject_ArrivesAsOneHeader()
    {
        await using var server = new SmtpStub();
        var sender = Sender(server.Port);
        foreach (var subject in new[] { "=?utf-8?Q?d=C3=A9j=C3=A0?=", new string('é', 300), "Objet: Bcc: a@b.example", "😀 fin", "a" })
        {
            Assert.IsType<MailResult.Sent>(await sender.SendAsync(Example with { Subject = subject }, default));
        }

        Assert.Equal(5, server.Mails.Count);
        foreach (var mail in server.Mails)
        {
            var head = mail[..mail.IndexOf(Environment.NewLine + Environment.NewLine, StringComparison.Ordinal)];
            Assert.Single(head.Split(Environment.NewLine), line => line.StartsWith("Subject:", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(head.Split(Environment.NewLine), line => line.StartsWith("Bcc:", StringComparison.OrdinalIgnoreCase));
            Assert.True(Encoding.ASCII.GetByteCount(head) > 0);
        }
    }
}
