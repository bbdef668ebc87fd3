using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.TestCommon;

/// <summary>
/// A fresh database per test class, cloned from a template that is built once per schema (the template's name carries the hash of the schema).
/// The cluster is the private one that <c>./monopco test</c> starts: environment variable <c>MONOPCO_TEST_DB</c>, a superuser's connection string.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(BuildTemplateAsync);

    /// <summary>Owns the databases and their tables as an installation does: no superuser, so that a migration that needs more rights is found here.</summary>
    private const string OwnerRole = "monopco_owner";

    private TestDatabase(string name, string connectionString)
    {
        Name = name;
        ConnectionString = connectionString;
    }

    public string Name { get; }

    /// <summary>The superuser's connection string to this database.</summary>
    public string ConnectionString { get; }

    /// <summary>The three roles as <c>./monopco up</c> gives them to a Host: <c>Owner</c>, <c>Staff</c> and <c>Portal</c> by their names in the configuration.</summary>
    public IReadOnlyDictionary<string, string> HostConnections => new Dictionary<string, string>
    {
        ["ConnectionStrings:Owner"] = ConnectionStringFor(OwnerRole),
        ["ConnectionStrings:Staff"] = ConnectionStringFor("monopco_staff"),
        ["ConnectionStrings:Portal"] = ConnectionStringFor("monopco_portal"),
    };

    /// <summary>The same database for another PostgreSQL role; in the test cluster every role may connect without a password from loopback.</summary>
    public string ConnectionStringFor(string role) => new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = null }.ConnectionString;

    /// <summary>Superuser connection string of the cluster.</summary>
    public static string Cluster => Environment.GetEnvironmentVariable("MONOPCO_TEST_DB")
        ?? throw new InvalidOperationException("MONOPCO_TEST_DB is not set: run the tests with ./monopco test, or start the test cluster with ./monopco test-db and export what it prints.");

    /// <summary>With all migrations applied.</summary>
    public static async Task<TestDatabase> CreateAsync() => await CreateAsync(await Template.Value);

    /// <summary>Without any table.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync()
    {
        await CreateOwnerAsync();
        return await CreateAsync("template0");
    }

    public async ValueTask DisposeAsync()
    {
        await using (var own = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(own);
        }

        await ExecuteAsync($"drop database if exists \"{Name}\" with (force)");
    }

    private static async Task<TestDatabase> CreateAsync(string template)
    {
        var name = "t_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        await ExecuteAsync($"create database \"{name}\" template \"{template}\" owner {OwnerRole}");
        return new TestDatabase(name, For(name));
    }

    private static async Task<string> BuildTemplateAsync()
    {
        await using var model = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(Cluster).Options);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DatabaseSetup.SchemaFingerprint())))[..16];
        var name = $"monopco_template_owned_{hash}";
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync();

        // Several test assemblies may start together: one builds, the others wait.
        await using (var gate = new NpgsqlCommand("select pg_advisory_lock(74201)", connection))
        {
            await gate.ExecuteNonQueryAsync();
        }

        await using (var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1 and datallowconn", connection))
        {
            exists.Parameters.AddWithValue(name + "_ready");
            if (await exists.ExecuteScalarAsync() is not null)
            {
                return name + "_ready";
            }
        }

        await ExecuteAsync($"drop database if exists \"{name}\" with (force)");
        await CreateOwnerAsync();
        await ExecuteAsync($"create database \"{name}\" template template0 owner {OwnerRole}");
        await DatabaseSetup.MigrateAsync(new NpgsqlConnectionStringBuilder(For(name)) { Username = OwnerRole, Password = null, Pooling = false }.ConnectionString, CancellationToken.None);
        await ExecuteAsync($"alter database \"{name}\" rename to \"{name}_ready\"");
        return name + "_ready";
    }

    // As the installer: the owner may create the two other roles and throw-away databases (restore drill), nothing more.
    private static Task CreateOwnerAsync() => ExecuteAsync(
        $"""
        do $$ begin
          create role {OwnerRole} login createrole createdb;
        exception when duplicate_object or unique_violation then null;
        end $$
        """);

    private static string For(string database) => new NpgsqlConnectionStringBuilder(Cluster) { Database = database, MaxPoolSize = 40 }.ConnectionString;

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
