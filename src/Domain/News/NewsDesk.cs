using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.News;

/// <summary>
/// « Something about this topic has changed »: told to this process at once and to the other Hosts by NOTIFY, after the commit and on a connection of its own (inside
/// a transaction NOTIFY makes all commits queue). A piece of news is a topic and nothing else: whoever hears it reads again what he may see. One that is lost costs
/// a page a moment of staleness, never a wrong answer: nothing but screens may depend on it.
/// </summary>
public sealed class NewsDesk(DataSources sources, ILogger<NewsDesk>? log = null)
{
    private const string Channel = "monopco_news";

    // NOTIFY carries 8,000 bytes at most.
    private const int TopicsPerMessage = 100;

    private readonly string _self = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<Guid, Action<IReadOnlyCollection<string>>> _listeners = new();
    private readonly ConcurrentDictionary<string, bool> _waiting = new(StringComparer.Ordinal);
    private int _sending;

    public void Send(IReadOnlyCollection<string> topics)
    {
        Hear(topics);
        foreach (var topic in topics)
        {
            _waiting[topic] = true;
        }

        if (Interlocked.CompareExchange(ref _sending, 1, 0) == 0)
        {
            _ = Task.Run(SendAllAsync);
        }
    }

    /// <summary>Called for every piece of news until disposed; must be quick.</summary>
    public IDisposable Listen(Action<IReadOnlyCollection<string>> heard)
    {
        var id = Guid.NewGuid();
        _listeners[id] = heard;
        return new Listener(() => _listeners.TryRemove(id, out _));
    }

    /// <summary>Hears the other Hosts until cancelled, reconnecting when the connection is lost.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, note) => Read(note.Payload);
                try
                {
                    await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
                    await listen.ExecuteNonQueryAsync(cancellationToken);

                    // What happened while nobody listened is unknown: everybody looks again.
                    Hear(["*"]);
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
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException)
            {
                log?.LogWarning(exception, "The news of other Hosts are not heard; trying again.");
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private void Hear(IReadOnlyCollection<string> topics)
    {
        foreach (var listener in _listeners.Values)
        {
            listener(topics);
        }
    }

    private void Read(string payload)
    {
        var parts = payload.Split('\n');
        if (parts.Length > 1 && parts[0] != _self)
        {
            Hear(parts[1..]);
        }
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            while (!_waiting.IsEmpty)
            {
                var topics = _waiting.Keys.Take(TopicsPerMessage).ToList();
                topics.ForEach(topic => _waiting.TryRemove(topic, out _));
                try
                {
                    await using var connection = await sources.Staff.OpenConnectionAsync();
                    await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection) { Parameters = { new() { Value = Channel }, new() { Value = string.Join('\n', topics.Prepend(_self)) } } };
                    await notify.ExecuteNonQueryAsync();
                }
                catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or InvalidOperationException)
                {
                    // Pages of other Hosts show it when they are loaded next.
                }
            }

            Interlocked.Exchange(ref _sending, 0);
            if (_waiting.IsEmpty || Interlocked.CompareExchange(ref _sending, 1, 0) != 0)
            {
                return;
            }
        }
    }

    private sealed class Listener(Action stop) : IDisposable
    {
        public void Dispose() => stop();
    }
}
