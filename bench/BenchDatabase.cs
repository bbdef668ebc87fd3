using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.Bench;

/// <summary>A migrated database of its own in the cluster that MONOPCO_BENCH_DB names, with the runtime as a Host has it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _name;

    private BenchDatabase(string name, string connectionString)
    {
        _name = name;
        ConnectionString = connectionString;
        var services = new ServiceCollection();
        services.AddSingleton(new DataSources(NpgsqlDataSource.Create(connectionString), NpgsqlDataSource.Create(connectionString)));
        services.AddScoped<DatabaseSession>();
        services.AddSingleton(new ActivityRegistry((IEnumerable<Type>)[typeof(Concat)], []));
        services.AddSingleton(p => new Interpreter(p.GetRequiredService<ActivityRegistry>()));
        services.AddSingleton(p => WorkflowProgram.Of(p.GetRequiredService<Interpreter>()));
        services.AddSingleton<EffectRunner>();
        services.AddWorkflowRuntime();
        _services = services.BuildServiceProvider();
    }

    internal string ConnectionString { get; }

    internal NpgsqlDataSource Source => _services.GetRequiredService<DataSources>().Staff;

    internal WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private static string Cluster => Environment.GetEnvironmentVariable("MONOPCO_BENCH_DB") ?? throw new InvalidOperationException("MONOPCO_BENCH_DB is not set: use ./monopco bench.");

    internal static async Task<BenchDatabase> CreateAsync()
    {
        var name = "bench_" + Guid.NewGuid().ToString("N")[..8];
        await AdminAsync($"create database {name} template template0");

        // As ./monopco up connects: prepared statements, connections given back without a reset.
        var connection = new NpgsqlConnectionStringBuilder(Cluster) { Database = name, MaxPoolSize = 80, MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, NoResetOnClose = true }.ConnectionString;
        await DatabaseSetup.MigrateAsync(connection + ";Pooling=false", CancellationToken.None);
        return new BenchDatabase(name, connection);
    }

    internal async Task PublishAsync(string id, string json)
    {
        var definitions = Get<DefinitionStore>();
        await definitions.SaveDraftAsync(new SaveDraft(id, json) { Name = id });
        await definitions.PublishAsync(id, "bench");
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 3600 };
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 3600 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await AdminAsync($"drop database if exists {_name} with (force)");
    }

    private static async Task AdminAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }
}
