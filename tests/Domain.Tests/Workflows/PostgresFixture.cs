using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>A database of its own, with a table <c>witness</c> in which tests see what domain rows a burst left.</summary>
public sealed class PostgresFixture : StoreFixture
{
    private readonly List<ServiceProvider> providers = [];
    private TestDatabase database = null!;

    private PostgresFixture()
    {
    }

    public DataSources Sources { get; private set; } = null!;

    public IServiceScopeFactory Scopes => providers[0].GetRequiredService<IServiceScopeFactory>();

    public string ConnectionString => database.ConnectionString;

    public static async Task<PostgresFixture> CreateAsync()
    {
        var fixture = new PostgresFixture { database = await TestDatabase.CreateEmptyAsync() };
        await using (var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(fixture.ConnectionString).Options))
        {
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
            await context.Database.ExecuteSqlRawAsync("create table witness (id serial primary key, text text not null unique)");
        }

        fixture.Store = fixture.OpenStore(fixture.ConnectionString);
        fixture.Sources = fixture.providers[0].GetRequiredService<DataSources>();
        fixture.Wire();
        return fixture;
    }

    /// <summary>A store as another process has it: own pool, own hints.</summary>
    public PostgresWorkflowStore OpenStore(string connectionString)
    {
        var tuned = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, NoResetOnClose = true, MaxPoolSize = 20, Timeout = 30 }.ConnectionString;
        var services = new ServiceCollection();
        services.AddSingleton(new DataSources(NpgsqlDataSource.Create(tuned), NpgsqlDataSource.Create(tuned)));
        services.AddScoped<DatabaseSession>();
        services.AddScoped(p => p.GetRequiredService<DatabaseSession>().CreateContext(p.GetRequiredService<DataSources>().Staff, null));
        services.AddSingleton(Script);
        services.AddWorkflowRuntime();
        var provider = services.BuildServiceProvider();
        providers.Add(provider);
        return provider.GetRequiredService<PostgresWorkflowStore>();
    }

    public override async Task AdvanceAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await ExecuteAsync($"update workflow_work set due_at = due_at - interval '{(int)time.TotalSeconds} s', rank_at = rank_at - interval '{(int)time.TotalSeconds} s', lease_until = lease_until - interval '{(int)time.TotalSeconds} s' where kind = 'effect'");
        await ExecuteAsync($"update workflow_mailbox set visible_at = visible_at - interval '{(int)time.TotalSeconds} s'");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Sources.Staff.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Sources.Staff.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> WitnessesAsync() => ScalarAsync<long>("select count(*) from witness");

    public override async ValueTask DisposeAsync()
    {
        foreach (var provider in providers)
        {
            await provider.DisposeAsync();
        }

        await database.DisposeAsync();
    }
}
