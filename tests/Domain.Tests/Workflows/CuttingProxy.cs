using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>Between the store and PostgreSQL: cuts the line at a COMMIT, before the server sees it or after it has answered, so that the client cannot know.</summary>
public sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly string host;
    private readonly int port;
    private int cut;
    private int requests;

    public CuttingProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (target.Host!, target.Port);
        listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectionString = target.ConnectionString;
        _ = AcceptAsync();
    }

    public enum Cut
    {
        None,
        BeforeCommit,
        AfterCommit,
    }

    public string ConnectionString { get; }

    /// <summary>The line was cut since it was last armed.</summary>
    public bool HasCut => Volatile.Read(ref cut) == 0;

    /// <summary>How often the clients have sent something: round trips.</summary>
    public int Requests => Volatile.Read(ref requests);

    public void Arm(Cut where) => Interlocked.Exchange(ref cut, (int)where);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var own = client;
        using var server = new TcpClient(host, port);
        var answered = new TaskCompletionSource();
        var swallow = false;
        var back = Task.Run(async () =>
        {
            var buffer = new byte[65536];
            int read;
            while ((read = await server.GetStream().ReadAsync(buffer)) > 0)
            {
                if (swallow)
                {
                    answered.TrySetResult();
                    return;
                }

                await client.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        });
        try
        {
            var buffer = new byte[65536];
            int read;
            while ((read = await client.GetStream().ReadAsync(buffer)) > 0)
            {
                Interlocked.Increment(ref requests);
                var where = Encoding.ASCII.GetString(buffer, 0, read).Contains("COMMIT\0", StringComparison.Ordinal) ? (Cut)Interlocked.Exchange(ref cut, 0) : Cut.None;
                if (where == Cut.BeforeCommit)
                {
                    return;
                }

                swallow = where == Cut.AfterCommit;
                await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
                if (swallow)
                {
                    await answered.Task;
                    return;
                }
            }
        }
        catch (IOException)
        {
        }
        finally
        {
            client.Close();
            server.Close();
            await back.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
