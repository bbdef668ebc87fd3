namespace MonOPCO.Engine.Storage;

internal sealed partial class InMemoryTransaction
{
    public Task DeleteDefinitionAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Remove(data.Published, definitionId);
        Remove(data.Triggers, definitionId);
        foreach (var version in data.Versions.Values.Where(v => v.DefinitionId == definitionId).ToList())
        {
            if (version.IsFrozen)
            {
                Set(data.Hidden, version.Id, now);
            }
            else
            {
                Remove(data.Versions, version.Id);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool> DeleteInstanceAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        if (!data.Instances.ContainsKey(instanceId))
        {
            return Task.FromResult(false);
        }

        Remove(data.Instances, instanceId);
        Remove(data.Priorities, instanceId);
        RemoveAll(data.Bookmarks, row => row.Bookmark.InstanceId == instanceId);
        RemoveAll(data.Mailbox, row => row.Message.InstanceId == instanceId);
        RemoveAll(data.Work, row => row.Effect.InstanceId == instanceId);
        RemoveAll(data.Effects, row => row.InstanceId == instanceId);
        RemoveAll(data.Journal, row => row.InstanceId == instanceId);
        return Task.FromResult(true);
    }

    private void RemoveAll<TKey, TRow>(Dictionary<TKey, TRow> table, Func<TRow, bool> belongs)
        where TKey : notnull
    {
        foreach (var (key, row) in table.Where(pair => belongs(pair.Value)).ToList())
        {
            if (row is MemoryData.BookmarkRow bookmark)
            {
                RemoveTimer(bookmark.Bookmark.Id);
            }

            Remove(table, key);
        }
    }
}
