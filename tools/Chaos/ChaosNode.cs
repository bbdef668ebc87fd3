using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MonOPCO.Activities;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.Chaos;

/// <summary>
/// A Host of the engine in a process of its own: the runtime, a worker, and people who start what is asked for and complete whatever task is open. All nodes reach
/// for the same starts and tasks, so that they race. Settings come from the environment as for the real Host.
/// </summary>
internal sealed class ChaosNode(WorkflowRuntime runtime, TaskDesk desk, NpgsqlDataSource source, ILogger<ChaosNode> log, string name) : BackgroundService
{
    internal static async Task<int> RunAsync(string name)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddMonOpcoDatabase(configuration);
        services.AddActivities(configuration);
        services.AddSingleton(new HttpClient { BaseAddress = new Uri(configuration["Sandbox"]!) });
        services.AddSingleton(new ActivityRegistry((IEnumerable<Type>)[typeof(HumanTaskActivity), typeof(Record), typeof(Call)], []));
        services.AddSingleton(p => new Interpreter(p.GetRequiredService<ActivityRegistry>()));
        services.AddSingleton(p => WorkflowProgram.Of(p.GetRequiredService<Interpreter>()));
        services.AddSingleton<EffectRunner>();
        services.AddWorkflowRuntime(options =>
        {
            options.Queues["default"] = 8;
            configuration.GetSection("Workflows").Bind(options);
        });
        services.AddWorkflowWorker();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        services.AddHostedService(p => new ChaosNode(p.GetRequiredService<WorkflowRuntime>(), p.GetRequiredService<TaskDesk>(), p.GetRequiredService<DataSources>().Staff, p.GetRequiredService<ILogger<ChaosNode>>(), name));
        using var host = builder.Build();
        await host.RunAsync();
        return 0;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        LoopAsync("select s.instance_id from chaos_starts s where not exists (select 1 from workflow_instances i where i.id = s.instance_id) order by random() limit 20", StartAsync, stoppingToken),
        LoopAsync("select id from human_tasks where completed_at is null order by random() limit 20", CompleteAsync, stoppingToken),
        LoopAsync("select id from human_tasks where completed_at is null order by random() limit 20", CompleteAsync, stoppingToken));

    private async Task LoopAsync(string sql, Func<Guid, Task> act, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var found = new List<Guid>();
                await using (var command = source.CreateCommand(sql))
                await using (var reader = await command.ExecuteReaderAsync(stopping))
                {
                    while (await reader.ReadAsync(stopping))
                    {
                        found.Add(reader.GetGuid(0));
                    }
                }

                foreach (var id in found.TakeWhile(_ => !stopping.IsCancellationRequested))
                {
                    await act(id);
                }

                await Task.Delay(found.Count == 0 ? 300 : 10, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                log.LogWarning(exception, "The database was away, or somebody else was faster.");
                await Task.Delay(200, CancellationToken.None);
            }
        }
    }

    private Task StartAsync(Guid id) => runtime.StartAsync(new StartWorkflow(ChaosWorkflow.Parent) { InstanceId = id });

    private async Task CompleteAsync(Guid id)
    {
        try
        {
            await desk.CompleteAsync(id, new CompleteTask("Valider"), ChangeContext.System(name, DateTimeOffset.UtcNow), null, CancellationToken.None);
        }
        catch (TaskTakenException)
        {
            // Another node's person was faster.
        }
    }
}
