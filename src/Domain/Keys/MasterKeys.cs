using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Domain.Keys;

/// <summary>Of one version: <paramref name="Uses"/> keys are wrapped by it.</summary>
public sealed record MasterKeyState(string Id, int Number, DateTimeOffset? CreatedAt, DateTimeOffset? ActivatedAt, DateTimeOffset? RetiredAt, bool AtHand, bool IsCurrent, long Uses);

/// <summary>Of a Host that runs: the versions it holds and the one it wraps with.</summary>
public sealed record KeyHolderState(string Host, IReadOnlyList<string> KeyIds, string CurrentId, DateTimeOffset SeenAt);

public sealed record MasterKeyStatus(IReadOnlyList<MasterKeyState> Versions, IReadOnlyList<KeyHolderState> Holders)
{
    public MasterKeyState? Pending => Versions.FirstOrDefault(x => x is { ActivatedAt: null, RetiredAt: null, CreatedAt: not null });

    /// <summary>Keys that still wait for being wrapped by the current version.</summary>
    public long Left => Versions.Where(x => !x.IsCurrent).Sum(x => x.Uses);
}

/// <summary>
/// The versions of the master key. A new one is made (<see cref="CreateAsync"/>), wraps once every running Host holds it (<see cref="ActivateAsync"/>), takes
/// over all keys batch by batch (<see cref="RewrapAsync"/>); the old one is retired when nothing uses it (<see cref="RetireAsync"/>). Each step may be stopped
/// and begun again anywhere: all state is in the rows.
/// </summary>
public sealed class MasterKeys(MasterKey master, DataSources sources, IOptions<MasterKeyOptions> options, TimeProvider clock)
{
    private const int Batch = 200;

    /// <summary>What is wrapped by the master key: table, its keys, the context of a row. ASP.NET's keys are a column of XML and stand apart.</summary>
    private static readonly (string Table, string[] Key, Func<object[], byte[]> Context)[] Wrapped =
    [
        ("keys.subject_keys", ["kind", "id"], row => KeyRing.Context(KeySubject.Parse($"{row[0]}:{row[1]}"))),
        ("keys.document_keys", ["document_id"], row => ((Guid)row[0]).ToByteArray()),
    ];

    private readonly string _host = $"{Environment.MachineName}/{Environment.ProcessId}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Reads files and database anew and says which versions this process holds; before the first request, then every few seconds.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var held = master.Reload();
        var first = master.Versions[0];
        await using (var register = sources.Staff.CreateCommand(
            "insert into keys.master_keys (id, number, created_at, activated_at) select $1, $2, now(), now() where not exists (select 1 from keys.master_keys) on conflict do nothing"))
        {
            register.Parameters.AddWithValue(first.Id);
            register.Parameters.AddWithValue(first.Number);
            await register.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var read = sources.Staff.CreateCommand("select id, retired_at < now() - interval '1 minute' from keys.master_keys order by activated_at desc nulls last, number desc");
        string? active = null;
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                active ??= reader.GetString(0);
                if (await reader.IsDBNullAsync(1, cancellationToken) is false && reader.GetBoolean(1))
                {
                    master.Forget(reader.GetString(0));
                }
            }
        }

        if (!held.ContainsKey(active!))
        {
            throw new InvalidOperationException($"The master key in use ({active}) is not among those at hand ({string.Join(", ", held.Keys)}): put its file where MasterKey:File says.");
        }

        master.Use(active!);
        await using var say = sources.Staff.CreateCommand(
            """
            insert into keys.key_holders (host, key_ids, current_id, seen_at) values ($1, $2, $3, now())
            on conflict (host) do update set key_ids = excluded.key_ids, current_id = excluded.current_id, seen_at = excluded.seen_at
            """);
        say.Parameters.AddWithValue(_host);
        say.Parameters.AddWithValue(held.Keys.ToArray());
        say.Parameters.AddWithValue(active!);
        await say.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>This process stops: nobody has to wait for it.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand("delete from keys.key_holders where host = $1 or seen_at < now() - interval '1 day'");
        command.Parameters.AddWithValue(_host);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes a new version in the folder of <c>MasterKey:File</c>; it wraps nothing yet. Returns its path. Throws a French sentence when that cannot be.</summary>
    public async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = master.Folder ?? throw new RuleBrokenException("master-key-folder", "La clé maîtresse ne peut pas tourner : MasterKey:File doit désigner un dossier qui contient ses versions (master.key…).");
        await RefreshAsync(cancellationToken);
        if ((await StatusAsync(cancellationToken)).Pending is { } pending)
        {
            throw new RuleBrokenException("master-key-pending", $"Une version attend déjà d’être mise en service : {pending.Id} (n° {pending.Number}).");
        }

        var number = master.Versions.Max(x => x.Number) + 1;
        var (path, key) = (Path.Combine(folder, $"master-{number}.key"), RandomNumberGenerator.GetBytes(32));
        var draft = path + ".tmp";
        File.Delete(draft);
        var handle = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            handle.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Whole and on the disk before it has its name: a Host that looks meanwhile sees no half of a key.
        await using (var file = new FileStream(draft, handle))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key)), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: false);
        await using var command = sources.Staff.CreateCommand("insert into keys.master_keys (id, number, created_at) values ($1, $2, now())");
        command.Parameters.AddWithValue(MasterKey.IdOf(key));
        command.Parameters.AddWithValue(number);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await RefreshAsync(cancellationToken);
        return path;
    }

    /// <summary>Puts the pending version in service when every running Host holds it; false when there is none, or a Host still lacks it.</summary>
    public async Task<bool> ActivateAsync(CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand(
            """
            update keys.master_keys m set activated_at = clock_timestamp()
            where activated_at is null and retired_at is null
              and not exists (select 1 from keys.key_holders h where h.seen_at > now() - $1 and m.id <> all (h.key_ids))
            """);
        command.Parameters.AddWithValue(options.Value.HostCountsAsStoppedAfter);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await RefreshAsync(cancellationToken);
        return true;
    }

    /// <summary>One batch of keys under the current version; 0 when all are. Several may run beside each other and beside any use of the keys.</summary>
    public async Task<int> RewrapAsync(CancellationToken cancellationToken)
    {
        var (current, known) = (master.Id, master.Versions.Select(x => x.Id).ToArray());
        foreach (var (table, key, context) in Wrapped)
        {
            if (await RewrapRowsAsync(table, key, context, current, known, cancellationToken) is var done and > 0)
            {
                return done;
            }
        }

        return await RewrapProtectionKeysAsync(current, cancellationToken);
    }

    public async Task<MasterKeyStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var uses = new Dictionary<string, long>(StringComparer.Ordinal);
        var versions = new Dictionary<string, MasterKeyState>(StringComparer.Ordinal);
        var holders = new List<KeyHolderState>();
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await CountAsync(connection, null, uses, cancellationToken);
        await using (var command = new NpgsqlCommand("select id, number, created_at, activated_at, retired_at from keys.master_keys order by activated_at desc nulls first, number desc", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var activated = await reader.IsDBNullAsync(3, cancellationToken) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(3);
                versions[reader.GetString(0)] = new(
                    reader.GetString(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), activated,
                    await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                    false, activated is not null && !versions.Values.Any(x => x.IsCurrent), 0);
            }
        }

        await using (var command = new NpgsqlCommand("select host, key_ids, current_id, seen_at from keys.key_holders where seen_at > now() - $1 order by host", connection))
        {
            command.Parameters.AddWithValue(options.Value.HostCountsAsStoppedAfter);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                holders.Add(new(reader.GetString(0), reader.GetFieldValue<string[]>(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
            }
        }

        var files = master.Reload();
        foreach (var id in files.Keys.Concat(uses.Keys).Where(x => !versions.ContainsKey(x)))
        {
            versions[id] = new(id, files.TryGetValue(id, out var file) ? file.Number : 0, null, null, null, false, false, 0);
        }

        return new([.. versions.Values.Select(x => x with { AtHand = files.ContainsKey(x.Id), Uses = uses.GetValueOrDefault(x.Id) }).OrderBy(x => x.Number)], holders);
    }

    /// <summary>
    /// Takes an old version out of service; its file is then put aside (<c>.retired</c>), to be kept as long as backups made under it. Refused with a French
    /// sentence while anything is wrapped by it or a Host still wraps with it.
    /// </summary>
    public async Task<string?> RetireAsync(string id, CancellationToken cancellationToken)
    {
        var status = await StatusAsync(cancellationToken);
        var version = status.Versions.FirstOrDefault(x => x.Id == id && x.CreatedAt is not null) ?? throw new RuleBrokenException("master-key-unknown", $"La version {id} n’est pas connue.");
        if (version.IsCurrent)
        {
            throw new RuleBrokenException("master-key-current", "C’est la version en service : créez-en d’abord une autre (./monopco keys rotate).");
        }

        if (status.Holders.FirstOrDefault(x => x.CurrentId == id) is { } busy)
        {
            throw new RuleBrokenException("master-key-host", $"Le Host {busy.Host} se sert encore de cette version : réessayez dans quelques secondes.");
        }

        await using (var connection = await sources.Staff.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            // Waits for transactions that have wrapped something and not committed yet.
            await using (var wait = new NpgsqlCommand("lock table keys.document_keys, keys.subject_keys, protection_keys in share mode", connection, transaction))
            {
                await wait.ExecuteNonQueryAsync(cancellationToken);
            }

            var uses = new Dictionary<string, long>(StringComparer.Ordinal);
            await CountAsync(connection, transaction, uses, cancellationToken);
            if (uses.GetValueOrDefault(id) is var left and > 0)
            {
                throw new RuleBrokenException("master-key-used", $"Cette version chiffre encore {Fr.Number(left)} clé(s) : attendez la fin de la rotation (./monopco keys status).");
            }

            await using var retire = new NpgsqlCommand("update keys.master_keys set retired_at = now() where id = $1 and retired_at is null", connection, transaction);
            retire.Parameters.AddWithValue(id);
            await retire.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        if (master.Versions.FirstOrDefault(x => x.Id == id)?.Path is { } path && File.Exists(path))
        {
            File.Move(path, path + ".retired", overwrite: false);
            return path + ".retired";
        }

        return null;
    }

    private static async Task CountAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, Dictionary<string, long> uses, CancellationToken cancellationToken)
    {
        var sql = string.Join(" union all ", Wrapped.Select(x => $"select master_key_id, count(*) from {x.Table} group by 1"))
            + $" union all select substring(xml from '<{ProtectionKeyXml.Element} id=\"([0-9a-f]+)\"'), count(*) from protection_keys where xml like '%<{ProtectionKeyXml.Element} id=%' group by 1";
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            uses[reader.GetString(0)] = uses.GetValueOrDefault(reader.GetString(0)) + reader.GetInt64(1);
        }
    }

    private async Task<int> RewrapRowsAsync(string table, string[] key, Func<object[], byte[]> context, string current, string[] known, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = new List<(object[] Key, string KeyId, byte[] Wrapped)>();
        await using (var claim = new NpgsqlCommand(
            $"select {string.Join(", ", key)}, master_key_id, wrapped from {table} where master_key_id <> $1 and master_key_id = any ($2) limit {Batch} for update skip locked", connection, transaction))
        {
            claim.Parameters.AddWithValue(current);
            claim.Parameters.AddWithValue(known);
            await using var reader = await claim.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(([.. key.Select((_, i) => reader.GetValue(i))], reader.GetString(key.Length), reader.GetFieldValue<byte[]>(key.Length + 1)));
            }
        }

        if (rows.Count == 0)
        {
            return 0;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var row in rows)
        {
            var (keyId, wrapped) = master.Wrap(context(row.Key), master.Unwrap(row.KeyId, context(row.Key), row.Wrapped));
            var update = new NpgsqlBatchCommand($"update {table} set master_key_id = $1, wrapped = $2 where {string.Join(" and ", key.Select((x, i) => $"{x} = ${i + 3}"))}");
            update.Parameters.AddWithValue(keyId);
            update.Parameters.AddWithValue(wrapped);
            foreach (var part in row.Key)
            {
                update.Parameters.AddWithValue(part);
            }

            batch.BatchCommands.Add(update);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }

    // A handful of rows, one every three months.
    private async Task<int> RewrapProtectionKeysAsync(string current, CancellationToken cancellationToken)
    {
        var rows = new List<(string Name, string Xml)>();
        await using (var read = sources.Staff.CreateCommand("select name, xml from protection_keys where xml like $1 and xml not like $2"))
        {
            read.Parameters.AddWithValue($"%<{ProtectionKeyXml.Element} id=%");
            read.Parameters.AddWithValue($"%<{ProtectionKeyXml.Element} id=\"{current}\"%");
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        foreach (var (name, xml) in rows)
        {
            await using var update = sources.Staff.CreateCommand("update protection_keys set xml = $1 where name = $2 and xml = $3");
            update.Parameters.AddWithValue(ProtectionKeyXml.Rewrap(master, xml));
            update.Parameters.AddWithValue(name);
            update.Parameters.AddWithValue(xml);
            await update.ExecuteNonQueryAsync(cancellationToken);
        }

        return rows.Count;
    }
}
