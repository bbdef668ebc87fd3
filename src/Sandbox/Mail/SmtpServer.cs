using System.Net;
using System.Net.Sockets;

namespace MonOPCO.Sandbox.Mail;

/// <summary>A small SMTP server on the loopback address. It keeps every message and sends none on.</summary>
public sealed class SmtpServer(SandboxOptions options, MailStore store, MailFaults faults, ILogger<SmtpServer> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HashSet<Task> sessions = [];
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    public int Port { get; private set; }

    public void Start(int port)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
        {
            await stopping.CancelAsync();
            listener?.Stop();
            await accepting;
            Task[] open;
            lock (sessions)
            {
                open = [.. sessions];
            }

            await Task.WhenAll(open);
            listener?.Dispose();
            stopping.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener!.AcceptTcpClientAsync(stopping.Token);
                var session = ServeAsync(client);
                lock (sessions)
                {
                    sessions.RemoveWhere(s => s.IsCompleted);
                    sessions.Add(session);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                if (stopping.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        // Without NoDelay, short answers meet the client's delayed acknowledgement: 40 ms per command.
        client.NoDelay = true;
        using (client)
        {
            try
            {
                await new SmtpSession(client.GetStream(), options.MaxMessageBytes, store, faults).RunAsync(stopping.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client went away or the server stops: nothing to answer any more.
            }
#pragma warning disable CA1031 // One odd client must not take the server down; what it did is logged.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.LogError(e, "Session SMTP interrompue");
            }
        }
    }
}
