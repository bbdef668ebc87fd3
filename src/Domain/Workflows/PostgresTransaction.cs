using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// One PostgreSQL transaction at read committed and, made when first asked for, a scope of services whose DbContext works inside it.
/// </summary>
internal sealed partial class PostgresTransaction(PostgresWorkflowStore store, IServiceScopeFactory scopes) : IWorkflowTransaction
{
    private const string Savepoint = "activity";
    private NpgsqlConnection connection = null!;
    private NpgsqlTransaction transaction = null!;
    private AsyncServiceScope? scope;
    private string? transactionId;
    private (Guid Id, long Burst)? saved;
    private bool hasSavepoint;

    /// <summary>The bookmark just closed had a time limit: its timer goes with the next statements.</summary>
    private Guid? obsoleteTimer;

    public IServiceProvider Services
    {
        get
        {
            if (scope is null)
            {
                scope = scopes.CreateAsyncScope();
                scope.Value.ServiceProvider.GetRequiredService<DatabaseSession>().Bind(connection, transaction);
            }

            return scope.Value.ServiceProvider;
        }
    }

    internal async Task<PostgresTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        connection = await store.Source.OpenConnectionAsync(cancellationToken);
        transaction = await connection.BeginTransactionAsync(cancellationToken);
        return this;
    }

    /// <summary>One savepoint is moved forward, not stacked: only the last activity can be undone.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (hasSavepoint)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.Add($"release savepoint {Savepoint}");
            batch.Add($"savepoint {Savepoint}");
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        else
        {
            await transaction.SaveAsync(Savepoint, cancellationToken);
            hasSavepoint = true;
        }
    }

    public async Task RollBackAsync(CancellationToken cancellationToken)
    {
        if (!hasSavepoint)
        {
            throw new InvalidOperationException("Nothing was saved to roll back to.");
        }

        await transaction.RollbackAsync(Savepoint, cancellationToken);
        scope?.ServiceProvider.GetService<MonOpcoDbContext>()?.ChangeTracker.Clear();
    }

    public bool MustRestartBurst(Exception exception) => store.MustRestart(exception);

    public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public async Task<bool> WasCommittedAsync(CancellationToken cancellationToken)
    {
        if (transactionId is null)
        {
            return false;
        }

        await using var fresh = await store.Source.OpenConnectionAsync(cancellationToken);
        for (var look = 0; look < 100; look++)
        {
            // The instance's row lock is held until the server has settled the transaction; then its burst number tells, and the transaction's own fate decides.
            await using var command = fresh.Command(
                "select pg_xact_status($1::text::xid8), (select burst from workflow_instances where id = $2)", P(transactionId), P(saved?.Id));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var status = reader.Text(0);
            if (status != "in progress")
            {
                return status == "committed" && (saved is null || (!reader.IsDBNull(1) && reader.GetInt64(1) >= saved.Value.Burst));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }

        throw new TimeoutException("The server has not settled a transaction whose commit was interrupted.");
    }

    public async ValueTask DisposeAsync()
    {
        if (scope is { } services)
        {
            await services.DisposeAsync();
        }

        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    public async Task<LockedInstance?> LockAsync(Guid instanceId, int maxMessages, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add($"select {Columns.Instance}, pg_current_xact_id()::text from workflow_instances i where i.id = $1 for update skip locked", P(instanceId));
        batch.Add($"select {Columns.Message} from workflow_mailbox m where m.instance_id = $1 and m.parked_at is null order by m.sequence limit $2", P(instanceId), P(maxMessages + 1));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadLockedAsync(reader, maxMessages, cancellationToken);
    }

    public async Task<BookmarkClosing> CloseBookmarkAsync(BookmarkTarget target, Guid messageId, string? actor, DateTimeOffset now, int maxMessages, CancellationToken cancellationToken)
    {
        var where = target.Id is null ? "b.kind = $1 and b.key = $2" : "b.id = $1";
        NpgsqlParameter[] which() => target.Id is { } id ? [P(id), P(messageId)] : [P(target.Kind), P(target.Key), P(messageId)];
        var n = target.Id is null ? 3 : 2;
        var instance = $"(select b.instance_id from workflow_bookmarks b where {where} and b.message_id = ${n})";
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            $"""
            update workflow_bookmarks b set closed_at = ${n + 1}, closed_by = ${n + 2}, message_id = ${n}
            where b.closed_at is null and b.id = (select b.id from workflow_bookmarks b where {where} and b.closed_at is null order by b.created_at limit 1 for update)
            returning {Columns.Bookmark}, pg_current_xact_id()::text
            """, [.. which(), P(now), P(actor)]);
        batch.Add($"select {Columns.Instance}, '' from workflow_instances i where i.id = {instance} for update skip locked", which());
        batch.Add($"select {Columns.Message} from workflow_mailbox m where m.instance_id = {instance} and m.parked_at is null order by m.sequence limit ${n + 1}", [.. which(), P(maxMessages + 1)]);
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                var bookmark = Columns.ReadBookmark(reader);
                transactionId = reader.GetString(11);
                obsoleteTimer = bookmark.Until is null ? null : bookmark.Id;
                await reader.NextResultAsync(cancellationToken);
                return new BookmarkClosing { Bookmark = bookmark, Locked = await ReadLockedAsync(reader, maxMessages, cancellationToken) };
            }
        }

        return await ClosedAsync(target, cancellationToken);
    }

    public async Task<Guid?> RunningInstanceAsync(string? definitionId, string? correlationId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("select pg_advisory_xact_lock($1)", P(StableId.LockOf("activation", $"{definitionId}\n{correlationId}")));
        batch.Add(
            "select id from workflow_instances where status = 'Running' and ($1::text is null or definition_id = $1) and ($2::text is null or correlation_id = $2) limit 1", P(definitionId), P(correlationId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetGuid(0) : null;
    }

    private async Task<BookmarkClosing> ClosedAsync(BookmarkTarget target, CancellationToken cancellationToken)
    {
        await using var last = target.Id is { } id
            ? connection.Command("select closed_at, closed_by, removed from workflow_bookmarks where id = $1 and closed_at is not null", P(id))
            : connection.Command("select closed_at, closed_by, removed from workflow_bookmarks where kind = $1 and key = $2 and closed_at is not null order by closed_at desc limit 1", P(target.Kind), P(target.Key));
        await using var reader = await last.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new BookmarkClosing { ClosedAt = reader.Time(0), ClosedBy = reader.Text(1), Removed = reader.GetBoolean(2) }
            : new BookmarkClosing();
    }

    private async Task<LockedInstance?> ReadLockedAsync(NpgsqlDataReader reader, int maxMessages, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var instance = Columns.ReadInstance(reader);
        transactionId = reader.GetString(19) is { Length: > 0 } xid ? xid : transactionId;
        await reader.NextResultAsync(cancellationToken);
        var messages = new List<InstanceMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(Columns.ReadMessage(reader));
        }

        return new LockedInstance(instance, messages.Count > maxMessages ? messages[..maxMessages] : messages, messages.Count > maxMessages);
    }
}
