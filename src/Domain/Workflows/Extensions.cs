using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Workflows;

public static class Extensions
{
    /// <summary>
    /// The runtime over PostgreSQL. Needs the database's registrations and, from the caller, singletons <see cref="WorkflowProgram"/> (interpreter) and
    /// <see cref="EffectRunner"/> (registry). Pages and APIs take <see cref="WorkflowRuntime"/> and <see cref="DefinitionStore"/>.
    /// </summary>
    public static IServiceCollection AddWorkflowRuntime(this IServiceCollection services, Action<WorkflowRuntimeOptions>? configure = null)
    {
        services.AddSingleton(provider =>
        {
            var logger = provider.GetService<ILoggerFactory>()?.CreateLogger("MonOPCO.Workflows");
            var options = new WorkflowRuntimeOptions { Log = (message, exception) => logger?.LogWarning(exception, "{Message}", message) };
            configure?.Invoke(options);
            return options;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WorkflowHints>();
        services.AddSingleton<PostgresWorkflowStore>();
        services.AddSingleton<IWorkflowStore>(provider => provider.GetRequiredService<PostgresWorkflowStore>());
        services.AddSingleton<DefinitionCache>();
        services.AddSingleton<DefinitionStore>();
        services.AddSingleton<WorkflowRuntime>();
        services.AddSingleton<BulkMigrations>();
        services.AddSingleton<PassageCounter>();
        services.AddSingleton<TimeMaps>();
        return services;
    }

    /// <summary>For the roles worker and bot: runs due work of <see cref="WorkflowRuntimeOptions.Queues"/> until the Host stops.</summary>
    public static IServiceCollection AddWorkflowWorker(this IServiceCollection services)
    {
        services.AddSingleton<WorkflowWorker>();
        services.AddHostedService<WorkflowWorkerService>();
        return services;
    }
}

/// <summary>
/// Begins once the Host has started whole: one that is stopped while it starts would never give back what it had claimed. The Host's shutdown stops claiming;
/// what is under way finishes or is given back (Host option <c>ShutdownTimeout</c> above <see cref="WorkflowRuntimeOptions.DrainFor"/>).
/// </summary>
internal sealed class WorkflowWorkerService(WorkflowWorker worker, WorkflowHints hints, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        await Task.WhenAll(hints.ListenAsync(stoppingToken), worker.RunAsync(stoppingToken));
    }
}
