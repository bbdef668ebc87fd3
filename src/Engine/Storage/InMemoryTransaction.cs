using MonOPCO.Engine.Execution;
using static MonOPCO.Engine.Storage.MemoryData;

namespace MonOPCO.Engine.Storage;

/// <summary>Transactions in memory run one at a time; each change remembers how to undo itself.</summary>
internal sealed partial class InMemoryTransaction(MemoryData data, IServiceProvider services, TimeProvider clock, Action end) : IWorkflowTransaction
{
    private readonly Stack<Action> undo = new();
    private bool ended;

    public IServiceProvider Services { get; } = services;

    public Task SaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RollBackAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public bool MustRestartBurst(Exception exception) => false;

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        undo.Clear();
        return Task.CompletedTask;
    }

    public Task<bool> WasCommittedAsync(CancellationToken cancellationToken) => Task.FromResult(undo.Count == 0);

    public ValueTask DisposeAsync()
    {
        if (!ended)
        {
            ended = true;
            while (undo.TryPop(out var back))
            {
                back();
            }

            end();
        }

        return ValueTask.CompletedTask;
    }

    public Task<LockedInstance?> LockAsync(Guid instanceId, int maxMessages, CancellationToken cancellationToken)
    {
        if (!data.Instances.TryGetValue(instanceId, out var instance))
        {
            return Task.FromResult<LockedInstance?>(null);
        }

        var waiting = data.Mailbox.Values.Where(m => m.Message.InstanceId == instanceId && !m.Parked).OrderBy(m => m.Sequence).Take(maxMessages + 1).ToList();
        return Task.FromResult<LockedInstance?>(new LockedInstance(Copy(instance), [.. waiting.Take(maxMessages).Select(m => Copy(m.Message))], waiting.Count > maxMessages));
    }

    public async Task<BookmarkClosing> CloseBookmarkAsync(BookmarkTarget target, Guid messageId, string? actor, DateTimeOffset now, int maxMessages, CancellationToken cancellationToken)
    {
        var rows = data.Bookmarks.Values.Where(b => target.Id is { } id ? b.Bookmark.Id == id : b.Bookmark.Kind == target.Kind && b.Bookmark.Key == target.Key).ToList();
        if (rows.Where(b => b.ClosedAt is null).MinBy(b => b.Bookmark.CreatedAt) is not { } open)
        {
            var last = rows.MaxBy(b => b.ClosedAt);
            return new BookmarkClosing { ClosedAt = last?.ClosedAt, ClosedBy = last?.ClosedBy, Removed = last?.Removed ?? false };
        }

        Set(data.Bookmarks, open.Bookmark.Id, open with { ClosedAt = now, ClosedBy = actor });
        RemoveTimer(open.Bookmark.Id);
        return new BookmarkClosing { Bookmark = open.Bookmark, Locked = await LockAsync(open.Bookmark.InstanceId, maxMessages, cancellationToken) };
    }

    public Task<bool> IsNewInstanceAsync(Guid instanceId, CancellationToken cancellationToken) => Task.FromResult(!data.Instances.ContainsKey(instanceId));

    public Task<Guid?> RunningInstanceAsync(string? definitionId, string? correlationId, CancellationToken cancellationToken) => Task.FromResult(data.Instances.Values
        .FirstOrDefault(i => i.Status == InstanceStatus.Running && (definitionId is null || i.DefinitionId == definitionId) && (correlationId is null || i.CorrelationId == correlationId))?.Id);

    public Task PostAsync(IReadOnlyList<InstanceMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages.Where(m => !data.Mailbox.ContainsKey(m.Id)))
        {
            var visible = clock.GetUtcNow() + (message.Kind == MessageKind.Continue ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            Set(data.Mailbox, message.Id, new MessageRow(Copy(message), ++data.Sequence, 0, visible));
        }

        return Task.CompletedTask;
    }

    private void Set<TKey, TValue>(Dictionary<TKey, TValue> table, TKey key, TValue value)
        where TKey : notnull
    {
        var had = table.TryGetValue(key, out var before);
        undo.Push(() =>
        {
            if (had)
            {
                table[key] = before!;
            }
            else
            {
                table.Remove(key);
            }
        });
        table[key] = value;
    }

    private void Remove<TKey, TValue>(Dictionary<TKey, TValue> table, TKey key)
        where TKey : notnull
    {
        if (table.Remove(key, out var before))
        {
            undo.Push(() => table[key] = before);
        }
    }

    private void RemoveTimer(Guid bookmarkId) => Remove(data.Timers, bookmarkId);
}
