using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MonOPCO.Domain.Data;

/// <summary>Brings a database to the current schema.</summary>
public static class DatabaseSetup
{
    private const long Lock = 0x4D6F6E4F50434F; // "MonOPCO"

    private static readonly Assembly Assembly = typeof(DatabaseSetup).Assembly;

    /// <summary>
    /// Roles, migrations, grants and row-level policies, reference data. Everything may run again. Under an advisory lock, so that Hosts starting together
    /// do not collide. The connection string is the owner's; creating the roles needs the right to do so, once.
    /// </summary>
    public static async Task MigrateAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancellationToken);
        await RunScriptsAsync(connection, "before-", cancellationToken);

        await using var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(connection).Options);
        await context.Database.MigrateAsync(cancellationToken);
        await RunScriptsAsync(connection, "after-", cancellationToken);
        await DomainSeed.RunAsync(context, cancellationToken);
    }

    /// <summary>The roles and the schema of the keys, for a restore: dumped policies name them.</summary>
    internal static async Task PrepareRolesAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await connection.OpenAsync(cancellationToken);
        await RunScriptsAsync(connection, "before-", cancellationToken);
    }

    /// <summary>Changes whenever the schema, its scripts or the reference data do. Tests name their template database after it.</summary>
    public static string SchemaFingerprint()
    {
        using var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql("Host=none").Options);
        var text = new StringBuilder(context.Database.GenerateCreateScript());
        text.AppendJoin('\n', context.Database.GetMigrations());
        foreach (var name in Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            text.Append(Read(name));
        }

        // Seeds are partly code.
        return text.Append(Assembly.ManifestModule.ModuleVersionId).ToString();
    }

    internal static string ReadReference(string fileName) => Read($"{typeof(DatabaseSetup).Namespace}.Reference.{fileName}");

    private static async Task RunScriptsAsync(NpgsqlConnection connection, string prefix, CancellationToken cancellationToken)
    {
        var start = $"{typeof(DatabaseSetup).Namespace}.Sql.{prefix}";
        foreach (var name in Assembly.GetManifestResourceNames().Where(x => x.StartsWith(start, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, Read(name), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Read(string resource)
    {
        using var stream = Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"Resource {resource} is missing.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
