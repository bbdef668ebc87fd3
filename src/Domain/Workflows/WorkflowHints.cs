using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// "There may be work": in this process at once, to others by NOTIFY on a connection of its own, after the commit and without payload. Sends that come while one
/// is under way become one more. Losing a hint costs one poll.
/// </summary>
public sealed class WorkflowHints(DataSources sources) : IDisposable
{
    private const string Channel = "workflow_work";
    private readonly SemaphoreSlim local = new(0, 1);
    private int wanted;
    private int sending;

    public void Send()
    {
        Wake();
        Interlocked.Exchange(ref wanted, 1);
        if (Interlocked.CompareExchange(ref sending, 1, 0) == 0)
        {
            _ = Task.Run(SendAllAsync);
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => local.WaitAsync(atMost, cancellationToken);

    /// <summary>Listens until cancelled, reconnecting when the connection is lost.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, _) => Wake();
                try
                {
                    await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                    while (true)
                    {
                        await connection.WaitAsync(cancellationToken);
                    }
                }
                finally
                {
                    // Pooled connections are not reset: this one must not go on listening for somebody else.
                    await using var unlisten = new NpgsqlCommand("unlisten *", connection);
                    await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    public void Dispose() => local.Dispose();

    private void Wake()
    {
        try
        {
            local.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // One hint is as good as two.
        }
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            while (Interlocked.Exchange(ref wanted, 0) == 1)
            {
                try
                {
                    await using var connection = await sources.Staff.OpenConnectionAsync();
                    await using var notify = new NpgsqlCommand($"notify {Channel}", connection);
                    await notify.ExecuteNonQueryAsync();
                }
                catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or InvalidOperationException)
                {
                    // The poll finds the work.
                }
            }

            Interlocked.Exchange(ref sending, 0);
            if (Volatile.Read(ref wanted) == 0 || Interlocked.CompareExchange(ref sending, 1, 0) != 0)
            {
                return;
            }
        }
    }
}
