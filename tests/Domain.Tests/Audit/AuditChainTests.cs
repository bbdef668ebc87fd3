using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Domain.Tests.Audit;

/// <summary>Each test has a database of its own: it is tampered with as a superuser can.</summary>
public sealed class AuditChainTests : IAsyncLifetime
{
    private readonly string _anchors = Path.Combine(Directory.CreateTempSubdirectory("monopco-audit").FullName, "ancres.log");
    private TestDatabase _database = null!;
    private ServiceProvider _host = null!;

    private AuditVerifier Verifier => _host.GetRequiredService<AuditVerifier>();

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = Host("monopco_staff");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_anchors)!, true);
    }

    [Theory]
    [Trait("Requirement", "S000-N2.3")]
    [Trait("Requirement", "S002-5.2.4")]
    [InlineData("update audit_entries set actor = 'Personne' where id = {5}", "La ligne {5} a été modifiée")]
    [InlineData("update audit_entries set new_values = '{}' where id = {5}", "La ligne {5} a été modifiée")]
    [InlineData("update audit_entries set at = at + interval '1 microsecond' where id = {5}", "La ligne {5} a été modifiée")]
    [InlineData("delete from audit_entries where id = {5}", "La ligne {5} a été supprimée")]
    [InlineData("delete from audit_entries where id >= {5}", "La ligne {5} a été supprimée")]
    [InlineData("insert into audit_entries (at, actor_kind, actor, subject, subject_id, action, tx) select now(), 'Human', 'Intrus', 'dossier', '1', 'Edited', tx from audit_entries where id = {5}", "a été insérée après coup")]
    [InlineData("update audit_entries set tx = (select max(tx) from audit_entries) + 5 where id = {5}", "La ligne {5} a été déplacée")]
    [InlineData("update audit_seals set entry_ids = entry_ids[1:3] where number = 2", "Le scellement n° 2 a été modifié")]
    [InlineData("delete from audit_seals where number = 2", "Le scellement n° 2 manque")]
    [InlineData("update audit_seals set signature = head where number = 2", "ne porte pas notre signature")]
    [InlineData("delete from audit_seals where number = 3; delete from audit_entries where id >= {9}", "la fin du journal a été coupée")]
    public async Task Verify_TamperedWith_NamesTheFirstBrokenPlace(string sql, string expected)
    {
        var ids = await ThreeBatchesAsync();
        Assert.True((await Verifier.VerifyAsync(default)).IsIntact);
        string Fill(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\{(\d)\}", x => ids[int.Parse(x.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)].ToString(System.Globalization.CultureInfo.InvariantCulture));

        await SqlAsync("set session_replication_role = replica; " + Fill(sql));
        Assert.Contains(Fill(expected), (await Verifier.VerifyAsync(default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S000-N2.3")]
    public async Task Verify_WholeChainMadeAnewByTheApplicationItself_DiffersFromTheAnchors()
    {
        var ids = await ThreeBatchesAsync();
        await SqlAsync($"set session_replication_role = replica; delete from audit_seals; delete from audit_entries where id = {ids[5]}");
        var lines = await File.ReadAllLinesAsync(_anchors);
        Assert.Equal(3, lines.Length);
        await SealAllAsync();
        Assert.Contains("diffère de son ancre", (await Verifier.VerifyAsync(default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OlderBackupRestored_IsReportedUntilAcknowledged()
    {
        await ThreeBatchesAsync();
        await SqlAsync("set session_replication_role = replica; delete from audit_seals where number = 3; delete from audit_entries where (tx, id) > (select last_tx, last_id from audit_seals where number = 2)");
        Assert.Contains("une sauvegarde plus ancienne a été restaurée", (await Verifier.VerifyAsync(default)).Problem, StringComparison.Ordinal);
        await _host.GetRequiredService<AuditAnchors>().AcknowledgeRestoreAsync(2, "restauration ; essai", default);
        await NoteAsync(_host, "après");
        await SealAllAsync();
        var verdict = await Verifier.VerifyAsync(default);
        Assert.True(verdict.IsIntact, verdict.Problem);
        Assert.Equal((3, 3), (verdict.Seals, verdict.Anchors));
    }

    [Fact]
    public async Task Seal_TransactionThatCommitsLate_IsWaitedForAndKeepsItsPlace()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionStringFor("monopco_staff"));
        await connection.OpenAsync();
        await using var late = await connection.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("insert into audit_entries (at, actor_kind, actor, subject, subject_id, action) values (now(), 'Human', 'Lente', 'essai', '1', 'Edited')", connection, late))
        {
            await insert.ExecuteNonQueryAsync();
        }

        await NoteAsync(_host, "plus tard, mais validée avant");
        Assert.Equal(0, await _host.GetRequiredService<AuditSealer>().SealAsync(default));
        var waiting = await Verifier.VerifyAsync(default);
        Assert.Equal((true, 1L), (waiting.IsIntact, waiting.Unsealed));

        await late.CommitAsync();
        Assert.Equal(2, await SealAllAsync());
        var verdict = await Verifier.VerifyAsync(default);
        Assert.Equal((true, 2L, 0L), (verdict.IsIntact, verdict.Rows, verdict.Unsealed));
    }

    [Fact]
    public async Task Seal_TwoHostsAtOnce_SealEachRowOnce()
    {
        await using var other = Host("monopco_staff");
        for (var i = 0; i < 30; i++)
        {
            await NoteAsync(_host, $"{i}");
        }

        var sealer = other.GetRequiredService<AuditSealer>();
        var sealedRows = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? sealer : _host.GetRequiredService<AuditSealer>()).SealAsync(default)));
        Assert.Equal(30, sealedRows.Sum() + await SealAllAsync());
        Assert.Equal(30, (await Verifier.VerifyAsync(default)).Rows);
    }

    [Fact]
    public async Task Seal_RestoredWhereTransactionsAreCountedLower_GoesOnAboveAfterTheStart()
    {
        await ThreeBatchesAsync();
        await SqlAsync("update audit_origins set shift = shift - 100000");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _host.GetRequiredService<AuditSealer>().SealAsync(default));

        await DatabaseSetup.MigrateAsync(_database.ConnectionStringFor("monopco_owner"), default);
        await NoteAsync(_host, "après");
        Assert.Equal(1, await SealAllAsync());
        Assert.True((await Verifier.VerifyAsync(default)).IsIntact);
    }

    [Theory]
    [Trait("Requirement", "S000-10.13")]
    [InlineData("monopco_staff")]
    [InlineData("monopco_portal")]
    [InlineData("monopco_owner")]
    public async Task Rows_OnceWritten_CannotBeAlteredByAnyRole(string role)
    {
        await ThreeBatchesAsync();
        await using var source = NpgsqlDataSource.Create(_database.ConnectionStringFor(role));
        foreach (var table in (string[])["audit_entries", "audit_seals"])
        {
            foreach (var sql in (string[])[$"update {table} set {(table == "audit_seals" ? "number = number" : "actor = 'x'")}", $"delete from {table}", $"truncate {table}"])
            {
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () => await source.CreateCommand(sql).ExecuteNonQueryAsync())).SqlState);
            }
        }
    }

    [Fact]
    public async Task Portal_Writes_AndReadsNothingThatIsNotItsOwnTransaction()
    {
        await ThreeBatchesAsync();
        await using var connection = new NpgsqlConnection(_database.ConnectionStringFor("monopco_portal"));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("insert into audit_entries (at, actor_kind, actor, subject, subject_id, action) values (now(), 'Company', 'x', 'essai', '1', 'Edited') returning id", connection, transaction))
        {
            Assert.NotNull(await insert.ExecuteScalarAsync());
        }

        await using (var count = new NpgsqlCommand("select count(id) from audit_entries", connection, transaction))
        {
            Assert.Equal(1L, await count.ExecuteScalarAsync());
        }

        await using var read = new NpgsqlCommand("select actor from audit_entries", connection, transaction);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () => await read.ExecuteNonQueryAsync())).SqlState);
    }

    private async Task<List<long>> ThreeBatchesAsync()
    {
        for (var batch = 0; batch < 3; batch++)
        {
            for (var i = 0; i < 4; i++)
            {
                await NoteAsync(_host, $"{batch}/{i}");
            }

            Assert.Equal(4, await SealAllAsync());
        }

        await using var scope = _host.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().AuditEntries.OrderBy(x => x.Id).Select(x => x.Id).ToListAsync();
    }

    /// <summary>Once all that is written is final: another database of this cluster may keep a transaction open for a moment, and the horizon is the whole cluster's.</summary>
    private async Task<int> SealAllAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        for (var turn = 0; turn < 600 && !(bool)(await source.CreateCommand("select audit_horizon() > max(tx) from audit_entries").ExecuteScalarAsync())!; turn++)
        {
            await Task.Delay(25);
        }

        var total = 0;
        while (await _host.GetRequiredService<AuditSealer>().SealAsync(default) is var done and > 0)
        {
            total += done;
        }

        return total;
    }

    private static Task NoteAsync(ServiceProvider host, string id) =>
        host.GetRequiredService<AuditLog>().AddAsync(AuditEntry.Of(DomainFixture.Change(userId: Guid.NewGuid()) with { OnBehalfOf = "Atelier", RequestId = "abc" }, "essai", id, null, "Edited", new() { ["a"] = 1 }, new() { ["a"] = 2 }), default);

    private async Task SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private ServiceProvider Host(string role) => new ServiceCollection().AddMonOpcoDatabase(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ConnectionStrings:Staff"] = _database.ConnectionStringFor(role),
        ["ConnectionStrings:Portal"] = _database.ConnectionStringFor("monopco_portal"),
        ["MasterKey:Value"] = new string('a', 64),
        ["Audit:AnchorFile"] = _anchors,
    }).Build()).BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
}
