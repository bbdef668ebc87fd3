using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Storage;
using MonOPCO.Host;
using Npgsql;

namespace MonOPCO.Chaos;

/// <summary>
/// The Host itself in a process of its own — its services, pages and start — that knows the trial's activities as well, and starts what the trial asks for. All
/// nodes reach for the same starts, so that they race. Settings come from the environment as for any Host.
/// </summary>
internal sealed class ChaosNode(WorkflowRuntime runtime, NpgsqlDataSource source, ILogger<ChaosNode> log) : BackgroundService
{
    internal static async Task<int> RunAsync(string[] args)
    {
        // The Host's assembly as the application: its pages and settings.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(HostRoles).Assembly.GetName().Name, EnvironmentName = Environments.Development, ContentRootPath = ContentRoot, Args = args });
        builder.AddMonOpco();
        builder.Services.AddSingleton(new ChaosSandbox(new HttpClient { BaseAddress = new Uri(builder.Configuration["Sandbox"]!) }));
        builder.Services.AddSingleton(_ => new ActivityRegistry(typeof(SiteOptions).Assembly, typeof(Record).Assembly));
        builder.Services.AddHostedService(p => new ChaosNode(p.GetRequiredService<WorkflowRuntime>(), p.GetRequiredService<DataSources>().Staff, p.GetRequiredService<ILogger<ChaosNode>>()));
        var app = builder.Build();
        app.UseMonOpco();
        await app.RunMonOpcoAsync();
        return 0;
    }

    /// <summary>The Host's folder in the sources: the assets that a build does not copy.</summary>
    private static string ContentRoot
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "MonOPCO.sln")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("MonOPCO.sln was not found above the program.");
            }

            return Path.Combine(folder.FullName, "src", "Host");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var wanted = await WantedAsync(stoppingToken);
                foreach (var id in wanted.TakeWhile(_ => !stoppingToken.IsCancellationRequested))
                {
                    await runtime.StartAsync(new StartWorkflow(ChaosWorkflow.Parent) { InstanceId = id }, null, CancellationToken.None);
                }

                await Task.Delay(wanted.Count == 0 ? 300 : 10, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                log.LogWarning(exception, "The database was away, or somebody else was faster.");
                await Task.Delay(200, CancellationToken.None);
            }
        }
    }

    private async Task<List<Guid>> WantedAsync(CancellationToken cancel)
    {
        var found = new List<Guid>();
        await using var command = source.CreateCommand("select s.instance_id from chaos_starts s where not exists (select 1 from workflow_instances i where i.id = s.instance_id) order by random() limit 20");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }
}

/// <summary>Where the trial's effects go.</summary>
public sealed record ChaosSandbox(HttpClient Client);
