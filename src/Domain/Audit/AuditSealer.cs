using Microsoft.Extensions.Logging;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;
using Npgsql;

namespace MonOPCO.Domain.Audit;

/// <summary>Section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Where each head of the chain is also written, outside the database; best on a disk that the database's machine can only append to.</summary>
    public string? AnchorFile { get; set; }

    public TimeSpan SealEvery { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Chains what is final. Rows are ordered by the number of their transaction: a transaction with a lower number may commit later than one with a higher, but
/// below <c>audit_horizon()</c> all have ended, so that nothing can come to stand behind what has been sealed.
/// </summary>
public sealed class AuditSealer(DataSources sources, KeyRing ring, AuditAnchors anchors, TimeProvider clock, ILogger<AuditSealer>? log = null)
{
    private const long Lock = 0x4D6F6E4F41554449;

    /// <summary>One batch; how many rows it sealed. 0 also when another Host is at it.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var claim = new NpgsqlCommand($"select pg_try_advisory_xact_lock({Lock})", connection, transaction))
        {
            if (!(bool)(await claim.ExecuteScalarAsync(cancellationToken))!)
            {
                return 0;
            }
        }

        var (number, lastTx, lastId, head) = await LastAsync(connection, transaction, cancellationToken);

        // In a statement of its own, before the rows are read: what it says is final is visible to the next one.
        await using var ask = new NpgsqlCommand("select audit_horizon()", connection, transaction);
        var horizon = (long)(await ask.ExecuteScalarAsync(cancellationToken))!;
        if (lastTx >= horizon)
        {
            throw new InvalidOperationException("The database counts transactions lower than its own audit: it was restored, and no Host with the owner's connection has been started since.");
        }

        var (ids, hashes) = (new List<long>(), new MemoryStream());
        await using (var read = new NpgsqlCommand($"select {AuditChain.Columns} from audit_entries where (tx, id) > ($1, $2) and tx < $3 order by tx, id limit {AuditChain.Batch}", connection, transaction))
        {
            read.Parameters.AddWithValue(lastTx);
            read.Parameters.AddWithValue(lastId);
            read.Parameters.AddWithValue(horizon);
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                (lastTx, lastId, var hash) = await AuditChain.ReadAsync(reader, cancellationToken);
                ids.Add(lastId);
                hashes.Write(hash);
            }
        }

        if (ids.Count == 0)
        {
            return 0;
        }

        number++;
        var now = clock.GetUtcNow().UtcDateTime;
        now = now.AddTicks(-(now.Ticks % 10));
        var next = AuditChain.HeadOf(head, number, AuditChain.Format, now, lastTx, lastId, ids, hashes.ToArray());
        var signature = ring.Hash(AuditVerifier.Purpose, Convert.ToHexStringLower(next));
        await using (var add = new NpgsqlCommand(
            "insert into audit_seals (number, format, sealed_at, last_tx, last_id, entry_ids, hashes, previous, head, signature) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection, transaction))
        {
            foreach (var value in (object[])[number, AuditChain.Format, now, lastTx, lastId, ids.ToArray(), hashes.ToArray(), head, next, signature])
            {
                add.Parameters.AddWithValue(value);
            }

            await add.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        var anchor = new AuditAnchor(number, now, Convert.ToHexStringLower(next));
        await anchors.AppendAsync(anchor, cancellationToken);
        log?.LogInformation("Audit sealed up to batch {Number}: {Head}", anchor.Number, anchor.Head);
        return ids.Count;
    }

    internal static async Task<(long Number, long LastTx, long LastId, byte[] Head)> LastAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select number, last_tx, last_id, head from audit_seals order by number desc limit 1", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)) : (0, long.MinValue, 0, AuditChain.Genesis);
    }
}
