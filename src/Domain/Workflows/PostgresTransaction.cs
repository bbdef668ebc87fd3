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

    // The closed bookmark's instance is handed to the statements that follow in the same round trip as a setting of the transaction.
    private const string Returning = $"returning {Columns.Bookmark}, pg_current_xact_id()::text, set_config('monopco.instance', b.instance_id::text, true)";

    private const string ClosedInstance = "nullif(current_setting('monopco.instance', true), '')::uuid";

    private const string CloseById = $"update workflow_bookmarks b set closed_at = $3, closed_by = $4, message_id = $2 where b.id = $1 and b.closed_at is null {Returning}";

    private const string CloseByKey = $"""
        update workflow_bookmarks b set closed_at = $4, closed_by = $5, message_id = $3
        where b.closed_at is null and b.id = (select b.id from workflow_bookmarks b where b.kind = $1 and b.key = $2 and b.closed_at is null order by b.created_at limit 1 for update)
        {Returning}
        """;

    private const string LockInstance = $"select {Columns.Instance}, pg_current_xact_id()::text from workflow_instances i where i.id = $1 for update skip locked";

    private const string LockClosed = $"select {Columns.Instance}, '' from workflow_instances i where i.id = {ClosedInstance} for update skip locked";

    private const string ReadMailbox = $"select {Columns.Message} from workflow_mailbox m where m.instance_id = $1 and m.parked_at is null order by m.sequence limit $2";

    private const string ReadClosedMailbox = $"select {Columns.Message} from workflow_mailbox m where m.instance_id = {ClosedInstance} and m.parked_at is null order by m.sequence limit $1";

    private NpgsqlConnection connection = null!;
    private NpgsqlTransaction transaction = null!;
    private AsyncServiceScope? scope;
    private string? transactionId;
    private (Guid Id, long Burst)? saved;
    private bool hasSavepoint;

    /// <summary>Statements that only write: they leave with the next read or, as a rule, with the commit in one round trip.</summary>
    private NpgsqlBatch? pending;

    /// <summary>What the pending burst's statements will tell: which must touch a waiting stimulus to be told of.</summary>
    private (SavedBurst Saved, int First, int Count)? awaited;

    /// <summary>The definition whose published version this start took from memory.</summary>
    private string? toProve;

    /// <summary>The bookmark just closed had a time limit: its timer goes with the next statements.</summary>
    private Guid? obsoleteTimer;

    public IServiceProvider Services
    {
        get
        {
            if (pending is not null)
            {
                throw new InvalidOperationException("The burst is stored: nothing may be written any more but its commit.");
            }

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

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (pending is null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
        else
        {
            // Statements and COMMIT travel together. When one of them fails, PostgreSQL skips what follows, the COMMIT included.
            pending.Add("COMMIT");
            await FlushAsync(cancellationToken);
        }

        scope?.ServiceProvider.GetRequiredService<DatabaseSession>().Context?.Tell();
    }

    public async Task<bool> WasCommittedAsync(CancellationToken cancellationToken)
    {
        // A connection that still works brought the server's answer: the commit was refused.
        if (connection.State == System.Data.ConnectionState.Open)
        {
            return false;
        }

        if (transactionId is null)
        {
            // A start in one round trip: its id is its key. Trying again finds the instance, or meets the insertion still under way and waits for it.
            return saved is null ? false : throw new TransactionRestartException();
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

        if (pending is not null)
        {
            await pending.DisposeAsync();
        }

        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    public async Task<LockedInstance?> LockAsync(Guid instanceId, int maxMessages, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(LockInstance, P(instanceId));
        batch.Add(ReadMailbox, P(instanceId), P(maxMessages + 1));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadLockedAsync(reader, maxMessages, cancellationToken);
    }

    public async Task<BookmarkClosing> CloseBookmarkAsync(BookmarkTarget target, Guid messageId, string? actor, DateTimeOffset now, int maxMessages, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (target.Id is { } id)
        {
            batch.Add(CloseById, P(id), P(messageId), P(now), P(actor));
        }
        else
        {
            batch.Add(CloseByKey, P(target.Kind), P(target.Key), P(messageId), P(now), P(actor));
        }

        batch.Add(LockClosed);
        batch.Add(ReadClosedMailbox, P(maxMessages + 1));
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

    private NpgsqlBatch Pending() => pending ??= new NpgsqlBatch(connection, transaction);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (pending is not { } batch)
        {
            return;
        }

        pending = null;
        await using (batch)
        {
            try
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException exception) when (toProve is not null && exception is { SqlState: PostgresErrorCodes.NotNullViolation, ColumnName: "definition_version_id" })
            {
                store.Published.TryRemove(toProve, out _);
                throw new TransactionRestartException();
            }

            if (awaited is { } burst)
            {
                awaited = null;
                burst.Saved.StimulusWaited = Enumerable.Range(burst.First, burst.Count).Any(n => batch.BatchCommands[n].RecordsAffected > 0);
            }
        }
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

/// <summary>The transaction must run again from its beginning: what it took for granted is no longer so, or its outcome is not known and running again finds out.</summary>
internal sealed class TransactionRestartException : Exception;
