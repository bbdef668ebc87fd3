using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MonOPCO.Domain.Backups;

/// <summary>What a backup made. <paramref name="Size"/>: both encrypted files together.</summary>
public sealed record BackupResult(string Id, DateTimeOffset TakenAt, string DataFile, string KeysFile, long Size, long Rows, int Tables, TimeSpan Duration);

/// <summary>
/// Takes backups: one snapshot of the database, dumped as two encrypted files in two folders — the data without schema <c>keys</c>, and the wrapped keys — each
/// with a manifest of counts and hashes. The master key and the backup key are in neither.
/// </summary>
public sealed class BackupService(IOptions<BackupOptions> options, BackupKeys keys, PurgeJournal purges)
{
    private const string Suffix = ".manifeste.json";

    public static string ProductVersion { get; } = typeof(BackupService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "inconnue";

    /// <param name="connectionString">The owner's: it reads every row.</param>
    /// <param name="now">Names the files.</param>
    /// <param name="directory">Another folder for the data than the configured one.</param>
    /// <param name="cancellationToken">Gives up; half-written files are removed.</param>
    public async Task<BackupResult> RunAsync(string connectionString, DateTimeOffset now, string? directory, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (!settings.IsConfigured)
        {
            throw new BackupException("Les sauvegardes ne sont pas configurées : indiquez Backup:Directory, Backup:KeysDirectory, Backup:PurgeFile et Backup:KeyFile.");
        }

        var watch = Stopwatch.StartNew();
        var key = keys.Current();
        var (dataFolder, keysFolder) = (Path.GetFullPath(directory ?? settings.Directory!), Path.GetFullPath(settings.KeysDirectory!));
        if (dataFolder == keysFolder)
        {
            throw new BackupException("Les données et les clés doivent être sauvegardées dans deux dossiers différents (Backup:Directory et Backup:KeysDirectory).");
        }

        CreateFolder(dataFolder);
        CreateFolder(keysFolder);
        await purges.SyncAsync(connectionString, cancellationToken);
        var id = string.Create(CultureInfo.InvariantCulture, $"monopco-{now.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}");
        var tools = new PostgresTools(settings.ToolsDirectory);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Enlist = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);

        // One snapshot for counts and both dumps; nobody waits for it.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var snapshot = (string)(await ScalarAsync(connection, "select pg_export_snapshot()", cancellationToken))!;
        var takenAt = new DateTimeOffset((DateTime)(await ScalarAsync(connection, "select now()", cancellationToken))!, TimeSpan.Zero);
        var template = new BackupManifest
        {
            Id = id,
            Kind = BackupManifest.Data,
            TakenAt = takenAt,
            ProductVersion = ProductVersion,
            Migration = (string)(await ScalarAsync(connection, "select max(\"MigrationId\") from \"__EFMigrationsHistory\"", cancellationToken))!,
            PostgresVersion = (string)(await ScalarAsync(connection, "show server_version", cancellationToken))!,
            BackupKeyId = key.Id,
            MasterKeyIds = await MasterKeysAsync(connection, cancellationToken),
            File = new BackupFile("", 0, ""),
            Tables = await DatabaseContents.OfAsync(connection, false, cancellationToken),
        };
        var keyTables = await DatabaseContents.OfAsync(connection, true, cancellationToken);
        string[] written = [Path.Combine(dataFolder, $"{id}.{BackupManifest.Data}"), Path.Combine(keysFolder, $"{id}.{BackupManifest.Keys}")];
        try
        {
            var data = await WriteAsync(written[0], key, BackupManifest.Data, x => tools.DumpAsync(connectionString, snapshot, ["--exclude-schema=" + DatabaseContents.KeysSchema, "--exclude-schema=" + DatabaseContents.JobsSchema], x, cancellationToken), cancellationToken);
            var wrapped = await WriteAsync(written[1], key, BackupManifest.Keys, x => tools.DumpAsync(connectionString, snapshot, ["--schema=" + DatabaseContents.KeysSchema], x, cancellationToken), cancellationToken);

            // A backup is there once its manifest is: keys first, so that there is never data without them.
            await WriteTextAsync(written[1] + Suffix, (template with { Kind = BackupManifest.Keys, File = wrapped, Tables = keyTables }).Write(key), cancellationToken);
            await WriteTextAsync(written[0] + Suffix, (template with { File = data }).Write(key), cancellationToken);
            return new BackupResult(id, takenAt, written[0], written[1], data.Size + wrapped.Size, template.Tables.Sum(x => x.Rows), template.Tables.Count, watch.Elapsed);
        }
        catch
        {
            foreach (var file in written.SelectMany(x => new[] { x, x + Partial, x + Suffix }))
            {
                File.Delete(file);
            }

            throw;
        }
    }

    /// <summary>Deletes what the rule keeps no longer. Returns what was deleted.</summary>
    public IReadOnlyList<string> Prune(BackupRetention rule, DateTimeOffset now)
    {
        var settings = options.Value;
        var deleted = new List<string>();
        foreach (var (folder, kind) in new[] { (settings.Directory, BackupManifest.Data), (settings.KeysDirectory, BackupManifest.Keys) })
        {
            var there = List(folder, kind);
            var keep = kind == BackupManifest.Data ? rule.Keep(there.Select(x => x.TakenAt)) : [.. there.Select(x => x.TakenAt).Where(x => x > now.AddDays(-rule.KeysDays))];

            // Never the last one, whatever the rule says.
            foreach (var (path, takenAt) in there.Where(x => !keep.Contains(x.TakenAt) && x.TakenAt != there[0].TakenAt))
            {
                File.Delete(path + Suffix);
                File.Delete(path);
                deleted.Add(path);
            }
        }

        return deleted;
    }

    /// <summary>Backups of a folder, newest first, by their names: the manifest is read when one is used.</summary>
    public static IReadOnlyList<(string Path, DateTimeOffset TakenAt)> List(string? folder, string kind) =>
        folder is null || !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, $"monopco-*.{kind}{Suffix}").Select(x => x[..^Suffix.Length]).Where(File.Exists)
                .Select(x => (x, DateTimeOffset.TryParseExact(Path.GetFileName(x).AsSpan(8, 15), "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MinValue))
                .OrderByDescending(x => x.Item2)];

    internal static string ManifestOf(string file) => file + Suffix;

    private const string Partial = ".partiel";

    private static async Task<BackupFile> WriteAsync(string path, BackupKey key, string kind, Func<Stream, Task> dump, CancellationToken cancellationToken)
    {
        await using (var file = new FileStream(path + Partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            await using var sealing = await SealedFile.CreateAsync(file, key, kind, cancellationToken);
            await dump(sealing);
            await sealing.CompleteAsync(cancellationToken);
            file.Flush(true);
        }

        await using var written = File.OpenRead(path + Partial);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellationToken));
        File.Move(path + Partial, path);
        return new BackupFile(Path.GetFileName(path), written.Length, hash);
    }

    private static async Task WriteTextAsync(string path, string text, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path + Partial, text, cancellationToken);
        File.Move(path + Partial, path);
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Le dossier {folder} ne peut pas être créé : {exception.Message}", exception);
        }
    }

    /// <summary>The versions that wrap something in this snapshot: each is needed to read it.</summary>
    private static async Task<IReadOnlyList<string>> MasterKeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select coalesce(array_agg(id order by id), '{}') from (select master_key_id as id from keys.document_keys union select master_key_id from keys.subject_keys) k", connection);
        return (string[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}

/// <summary>How many backups are kept: the last of each of the last days, weeks and months; wrapped keys for fewer days.</summary>
public sealed record BackupRetention(int Daily, int Weekly, int Monthly, int KeysDays)
{
    public HashSet<DateTimeOffset> Keep(IEnumerable<DateTimeOffset> taken)
    {
        var all = taken.OrderDescending().ToList();
        var keep = new HashSet<DateTimeOffset>();
        Take(Daily, x => Fr.InParis(x).DayNumber);

        // Weeks begin on Monday; day 0 of the calendar was one.
        Take(Weekly, x => Fr.InParis(x).DayNumber / 7);
        Take(Monthly, x => (Fr.InParis(x).Year * 12) + Fr.InParis(x).Month);
        return keep;

        void Take(int count, Func<DateTimeOffset, int> period) => keep.UnionWith(all.GroupBy(period).Take(count).Select(x => x.First()));
    }
}
