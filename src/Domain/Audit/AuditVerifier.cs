using System.Diagnostics;
using System.Security.Cryptography;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;
using Npgsql;

namespace MonOPCO.Domain.Audit;

/// <summary>What a walk along the chain found. <paramref name="Problem"/>: the first broken place, in French; null = intact.</summary>
public sealed record AuditVerdict(string? Problem, long Seals, long Rows, long Unsealed, DateTimeOffset? OldestUnsealed, long Anchors, TimeSpan Took)
{
    public bool IsIntact => Problem is null;
}

/// <summary>Walks the whole chain, one batch in memory at a time, on one consistent view of the database, beside anything that goes on.</summary>
public sealed class AuditVerifier(DataSources sources, KeyRing ring, AuditAnchors anchors)
{
    internal const string Purpose = "audit-chain";

    private const int AnchorsAtOnce = 500;

    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var (number, tx, id, head, rows) = (0L, long.MinValue, 0L, AuditChain.Genesis, 0L);
        string? problem = null;
        while (problem is null && await NextAsync(connection, transaction, number, cancellationToken) is { } seal)
        {
            problem = SealProblem(seal, number, head) ?? await RowProblemAsync(connection, transaction, seal, tx, id, cancellationToken);
            (number, tx, id, head, rows) = (seal.Number, seal.LastTx, seal.LastId, seal.Head, rows + seal.EntryIds.Length);
        }

        var anchored = 0L;
        if (problem is null)
        {
            (problem, anchored) = await AnchorProblemAsync(connection, transaction, cancellationToken);
        }

        var (unsealed, oldest) = problem is null ? await BacklogAsync(connection, transaction, tx, id, cancellationToken) : (0, null);
        return new AuditVerdict(problem, number, rows, unsealed, oldest, anchored, watch.Elapsed);
    }

    private static async Task<AuditSeal?> NextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select number, format, sealed_at, last_tx, last_id, entry_ids, hashes, previous, head, signature from audit_seals where number > $1 order by number limit 1", connection, transaction);
        command.Parameters.AddWithValue(after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AuditSeal
            {
                Number = reader.GetInt64(0),
                Format = reader.GetInt32(1),
                SealedAt = reader.GetFieldValue<DateTimeOffset>(2),
                LastTx = reader.GetInt64(3),
                LastId = reader.GetInt64(4),
                EntryIds = reader.GetFieldValue<long[]>(5),
                Hashes = reader.GetFieldValue<byte[]>(6),
                Previous = reader.GetFieldValue<byte[]>(7),
                Head = reader.GetFieldValue<byte[]>(8),
                Signature = reader.GetFieldValue<byte[]>(9),
            }
            : null;
    }

    private string? SealProblem(AuditSeal seal, long previousNumber, byte[] previousHead)
    {
        if (seal.Number != previousNumber + 1)
        {
            return $"Le scellement n° {previousNumber + 1} manque : le suivant est le n° {seal.Number}.";
        }

        if (!seal.Previous.AsSpan().SequenceEqual(previousHead) || seal.Hashes.Length != seal.EntryIds.Length * AuditChain.HashSize
            || !AuditChain.HeadOf(seal.Previous, seal.Number, seal.Format, seal.SealedAt, seal.LastTx, seal.LastId, seal.EntryIds, seal.Hashes).AsSpan().SequenceEqual(seal.Head))
        {
            return $"Le scellement n° {seal.Number} a été modifié : il ne suit plus du précédent.";
        }

        return seal.Format != AuditChain.Format
            ? $"Le scellement n° {seal.Number} a une forme que cette version ne connaît pas."
            : CryptographicOperations.FixedTimeEquals(seal.Signature, ring.Hash(Purpose, Convert.ToHexStringLower(seal.Head)))
                ? null
                : $"Le scellement n° {seal.Number} ne porte pas notre signature : la chaîne a été refaite par quelqu’un qui n’a pas la clé de l’application.";
    }

    private static async Task<string?> RowProblemAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AuditSeal seal, long tx, long id, CancellationToken cancellationToken)
    {
        var found = new List<(long Id, byte[] Hash)>(seal.EntryIds.Length);
        await using (var command = new NpgsqlCommand($"select {AuditChain.Columns} from audit_entries where (tx, id) > ($1, $2) and (tx, id) <= ($3, $4) order by tx, id limit $5", connection, transaction))
        {
            foreach (var value in (object[])[tx, id, seal.LastTx, seal.LastId, seal.EntryIds.Length + AuditChain.Batch])
            {
                command.Parameters.AddWithValue(value);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = await AuditChain.ReadAsync(reader, cancellationToken);
                found.Add((row.Id, row.Hash));
            }
        }

        for (var i = 0; i < Math.Max(found.Count, seal.EntryIds.Length); i++)
        {
            if (i < found.Count && i < seal.EntryIds.Length && found[i].Id == seal.EntryIds[i])
            {
                if (!found[i].Hash.AsSpan().SequenceEqual(seal.Hashes.AsSpan(i * AuditChain.HashSize, AuditChain.HashSize)))
                {
                    return $"La ligne {found[i].Id} a été modifiée après son scellement (n° {seal.Number}).";
                }
            }
            else if (i < seal.EntryIds.Length && found.TrueForAll(x => x.Id != seal.EntryIds[i]))
            {
                await using var elsewhere = new NpgsqlCommand("select exists (select 1 from audit_entries where id = $1)", connection, transaction);
                elsewhere.Parameters.AddWithValue(seal.EntryIds[i]);
                return (bool)(await elsewhere.ExecuteScalarAsync(cancellationToken))!
                    ? $"La ligne {seal.EntryIds[i]} a été déplacée : elle n’est plus à sa place dans l’ordre scellé (n° {seal.Number})."
                    : $"La ligne {seal.EntryIds[i]} a été supprimée (scellement n° {seal.Number}).";
            }
            else if (i < found.Count && Array.IndexOf(seal.EntryIds, found[i].Id) < 0)
            {
                return $"La ligne {found[i].Id} a été insérée après coup parmi des lignes déjà scellées (n° {seal.Number}).";
            }
            else
            {
                return $"Les lignes du scellement n° {seal.Number} ne sont plus dans leur ordre, à partir de la ligne {seal.EntryIds[Math.Min(i, seal.EntryIds.Length - 1)]}.";
            }
        }

        return null;
    }

    private async Task<(string? Problem, long Count)> AnchorProblemAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var part in anchors.Read().Chunk(AnchorsAtOnce))
        {
            var heads = new Dictionary<long, string>();
            await using (var command = new NpgsqlCommand("select number, encode(head, 'hex') from audit_seals where number = any ($1)", connection, transaction))
            {
                command.Parameters.AddWithValue(part.Select(x => x.Number).ToArray());
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    heads[reader.GetInt64(0)] = reader.GetString(1);
                }
            }

            foreach (var anchor in part)
            {
                if (!heads.TryGetValue(anchor.Number, out var head))
                {
                    return ($"Le scellement n° {anchor.Number}, ancré le {Fr.DateTime(anchor.SealedAt)} hors de la base, n’y est plus : la fin du journal a été coupée, ou une sauvegarde plus ancienne a été restaurée.", count);
                }

                if (head != anchor.Head)
                {
                    return ($"Le scellement n° {anchor.Number} diffère de son ancre du {Fr.DateTime(anchor.SealedAt)} : la chaîne a été refaite.", count);
                }

                count++;
            }
        }

        return (null, count);
    }

    private static async Task<(long Count, DateTimeOffset? Oldest)> BacklogAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long tx, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select count(*), min(at) from audit_entries where (tx, id) > ($1, $2)", connection, transaction);
        command.Parameters.AddWithValue(tx);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }
}
