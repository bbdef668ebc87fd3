using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MonOPCO.Integrations.Tests.Mail;

/// <summary>The few lines of SMTP that a client needs; each verb can be answered by another code.</summary>
internal sealed class SmtpStub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _answers;
    private readonly Task _loop;

    public SmtpStub(Dictionary<string, string>? answers = null)
    {
        _answers = answers ?? [];
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Raw mails as received, dots unstuffed.</summary>
    public ConcurrentQueue<string> Mails { get; } = new();

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client);
            }
            catch (Exception problem) when (problem is OperationCanceledException or IOException or SocketException)
            {
                // The peer left or the test is over.
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync(_answers.GetValueOrDefault("CONNECT", "220 stub"));
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            if (verb == "DATA" && !_answers.ContainsKey("DATA"))
            {
                await writer.WriteLineAsync("354 go");
                var mail = new StringBuilder();
                while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                {
                    mail.AppendLine(text.StartsWith("..", StringComparison.Ordinal) ? text[1..] : text);
                }

                var answer = _answers.GetValueOrDefault("END", "250 taken");
                if (answer.StartsWith('2'))
                {
                    Mails.Enqueue(mail.ToString());
                }

                await writer.WriteLineAsync(answer);
                continue;
            }

            if (_answers.GetValueOrDefault(verb) == "CUT")
            {
                return;
            }

            await writer.WriteLineAsync(_answers.GetValueOrDefault(verb, "250 ok"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }
}
