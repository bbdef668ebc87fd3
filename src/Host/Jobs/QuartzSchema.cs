using Npgsql;
using Quartz;

namespace MonOPCO.Host.Jobs;

/// <summary>Quartz's tables, made by Quartz itself as the owner; the Hosts then work on them with the staff's rights.</summary>
internal static class QuartzSchema
{
    public const string Prefix = "planificateur.qrtz_";
    private const long Lock = 0x51756172747A; // "Quartz"

    public static async Task EnsureAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        var alone = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false, Enlist = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(alone);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancellationToken);
        await ExecuteAsync(connection, "create schema if not exists planificateur", cancellationToken);
        await using (var exists = new NpgsqlCommand($"select to_regclass('{Prefix}job_details') is not null", connection))
        {
            if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            {
                await ProvisionAsync(alone, cancellationToken);
            }
        }

        await ExecuteAsync(connection, "grant usage on schema planificateur to monopco_staff; grant select, insert, update, delete on all tables in schema planificateur to monopco_staff", cancellationToken);
    }

    private static async Task ProvisionAsync(string connection, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options => options.InstanceName = "monopco-tables");
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(connection);
                store.UseSystemTextJsonSerializer();
                store.ConfigureStore(options => options.TablePrefix = Prefix);
                store.ProvisionSchema();
            });
        });
        await using var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
        await scheduler.Shutdown(false, cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
