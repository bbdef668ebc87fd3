using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Operations;
using Npgsql;

namespace MonOPCO.Domain.Backups;

/// <param name="DataFile">The encrypted data; its manifest stands beside it.</param>
/// <param name="KeysFile">Null = the newest backup of the keys, whatever the age of the data: what was destroyed since is then gone already.</param>
/// <param name="PurgeFile">Null = the configured one.</param>
/// <param name="Target">Owner's connection string of the database to fill.</param>
/// <param name="Replace">A database with content is renamed and kept, and the restored one takes its name.</param>
/// <param name="WithoutPurgeFile">Told that there is no list of destructions any more.</param>
public sealed record RestoreRequest(string DataFile, string? KeysFile, string? PurgeFile, string Target, bool Replace, bool WithoutPurgeFile = false);

/// <summary>What a restore did. <paramref name="Purged"/>: documents that it destroyed again.</summary>
public sealed record RestoreResult(BackupManifest Manifest, long Rows, int Tables, int PurgeEntries, int Purged, int SampledDocuments, TimeSpan Duration, string? FormerDatabase);

/// <summary>
/// Brings a backup back: checks every byte of it first, fills an empty database, compares counts and hashes with what was saved, migrates, destroys again what had
/// been destroyed, and holds every effect until an operator releases them.
/// </summary>
public sealed class RestoreService(IOptions<BackupOptions> options, BackupKeys keys, PurgeJournal purges, MasterKey master)
{
    private const int Sample = 25;

    /// <summary>Newest backup of the configured folder; null = none.</summary>
    public string? Latest() => BackupService.List(options.Value.Directory, BackupManifest.Data).Select(x => x.Path).FirstOrDefault();

    /// <summary>Opens the manifest and reads the file to its end: nothing is touched before.</summary>
    public async Task<BackupManifest> CheckAsync(string file, string kind, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new BackupException($"Le fichier {file} n’existe pas.");
        }

        if (!File.Exists(BackupService.ManifestOf(file)))
        {
            throw new BackupException($"Le manifeste de la sauvegarde manque : {BackupService.ManifestOf(file)}.");
        }

        var manifest = BackupManifest.Read(BackupService.ManifestOf(file), keys);
        if (manifest.Kind != kind)
        {
            throw new BackupException(kind == BackupManifest.Data ? "C’est une sauvegarde des clés : donnez celle des données." : "C’est une sauvegarde des données : donnez celle des clés.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var raw = File.OpenRead(file))
        {
            var buffer = new byte[81920];
            int read;
            while ((read = await raw.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != manifest.File.Sha256)
        {
            throw new BackupException($"Le fichier {file} n’est pas celui qui a été sauvegardé : il a été abîmé ou remplacé.");
        }

        await using var content = await SealedFile.OpenAsync(File.OpenRead(file), keys.Find, kind, cancellationToken);
        await content.CopyToAsync(Stream.Null, cancellationToken);
        return manifest;
    }

    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var (manifest, keysFile, keysManifest) = await CheckAllAsync(request, cancellationToken);
        var entries = await PurgeEntriesAsync(request, cancellationToken);
        var target = new NpgsqlConnectionStringBuilder(request.Target) { Pooling = false, Enlist = false };
        var name = target.Database!;
        string? former = null;
        var work = name;
        if (!await DatabaseExistsAsync(target, name, cancellationToken))
        {
            await CreateAsync(target, name, cancellationToken);
        }
        else if (!await IsEmptyAsync(target.ConnectionString, cancellationToken))
        {
            if (!request.Replace)
            {
                throw new BackupException($"La base « {name} » n’est pas vide : rien n’a été touché. Restaurez dans une base vide, ou ajoutez --remplacer (l’ancienne base est alors renommée et gardée).");
            }

            var stamp = now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
            (work, former) = ($"{name}_restauree_{stamp}", $"{name}_avant_{stamp}");
            await CreateAsync(target, work, cancellationToken);
        }

        var connection = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = work }.ConnectionString;
        try
        {
            await FillAsync(connection, request.DataFile, keysFile, manifest, keysManifest, cancellationToken);
            await DatabaseSetup.MigrateAsync(connection, cancellationToken);
            var purged = await PurgeAsync(connection, entries, cancellationToken);
            var sampled = await SampleAsync(connection, cancellationToken);
            await HoldAsync(connection, manifest, now, watch.Elapsed, cancellationToken);
            if (former is not null)
            {
                await RenameAsync(target, name, former, cancellationToken);
                await RenameAsync(target, work, name, cancellationToken);
            }

            return new RestoreResult(manifest, manifest.Tables.Sum(x => x.Rows), manifest.Tables.Count, entries.Count, purged, sampled, watch.Elapsed, former);
        }
        catch when (former is not null)
        {
            await DropAsync(target, work, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The drill: a throw-away database beside, filled, compared, its documents sampled, and dropped whatever happens.</summary>
    public async Task<RestoreResult> DrillAsync(string dataFile, string connectionString, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var request = new RestoreRequest(dataFile, null, null, options.Value.DrillConnection is { Length: > 0 } elsewhere ? elsewhere : connectionString, false, !purges.Exists());
        var (manifest, keysFile, keysManifest) = await CheckAllAsync(request, cancellationToken);
        var entries = await PurgeEntriesAsync(request, cancellationToken);
        var target = new NpgsqlConnectionStringBuilder(request.Target) { Pooling = false, Enlist = false };
        var name = $"monopco_exercice_{now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";
        await CreateAsync(target, name, cancellationToken);
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = name }.ConnectionString;
            await FillAsync(connection, dataFile, keysFile, manifest, keysManifest, cancellationToken);
            await DatabaseSetup.MigrateAsync(connection, cancellationToken);
            var purged = await PurgeAsync(connection, entries, cancellationToken);
            var sampled = await SampleAsync(connection, cancellationToken);
            return new RestoreResult(manifest, manifest.Tables.Sum(x => x.Rows), manifest.Tables.Count, entries.Count, purged, sampled, watch.Elapsed, null);
        }
        finally
        {
            await DropAsync(target, name, CancellationToken.None);
        }
    }

    private async Task<(BackupManifest Data, string KeysFile, BackupManifest Keys)> CheckAllAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        var manifest = await CheckAsync(request.DataFile, BackupManifest.Data, cancellationToken);
        await using (var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql("Host=none").Options))
        {
            if (!context.Database.GetMigrations().Contains(manifest.Migration))
            {
                throw new BackupException($"Cette sauvegarde vient d’une version plus récente de MonOPCO ({manifest.ProductVersion}) : restaurez-la avec cette version.");
            }
        }

        var keysFile = request.KeysFile ?? BackupService.List(options.Value.KeysDirectory, BackupManifest.Keys).Select(x => x.Path).FirstOrDefault()
            ?? throw new BackupException("Aucune sauvegarde des clés n’a été trouvée : sans elle, les documents restaurés seraient illisibles. Indiquez-la avec --cles.");
        var keysManifest = await CheckAsync(keysFile, BackupManifest.Keys, cancellationToken);
        var missing = keysManifest.MasterKeyIds.Except(master.Versions.Select(x => x.Id)).ToList();
        if (missing.Count > 0)
        {
            throw new BackupException($"La clé maîtresse de cette machine n’est pas celle de la sauvegarde : il manque la version « {string.Join(", ", missing)} ». Remettez-la, sinon des documents ne pourront pas être lus.");
        }

        return (manifest, keysFile, keysManifest);
    }

    private async Task<IReadOnlyList<PurgeEntry>> PurgeEntriesAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        if (!request.WithoutPurgeFile && !purges.Exists(request.PurgeFile))
        {
            throw new BackupException($"La liste des destructions manque ({request.PurgeFile ?? options.Value.PurgeFile}) : sans elle, ce qui a été effacé depuis cette sauvegarde reviendrait. Indiquez-la avec --destructions, ou écrivez --sans-destructions si rien n’a jamais été détruit.");
        }

        return await purges.ReadAsync(request.PurgeFile, cancellationToken);
    }

    private async Task FillAsync(string connection, string dataFile, string keysFile, BackupManifest data, BackupManifest wrapped, CancellationToken cancellationToken)
    {
        var tools = new PostgresTools(options.Value.ToolsDirectory);

        // Policies name the roles, so these come first; the schema of the keys comes with their dump.
        await DatabaseSetup.PrepareRolesAsync(connection, cancellationToken);
        await ExecuteAsync(connection, "drop schema if exists keys", cancellationToken);
        await using (var content = await SealedFile.OpenAsync(File.OpenRead(dataFile), keys.Find, BackupManifest.Data, cancellationToken))
        {
            await tools.RestoreAsync(connection, content, cancellationToken);
        }

        await using (var content = await SealedFile.OpenAsync(File.OpenRead(keysFile), keys.Find, BackupManifest.Keys, cancellationToken))
        {
            await tools.RestoreAsync(connection, content, cancellationToken);
        }

        await using var session = await OpenAsync(connection, cancellationToken);
        List<string> differences =
        [
            .. DatabaseContents.Differences(data.Tables, await DatabaseContents.OfAsync(session, false, cancellationToken)),
            .. DatabaseContents.Differences(wrapped.Tables, await DatabaseContents.OfAsync(session, true, cancellationToken)),
        ];
        if (differences.Count > 0)
        {
            throw new BackupException("Ce qui a été restauré n’est pas ce qui avait été sauvegardé : " + string.Join(" ; ", differences.Take(5)) + ".");
        }
    }

    private async Task<int> PurgeAsync(string connection, IReadOnlyList<PurgeEntry> entries, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(connection, cancellationToken);
        await PurgeJournal.InsertAsync(session, entries, cancellationToken);
        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(session).Options);

        // Its keys are those of the restored database, not of the one that this process serves.
        await using var ring = new KeyRing(master, Options.Create(new DatabaseOptions { Staff = connection }), TimeProvider.System);
        var purged = await PurgeReplay.RunAsync(db, master, ring, cancellationToken);
        await ExecuteAsync(connection, "analyze", cancellationToken);
        return purged;
    }

    /// <summary>Some documents are decrypted: data, wrapped keys and master key fit together.</summary>
    private async Task<int> SampleAsync(string connection, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(connection, cancellationToken);
        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(session).Options);
        var store = new DocumentStore(db, master);

        // Those whose key is younger than the data or older than the keys' backup say nothing about the fit.
        var documents = await db.Database.SqlQuery<Guid>($"select d.id as \"Value\" from documents d join keys.document_keys k on k.document_id = d.id where d.destroyed_at is null order by md5(d.id::text) limit {Sample}").ToListAsync(cancellationToken);
        foreach (var id in documents)
        {
            if (!await store.VerifyAsync(id, cancellationToken))
            {
                throw new BackupException($"Le document {id} restauré ne peut pas être déchiffré : données, clés et clé maîtresse ne vont pas ensemble.");
            }
        }

        return documents.Count;
    }

    private static async Task HoldAsync(string connection, BackupManifest manifest, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(connection, cancellationToken);
        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(session).Options);
        db.Add(new EffectHold { Id = Guid.CreateVersion7(now), HeldAt = now, Reason = $"Base restaurée depuis la sauvegarde du {Fr.DateTime(manifest.TakenAt)}." });
        db.Add(new OperationRun
        {
            Id = Guid.CreateVersion7(now),
            Job = SystemJobs.Restore,
            ScheduledAt = now,
            Trigger = "commande",
            StartedAt = now,
            FinishedAt = now + duration,
            Outcome = OperationOutcome.Succeeded,
            Message = $"Base restaurée depuis la sauvegarde du {Fr.DateTime(manifest.TakenAt)} ; les effets sont retenus.",
            Host = Environment.MachineName,
        });

        // Runs that the backup caught in the middle belong to a process of another time.
        await db.SaveChangesAsync(cancellationToken);
        await ExecuteAsync(connection, "update operation_runs set outcome = 'Failed', finished_at = started_at, message = 'Interrompue : la base a été restaurée depuis.' where outcome = 'Running'", cancellationToken);
    }

    private static async Task<bool> IsEmptyAsync(string connection, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select not exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema')", session);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> DatabaseExistsAsync(NpgsqlConnectionStringBuilder target, string name, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(Maintenance(target), cancellationToken);
        await using var command = new NpgsqlCommand("select exists (select 1 from pg_database where datname = $1)", session);
        command.Parameters.AddWithValue(name);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task CreateAsync(NpgsqlConnectionStringBuilder target, string name, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(Maintenance(target), $"create database \"{name}\" template template0", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new BackupException($"Le rôle « {target.Username} » ne peut pas créer de base. Tapez en administrateur de PostgreSQL : alter role {target.Username} createdb;", exception);
        }
    }

    private static async Task RenameAsync(NpgsqlConnectionStringBuilder target, string from, string to, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(Maintenance(target), $"alter database \"{from}\" rename to \"{to}\"", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw new BackupException($"La base « {from} » est encore utilisée : arrêtez tous les Hosts (./monopco down), puis recommencez.", exception);
        }
    }

    private static async Task DropAsync(NpgsqlConnectionStringBuilder target, string name, CancellationToken cancellationToken) =>
        await ExecuteAsync(Maintenance(target), $"drop database if exists \"{name}\" with (force)", cancellationToken);

    private static string Maintenance(NpgsqlConnectionStringBuilder target) => new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = "postgres" }.ConnectionString;

    private static async Task<NpgsqlConnection> OpenAsync(string connection, CancellationToken cancellationToken)
    {
        var session = new NpgsqlConnection(connection);
        try
        {
            await session.OpenAsync(cancellationToken);
            return session;
        }
        catch (NpgsqlException exception)
        {
            await session.DisposeAsync();
            throw new BackupException($"La base ne répond pas : {exception.Message}", exception);
        }
    }

    private static async Task ExecuteAsync(string connection, string sql, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(sql, session) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
