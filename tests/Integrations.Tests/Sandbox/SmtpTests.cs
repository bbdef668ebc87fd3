using System.Net;
using System.Net.Http.Json;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MonOPCO.Sandbox;

namespace MonOPCO.Integrations.Tests.Sandbox;

public sealed class SmtpTests : IAsyncLifetime
{
    private SandboxServer sandbox = null!;

    public async Task InitializeAsync() => sandbox = await SandboxServer.StartAsync(new SandboxOptions { MaxMessageBytes = 1024 * 1024 });

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    [Fact]
    public async Task Send_TextHtmlAndAttachment_AreReadBack()
    {
        using var mail = Mail("Votre lien – valable 15 minutes à Haguenau", "Bonjour,\n.une ligne qui commence par un point\nLien : http://127.0.0.1:5080/lien/abc?x=1.");
        mail.Headers.Add("Message-ID", "<un@monopco.example>");
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString("<p>Bonjour <a href=\"http://127.0.0.1:5080/lien/abc?x=1&amp;y=2\">é</a></p>", Encoding.UTF8, "text/html"));
        using var content = new MemoryStream("%PDF-1.4 ✓"u8.ToArray());
        mail.Attachments.Add(new Attachment(content, "convention signée à l'été.pdf", "application/pdf") { NameEncoding = Encoding.UTF8 });
        await SendAsync(mail);

        using var http = Http();
        var messages = await http.GetFromJsonAsync<JsonElement>("/boite/api/messages?to=claire&subject=lien");
        var message = Assert.Single(messages.EnumerateArray());
        Assert.Equal("Votre lien – valable 15 minutes à Haguenau", message.GetProperty("subject").GetString());
        Assert.Equal("claire@moder.example", message.GetProperty("to")[0].GetString());
        Assert.Contains("\n.une ligne qui commence par un point\n", message.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains(">é</a>", message.GetProperty("html").GetString(), StringComparison.Ordinal);
        var attachment = Assert.Single(message.GetProperty("attachments").EnumerateArray());
        Assert.Equal("convention signée à l'été.pdf", attachment.GetProperty("name").GetString());
        Assert.Equal("%PDF-1.4 ✓"u8.ToArray(), await http.GetByteArrayAsync(attachment.GetProperty("url").GetString()));
        Assert.Equal(["http://127.0.0.1:5080/lien/abc?x=1", "http://127.0.0.1:5080/lien/abc?x=1&y=2"], message.GetProperty("links").EnumerateArray().Select(l => l.GetString()));
    }

    [Fact]
    public async Task Send_SameMessageIdTwice_CountsTwoDeliveriesAndOneId()
    {
        for (var i = 0; i < 2; i++)
        {
            using var mail = Mail("Relance", "texte");
            mail.Headers.Add("Message-ID", "<relance-7@monopco.example>");
            await SendAsync(mail);
        }

        using var http = Http();
        var count = await http.GetFromJsonAsync<JsonElement>("/boite/api/compte");
        Assert.Equal((2, 1), (count.GetProperty("livraisons").GetInt32(), count.GetProperty("messageIds").GetInt32()));
        Assert.Equal(1, (await http.GetStringAsync("/boite")).Split("Doublon").Length - 1);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/boite/api/messages")).StatusCode);
        Assert.Empty(sandbox.Mail.All());
    }

    [Fact]
    public async Task Inbox_HostileMessage_ShowsNoActiveContent()
    {
        using var mail = Mail("<script>alert(1)</script>", "<b>pas du gras</b>");
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(
            "<p onclick=\"x()\">ok</p><script>alert(1)</script><a href=\"javascript:x()\">l</a><img src=\"http://mouchard.example/a.png\"><svg onload=x()></svg><scr<script>ipt>", Encoding.UTF8, "text/html"));
        await SendAsync(mail);

        using var http = Http();
        var page = await http.GetStringAsync("/boite/messages/1");
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;b&gt;pas du gras", page, StringComparison.Ordinal);
        using var frame = await http.GetAsync("/boite/messages/1/html");
        var html = await frame.Content.ReadAsStringAsync();
        Assert.All(["<script", "onclick", "javascript:", "mouchard", "svg"], forbidden => Assert.DoesNotContain(forbidden, html, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("<p>ok</p>", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", frame.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refuse", SmtpStatusCode.MailboxUnavailable)]
    [InlineData("tempfail", SmtpStatusCode.LocalErrorInProcessing)]
    public async Task Send_Fault_IsAnsweredAndStoresNothing(string mode, SmtpStatusCode expected)
    {
        using var http = Http();
        await http.PostAsJsonAsync("/control/mail", new { mode });
        using var mail = Mail("Objet", "texte");
        var error = await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(mail));
        Assert.Equal(expected, error.StatusCode);
        Assert.Empty(sandbox.Mail.All());
    }

    [Fact]
    public async Task Send_Held_GoesOnWhenReleased()
    {
        using var http = Http();
        await http.PostAsJsonAsync("/control/mail", new { mode = "hold-after-data" });
        using var mail = Mail("Retenu", "texte");
        var sending = SendAsync(mail);
        (await http.GetAsync("/control/mail/held?timeoutMs=10000")).EnsureSuccessStatusCode();
        Assert.Single(sandbox.Mail.All());
        Assert.False(sending.IsCompleted);
        await http.PostAsJsonAsync("/control/mail", new { mode = "ok" });
        await sending;
    }

    [Fact]
    public async Task WaitFor_MessageArrivesLater_IsReturned()
    {
        var waiting = sandbox.Mail.WaitForAsync(subject: "plus tard");
        using var mail = Mail("Arrive plus tard", "texte");
        await SendAsync(mail);
        Assert.Single(await waiting);
        Assert.Empty(await sandbox.Mail.WaitForAsync(subject: "jamais", patience: TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Session_MalformedInput_IsRefusedAndServerLives()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, sandbox.SmtpPort);
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            Assert.StartsWith("220 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
            foreach (var (line, code) in new[]
            {
                ("MAIL FROM:<a@b.example>", "503"), ("HELO x", "250"), ("RCPT TO:<a@b.example>", "503"), ("MAIL FROM:sans-crochets", "501"), ("MAIL FROM:<a b@c>", "501"),
                ("MAIL FROM:<a@b.example> SIZE=99999999", "552"), ("MAIL FROM:<a@b.example> SIZE=x", "552"), ("DATA", "503"), ("N\0OP", "500"), (new string('x', 9000), "500"), ("WIZARD", "500"),
                ("MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "250"), ("RCPT TO:<>", "501"), ("RCPT TO:<élève@b.example>", "250"), ("RCPT TO:<inconnu@b.example>", "550"), ("DATA", "354"),
                (".\r\nNOOP", "250"), ("RSET", "250")
            })
            {
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
                var answer = await reader.ReadLineAsync();
                Assert.True(answer!.StartsWith(code, StringComparison.Ordinal), $"{line[..Math.Min(40, line.Length)]} → {answer}");
            }

            await client.GetStream().WriteAsync("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\ncoupé au milieu"u8.ToArray());
        }

        using var mail = Mail("Après", "texte");
        await SendAsync(mail);
        // The empty message of the odd session and this one; the cut one was never complete.
        Assert.Equal(2, sandbox.Mail.All().Count);
        Assert.Equal("élève@b.example", sandbox.Mail.All()[0].To[0]);
    }

    [Fact]
    public async Task Data_LargerThanTheLimit_IsRefusedWithoutClosing()
    {
        using var mail = Mail("Gros", new string('x', 2 * 1024 * 1024));
        var error = await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(mail));
        Assert.Equal(SmtpStatusCode.ExceededStorageAllocation, error.StatusCode);
        Assert.Empty(sandbox.Mail.All());
    }

    private static MailMessage Mail(string subject, string body) =>
        new("ne-pas-repondre@monopco.example", "claire@moder.example") { Subject = subject, SubjectEncoding = Encoding.UTF8, Body = body, BodyEncoding = Encoding.UTF8 };

    private async Task SendAsync(MailMessage mail)
    {
        using var client = new SmtpClient("127.0.0.1", sandbox.SmtpPort);
        await client.SendMailAsync(mail);
    }

    private HttpClient Http() => new() { BaseAddress = new Uri(sandbox.BaseUrl) };
}
