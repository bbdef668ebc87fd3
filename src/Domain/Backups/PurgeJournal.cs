using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MonOPCO.Domain.Backups;

/// <summary>One thing that was destroyed: a row of a purge list (a table of schema <c>keys</c> whose name ends in <c>_purges</c>). Ids and hashes, nothing of anybody.</summary>
public sealed record PurgeEntry(string Table, string Row);

/// <summary>
/// The purge lists, written outside the database as well, line after line, each line authenticated together with the one before: a restore reads them from here,
/// so that what was destroyed after a backup was taken stays destroyed. Only ever appended to.
/// </summary>
public sealed class PurgeJournal(IOptions<BackupOptions> options, BackupKeys keys)
{
    /// <summary>Appends what the lists of this database have and the file has not. Returns how many lines are new.</summary>
    public async Task<int> SyncAsync(string connectionString, CancellationToken cancellationToken)
    {
        // A session of its own: it writes times in UTC, so that the same row always makes the same line.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Enlist = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var rows = await RowsAsync(connection, cancellationToken);
        await using var file = await LockAsync(cancellationToken);
        var (entries, last, end) = await ParseAsync(file, cancellationToken);
        var known = entries.ToHashSet();
        var missing = rows.Where(x => !known.Contains(x)).ToList();
        if (missing.Count == 0)
        {
            return 0;
        }

        var key = keys.Current();
        var text = new StringBuilder();
        foreach (var entry in missing)
        {
            var content = JsonSerializer.Serialize(new { k = key.Id, t = entry.Table, r = entry.Row });
            last = MacOf(key, last, content);
            text.Append(content).Append('\t').Append(last).Append('\n');
        }

        // What a crash left of a line goes; it is written again, whole.
        file.SetLength(end);
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        file.Flush(true);
        return missing.Count;
    }

    /// <summary>Every line; throws when one was altered. No file = nothing was ever destroyed, or the file was not brought along: <see cref="Exists"/> tells.</summary>
    public async Task<IReadOnlyList<PurgeEntry>> ReadAsync(string? path, CancellationToken cancellationToken)
    {
        path ??= options.Value.PurgeFile;
        if (path is null || !File.Exists(path))
        {
            return [];
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return (await ParseAsync(file, cancellationToken)).Entries;
    }

    public bool Exists(string? path = null) => (path ?? options.Value.PurgeFile) is { } file && File.Exists(file);

    /// <summary>Brings the entries into the lists of a restored database; those of lists that this version does not know are an error, for nothing may be forgotten.</summary>
    internal static async Task<int> InsertAsync(NpgsqlConnection connection, IReadOnlyList<PurgeEntry> entries, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var list in entries.GroupBy(x => x.Table))
        {
            if (!list.Key.EndsWith("_purges", StringComparison.Ordinal) || !list.Key.All(c => char.IsAsciiLetterLower(c) || c == '_'))
            {
                throw new BackupException($"La liste des destructions nomme « {list.Key} », que cette version ne connaît pas.");
            }

            await using var insert = new NpgsqlCommand(
                $"insert into keys.\"{list.Key}\" select p.* from unnest($1::text[]) r, jsonb_populate_record(null::keys.\"{list.Key}\", r::jsonb) p on conflict do nothing", connection);
            insert.Parameters.AddWithValue(list.Select(x => x.Row).ToArray());
            try
            {
                added += await insert.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                throw new BackupException($"La liste des destructions nomme « {list.Key} », que cette version ne connaît pas : restaurez avec la version qui l’a écrite.", exception);
            }
        }

        return added;
    }

    internal static async Task<List<PurgeEntry>> RowsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var session = new NpgsqlCommand("set timezone = 'UTC'; set datestyle = 'ISO'", connection))
        {
            await session.ExecuteNonQueryAsync(cancellationToken);
        }

        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'keys' and c.relkind = 'r' and c.relname like '%\\_purges' order by 1", connection))
        await using (var reader = await list.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                tables.Add(reader.GetString(0));
            }
        }

        var rows = new List<PurgeEntry>();
        foreach (var table in tables)
        {
            await using var read = new NpgsqlCommand($"select to_jsonb(t)::text from keys.\"{table}\" t order by 1", connection);
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(new PurgeEntry(table, reader.GetString(0)));
            }
        }

        return rows;
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = options.Value.PurgeFile ?? throw new BackupException("La liste des destructions n’a pas de fichier (Backup:PurgeFile).");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }
            catch (IOException) when (attempt < 50 && File.Exists(path))
            {
                // Another Host is writing.
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private async Task<(List<PurgeEntry> Entries, string Last, long End)> ParseAsync(FileStream file, CancellationToken cancellationToken)
    {
        var (entries, last, number) = (new List<PurgeEntry>(), "", 0);
        var found = new Dictionary<string, BackupKey>();
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            try
            {
                if (line.Split('\t') is not [var content, var mac])
                {
                    throw new JsonException();
                }

                var json = JsonElement.Parse(content);
                var id = json.GetProperty("k").GetString()!;
                if (!found.TryGetValue(id, out var key))
                {
                    found[id] = key = keys.Find(id);
                }

                if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(MacOf(key, last, content)), Encoding.ASCII.GetBytes(mac)))
                {
                    throw new JsonException();
                }

                last = mac;
                entries.Add(new PurgeEntry(json.GetProperty("t").GetString()!, json.GetProperty("r").GetString()!));
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new BackupException($"La liste des destructions ({file.Name}) est abîmée à la ligne {number}. Reprenez-en une copie : sans elle, une restauration ferait revenir ce qui a été effacé.", exception);
            }
        }

        return (entries, last, end);
    }

    private static string MacOf(BackupKey key, string last, string content) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Derive("destructions"), Encoding.UTF8.GetBytes(last + "\n" + content)));
}
