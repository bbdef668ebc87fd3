using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Operations;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Domain.Tests.Backups;

/// <summary>Backups taken by pg_dump and restored by pg_restore: whole, encrypted, refused when altered, and never bringing back what was destroyed.</summary>
public sealed class BackupTests(DomainFixture domain) : IClassFixture<DomainFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("monopco-sauvegarde").FullName;

    private string Owner => domain.Database.ConnectionStringFor("monopco_owner");

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    [Trait("Requirement", "S000-N3.2")]
    [Trait("Requirement", "S000-N3.3")]
    [Trait("Requirement", "S002-5.2.6")]
    public async Task OldBackup_RestoredOnAnEmptyMachine_IsTheSameButForWhatWasDestroyedSince()
    {
        var dossier = await domain.CreateDossierAsync();
        var kept = await AddAsync(dossier.Id, DomainFixture.Pdf(3_000_000, 5));
        var erased = await AddAsync(dossier.Id, DomainFixture.Pdf(2000, 6));
        await using var services = Machine(_folder);
        var backups = services.GetRequiredService<BackupService>();
        var old = await backups.RunAsync(Owner, DomainFixture.Now, null, CancellationToken.None);

        // Neither file holds a word of what is in the database.
        foreach (var file in new[] { old.DataFile, old.KeysFile })
        {
            Assert.DoesNotContain("Atelier", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        await domain.InScopeAsync((DocumentStore x) => x.DestroyAsync(erased, DomainFixture.Change(), CancellationToken.None));
        Assert.Equal(1, await services.GetRequiredService<PurgeJournal>().SyncAsync(Owner, CancellationToken.None));
        Assert.Equal(0, await services.GetRequiredService<PurgeJournal>().SyncAsync(Owner, CancellationToken.None));

        // The old data with the old keys: the worst case, for those keys still open everything.
        await using var cluster = await ScratchCluster.StartAsync();
        var target = cluster.OwnerConnection("monopco");
        var restores = services.GetRequiredService<RestoreService>();
        var request = new RestoreRequest(old.DataFile, old.KeysFile, null, target, false);
        var result = await restores.RestoreAsync(request, DomainFixture.Now.AddDays(1), CancellationToken.None);
        Assert.Equal(1, result.Purged);
        Assert.True(result.SampledDocuments >= 1);
        Assert.Equal(old.Rows, result.Rows);

        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(target).Options);
        var store = new DocumentStore(db, services.GetRequiredService<MasterKey>());
        Assert.Equal(DomainFixture.Pdf(3_000_000, 5), await store.ReadAsync(kept, CancellationToken.None));
        Assert.Equal("document-destroyed", (await Assert.ThrowsAsync<RuleBrokenException>(() => store.OpenAsync(erased, CancellationToken.None))).Code);
        Assert.Equal(0, await db.Database.SqlQuery<int>($"select ((select count(*) from document_chunks where document_id = {erased}) + (select count(*) from keys.document_keys where document_id = {erased}))::int as \"Value\"").SingleAsync());
        Assert.Equal(dossier.Numero, await db.Dossiers.Where(x => x.Id == dossier.Id).Select(x => x.Numero).SingleAsync());

        // Nothing leaves until somebody releases it, and the product's own roles work on it.
        Assert.Equal(1, await db.EffectHolds.CountAsync(x => x.ReleasedAt == null));
        await using var staff = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target) { Username = "monopco_staff" }.ConnectionString);
        await staff.OpenAsync();
        await using (var command = new NpgsqlCommand("select count(*) from dossiers", staff))
        {
            Assert.Equal(1L, await command.ExecuteScalarAsync());
        }

        // A second time: refused, nothing touched; told to replace, the former database is kept under another name.
        await staff.CloseAsync();
        var refused = await Assert.ThrowsAsync<BackupException>(() => restores.RestoreAsync(request, DomainFixture.Now.AddDays(2), CancellationToken.None));
        Assert.Contains("n’est pas vide", refused.Message, StringComparison.Ordinal);
        await db.Database.CloseConnectionAsync();
        NpgsqlConnection.ClearAllPools();
        var replaced = await restores.RestoreAsync(request with { Replace = true }, DomainFixture.Now.AddDays(2), CancellationToken.None);
        await using var former = new NpgsqlConnection(cluster.OwnerConnection(replaced.FormerDatabase!));
        await former.OpenAsync();
    }

    [Fact]
    [Trait("Requirement", "S002-5.2.4")]
    public async Task Drill_RestoresBesideAndLeavesNothing()
    {
        await domain.CreateDossierAsync();
        await using var services = Machine(_folder);
        var made = await services.GetRequiredService<BackupService>().RunAsync(Owner, DomainFixture.Now, null, CancellationToken.None);
        var result = await services.GetRequiredService<RestoreService>().DrillAsync(made.DataFile, Owner, DomainFixture.Now, CancellationToken.None);
        Assert.Equal(made.Rows, result.Rows);
        Assert.True(result.Duration > TimeSpan.Zero);
        Assert.Equal(0, await domain.InDbAsync(db => db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from pg_database where datname like 'monopco\\_exercice\\_20261120%'").SingleAsync()));
    }

    [Fact]
    public async Task AlteredCutOrForeignBackup_IsRefusedBeforeAnythingIsTouched()
    {
        await AddAsync((await domain.CreateDossierAsync()).Id, DomainFixture.Pdf(1800, 9));
        await using var services = Machine(_folder);
        var made = await services.GetRequiredService<BackupService>().RunAsync(Owner, DomainFixture.Now, null, CancellationToken.None);
        var restores = services.GetRequiredService<RestoreService>();
        var manifest = await restores.CheckAsync(made.DataFile, BackupManifest.Data, CancellationToken.None);
        Assert.Equal(made.Id, manifest.Id);
        Assert.DoesNotContain(manifest.Tables, x => x.Name.StartsWith("keys.", StringComparison.Ordinal));

        var bytes = await File.ReadAllBytesAsync(made.DataFile);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(made.DataFile, bytes);
        Assert.Contains("abîmé", (await Assert.ThrowsAsync<BackupException>(() => restores.CheckAsync(made.DataFile, BackupManifest.Data, CancellationToken.None))).Message, StringComparison.Ordinal);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(made.DataFile, bytes[..^100]);
        Assert.Contains("abîmé", (await Assert.ThrowsAsync<BackupException>(() => restores.CheckAsync(made.DataFile, BackupManifest.Data, CancellationToken.None))).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(made.DataFile, bytes);

        var text = await File.ReadAllTextAsync(made.DataFile + ".manifeste.json");
        await File.WriteAllTextAsync(made.DataFile + ".manifeste.json", text.Replace($"\"rows\": {manifest.Tables.Max(x => x.Rows)}", "\"rows\": 7", StringComparison.Ordinal));
        Assert.Contains("modifié", (await Assert.ThrowsAsync<BackupException>(() => restores.CheckAsync(made.DataFile, BackupManifest.Data, CancellationToken.None))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(made.DataFile + ".manifeste.json", text);

        // Another machine with another key, and one whose master key is not the one that wrapped the documents' keys.
        var other = Directory.CreateTempSubdirectory("monopco-autre").FullName;
        try
        {
            await using var stranger = Machine(other);
            Assert.Contains("n’a pas", (await Assert.ThrowsAsync<BackupException>(() => stranger.GetRequiredService<RestoreService>().CheckAsync(made.DataFile, BackupManifest.Data, CancellationToken.None))).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(other, true);
        }

        await using var wrongMaster = Machine(_folder, new string('b', 64));
        var refused = await Assert.ThrowsAsync<BackupException>(() => wrongMaster.GetRequiredService<RestoreService>().DrillAsync(made.DataFile, Owner, DomainFixture.Now, CancellationToken.None));
        Assert.Contains("clé maîtresse", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_KeyBesideIt_IsRefused()
    {
        await using var services = Machine(_folder, keyFolder: Path.Combine(_folder, "donnees"));
        var refused = await Assert.ThrowsAsync<BackupException>(() => services.GetRequiredService<BackupService>().RunAsync(Owner, DomainFixture.Now, null, CancellationToken.None));
        Assert.Contains("Rangez-la ailleurs", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PurgeList_AlteredLine_IsRefused_TornLastLine_IsWrittenAgain()
    {
        var dossier = await domain.CreateDossierAsync();
        await using var services = Machine(_folder);
        var journal = services.GetRequiredService<PurgeJournal>();
        for (byte i = 0; i < 2; i++)
        {
            var id = await AddAsync(dossier.Id, DomainFixture.Pdf(1500, (byte)(20 + i)));
            await domain.InScopeAsync((DocumentStore x) => x.DestroyAsync(id, DomainFixture.Change(), CancellationToken.None));
        }

        await journal.SyncAsync(Owner, CancellationToken.None);
        var path = Path.Combine(_folder, "destructions.txt");
        var whole = await File.ReadAllTextAsync(path);
        var entries = await journal.ReadAsync(null, CancellationToken.None);
        await File.WriteAllTextAsync(path, whole[..^30]);
        Assert.Equal(1, await journal.SyncAsync(Owner, CancellationToken.None));
        Assert.Equal(entries, await journal.ReadAsync(null, CancellationToken.None));
        var lines = whole.Split('\n');
        await File.WriteAllTextAsync(path, string.Join('\n', lines[1..]));
        Assert.Contains("ligne 1", (await Assert.ThrowsAsync<BackupException>(() => journal.ReadAsync(null, CancellationToken.None))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, whole.Replace("2026", "2027", StringComparison.Ordinal));
        await Assert.ThrowsAsync<BackupException>(() => journal.ReadAsync(null, CancellationToken.None));
    }

    [Fact]
    public void Retention_KeepsTheLastOfEachDayWeekAndMonth()
    {
        var noon = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        var taken = Enumerable.Range(0, 200).SelectMany(x => new[] { noon.AddDays(-x), noon.AddDays(-x).AddHours(-5) });
        var keep = new BackupRetention(3, 2, 2, 10).Keep(taken);
        Assert.Equal(new[] { noon, noon.AddDays(-1), noon.AddDays(-2), new(2026, 11, 15, 12, 0, 0, TimeSpan.Zero), new(2026, 10, 31, 12, 0, 0, TimeSpan.Zero) }, keep.OrderDescending());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(SealedFile.ChunkSize)]
    [InlineData((SealedFile.ChunkSize * 2) + 7)]
    public async Task SealedFile_AnySize_ComesBack_AndNoChunkCanBeTakenAway(int size)
    {
        var (key, plain) = (new BackupKey(new byte[32]), RandomNumberGenerator.GetBytes(size));
        var target = new MemoryStream();
        await using (var sealing = await SealedFile.CreateAsync(target, key, "essai", CancellationToken.None))
        {
            await sealing.WriteAsync(plain);
            await sealing.CompleteAsync(CancellationToken.None);
        }

        var bytes = target.ToArray();
        Assert.Equal(plain, await ReadAsync(bytes, "essai"));
        await Assert.ThrowsAsync<BackupException>(() => ReadAsync(bytes[..^1], "essai"));
        await Assert.ThrowsAsync<BackupException>(() => ReadAsync([.. bytes, 0], "essai"));
        await Assert.ThrowsAsync<BackupException>(() => ReadAsync(bytes, "autre"));
        if (size > SealedFile.ChunkSize)
        {
            // Whole chunks dropped at the end or exchanged: every remaining byte is authentic by itself.
            var chunk = 5 + SealedFile.TagSize + SealedFile.ChunkSize;
            await Assert.ThrowsAsync<BackupException>(() => ReadAsync(bytes[..(SealedFile.HeaderSize + chunk)], "essai"));
            await Assert.ThrowsAsync<BackupException>(() => ReadAsync([.. bytes[..SealedFile.HeaderSize], .. bytes[(SealedFile.HeaderSize + chunk)..(SealedFile.HeaderSize + (2 * chunk))], .. bytes[SealedFile.HeaderSize..(SealedFile.HeaderSize + chunk)], .. bytes[(SealedFile.HeaderSize + (2 * chunk))..]], "essai"));
        }

        async Task<byte[]> ReadAsync(byte[] content, string kind)
        {
            await using var stream = await SealedFile.OpenAsync(new MemoryStream(content), _ => key, kind, CancellationToken.None);
            var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            return memory.ToArray();
        }
    }

    [Fact]
    [Trait("Requirement", "S000-N3.1")]
    [Trait("Requirement", "S000-M.9")]
    public void Availability_CountsGapsOfWebHosts_PlannedStopsApart()
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        HostPresence Of(double from, double until, bool stopped = false) => new() { Id = Guid.NewGuid(), Host = "a", Roles = "web", From = start.AddHours(from), Until = start.AddHours(until), Stopped = stopped };

        // Two Hosts overlap; a crash of one hour; a stop on purpose of half an hour; alive now.
        var measure = Availability.Of([Of(0, 10), Of(9, 20), Of(21, 30, true), Of(30.5, 99.99)], start.AddDays(-30), start.AddHours(100), TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromHours(100), measure.Measured);
        Assert.Equal(TimeSpan.FromHours(1), measure.Unplanned);
        Assert.Equal(TimeSpan.FromHours(0.5), measure.Planned);
        Assert.Equal(99m, measure.Percent);
        Assert.Equal(98.5m, measure.PercentWithPlanned);
        Assert.Null(Availability.Of([], start, start.AddDays(1), TimeSpan.FromMinutes(1)).Percent);

        // Silent now: the gap is open and counts.
        Assert.Equal(50m, Availability.Of([Of(0, 50)], start, start.AddHours(100), TimeSpan.FromMinutes(1)).Percent);
    }

    private static ServiceProvider Machine(string folder, string? master = null, string? keyFolder = null)
    {
        keyFolder ??= Path.Combine(folder, "cle");
        Directory.CreateDirectory(keyFolder);
        var keyFile = Path.Combine(keyFolder, "sauvegarde.key");
        if (!File.Exists(keyFile))
        {
            File.WriteAllBytes(keyFile, RandomNumberGenerator.GetBytes(32));
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Staff"] = "Host=none",
            ["ConnectionStrings:Portal"] = "Host=none",
            ["MasterKey:Value"] = master ?? new string('a', 64),
            ["Backup:Directory"] = Path.Combine(folder, "donnees"),
            ["Backup:KeysDirectory"] = Path.Combine(folder, "cles"),
            ["Backup:PurgeFile"] = Path.Combine(folder, "destructions.txt"),
            ["Backup:KeyFile"] = keyFile,
        }).Build();
        return new ServiceCollection().AddMonOpcoDatabase(configuration).BuildServiceProvider();
    }

    private async Task<Guid> AddAsync(Guid dossierId, byte[] bytes) =>
        (await domain.InScopeAsync((DocumentStore x) => x.AddAsync(new NewDocument(DocumentTypes.Piece, "piece.pdf", dossierId), new MemoryStream(bytes), DomainFixture.Change(), CancellationToken.None))).Id;
}
