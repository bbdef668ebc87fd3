using System.Globalization;
using System.Text;

namespace MonOPCO.Sandbox.Mail;

/// <summary>One SMTP conversation (RFC 5321 subset: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT; 8BITMIME, SMTPUTF8, SIZE, PIPELINING).</summary>
internal sealed class SmtpSession(Stream stream, int maxBytes, MailStore store, MailFaults faults)
{
    private const int MaxLine = 4096;
    private const int MaxRecipients = 100;
    private const int MaxErrors = 20;

    private readonly SmtpReader reader = new(stream);
    private readonly List<string> recipients = [];
    private string? from;
    private bool greeted;
    private int errors;

    public async Task RunAsync(CancellationToken stop)
    {
        await faults.HoldIfAsync("hold", stop);
        await SayAsync("220 bac-a-sable.localhost ESMTP MonOPCO Sandbox", stop);
        while (await reader.ReadLineAsync(MaxLine, stop) is { } read)
        {
            if (read.TooLong)
            {
                await SayAsync("500 5.5.2 Ligne trop longue", stop);
                continue;
            }

            // NUL and other control characters have no place in a command: refuse them instead of storing them.
            var line = Encoding.UTF8.GetString(read.Bytes);
            if (line.Any(char.IsControl))
            {
                await SayAsync("500 5.5.2 Caractère interdit", stop);
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var verb = (space < 0 ? line : line[..space]).ToUpperInvariant();
            var rest = space < 0 ? "" : line[(space + 1)..].Trim();
            if (verb == "QUIT")
            {
                await SayAsync("221 2.0.0 Au revoir", stop);
                return;
            }

            if (verb == "DATA")
            {
                await DataAsync(stop);
            }
            else
            {
                await SayAsync(Answer(verb, rest), stop);
            }

            if (errors > MaxErrors)
            {
                await SayAsync("421 4.7.0 Trop d'erreurs", stop);
                return;
            }
        }
    }

    private string Answer(string verb, string rest)
    {
        switch (verb)
        {
            case "EHLO":
                Reset();
                greeted = true;
                return string.Create(CultureInfo.InvariantCulture, $"250-bac-a-sable.localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {maxBytes}");
            case "HELO":
                Reset();
                greeted = true;
                return "250 bac-a-sable.localhost";
            case "MAIL":
                return Mail(rest);
            case "RCPT":
                return Rcpt(rest);
            case "RSET":
                Reset();
                return "250 2.0.0 OK";
            case "NOOP":
                return "250 2.0.0 OK";
            case "VRFY":
                return "252 2.1.5 Non vérifié";
            case "STARTTLS" or "AUTH" or "EXPN" or "HELP":
                return "502 5.5.1 Commande non prise en charge";
            default:
                errors++;
                return "500 5.5.1 Commande inconnue";
        }
    }

    private string Mail(string rest)
    {
        if (!greeted)
        {
            return Bad("503 5.5.1 EHLO d'abord");
        }

        if (from is not null)
        {
            return Bad("503 5.5.1 MAIL déjà donné");
        }

        if (Path(rest, "FROM:") is not ({ } address, var parameters))
        {
            return Bad("501 5.5.4 MAIL FROM:<adresse> attendu");
        }

        foreach (var parameter in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (parameter.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase) && (!long.TryParse(parameter[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > maxBytes))
            {
                return "552 5.3.4 Message trop gros";
            }
        }

        if (faults.Mode == "tempfail")
        {
            return "451 4.3.0 Réessayez plus tard";
        }

        from = address;
        return "250 2.1.0 OK";
    }

    private string Rcpt(string rest)
    {
        if (from is null)
        {
            return Bad("503 5.5.1 MAIL d'abord");
        }

        if (Path(rest, "TO:") is not ({ Length: > 0 } address, _))
        {
            return Bad("501 5.5.4 RCPT TO:<adresse> attendu");
        }

        // An address for demonstrations: mail to inconnu@… bounces, whatever the mode.
        if (faults.Mode == "refuse" || address.StartsWith("inconnu@", StringComparison.OrdinalIgnoreCase))
        {
            return "550 5.1.1 Destinataire refusé";
        }

        if (recipients.Count >= MaxRecipients)
        {
            return "452 4.5.3 Trop de destinataires";
        }

        recipients.Add(address);
        return "250 2.1.5 OK";
    }

    private async Task DataAsync(CancellationToken stop)
    {
        if (from is null || recipients.Count == 0)
        {
            await SayAsync(Bad("503 5.5.1 MAIL et RCPT d'abord"), stop);
            return;
        }

        await SayAsync("354 Terminez par <CRLF>.<CRLF>", stop);
        var body = await reader.ReadDataAsync(maxBytes, stop);
        if (body is null)
        {
            Reset();
            await SayAsync("552 5.3.4 Message trop gros", stop);
            return;
        }

        var stored = store.Add(from, [.. recipients], body);
        Reset();
        await faults.HoldIfAsync("hold-after-data", stop);
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"250 2.0.0 OK message {stored.Id}"), stop);
    }

    // "FROM:<a@b> SIZE=12" → (a@b, "SIZE=12"); null when it is not that.
    private static (string? Address, string Parameters) Path(string rest, string keyword)
    {
        if (!rest.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return (null, "");
        }

        var tail = rest[keyword.Length..].TrimStart();
        var close = tail.IndexOf('>', StringComparison.Ordinal);
        if (tail.Length == 0 || tail[0] != '<' || close < 0)
        {
            return (null, "");
        }

        var address = tail[1..close].Trim();
        return address.Length > 320 || address.Any(char.IsWhiteSpace) || (address.Length > 0 && !address.Contains('@', StringComparison.Ordinal)) ? (null, "") : (address, tail[(close + 1)..]);
    }

    private string Bad(string answer)
    {
        errors++;
        return answer;
    }

    private void Reset()
    {
        from = null;
        recipients.Clear();
    }

    private async Task SayAsync(string answer, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), stop);
        await stream.FlushAsync(stop);
    }
}
