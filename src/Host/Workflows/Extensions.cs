using System.Reflection;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Workflows;

/// <summary>The engine in this Host: our activities, the interpreter, the durable runtime, the seeded procedures.</summary>
internal static class Extensions
{
    public static void AddWorkflows(this WebApplicationBuilder builder, HostRoles roles)
    {
        var services = builder.Services;
        services.AddSingleton(_ => new ActivityRegistry(Assembly.Load("MonOPCO.Activities")));
        services.AddSingleton(provider => new Interpreter(provider.GetRequiredService<ActivityRegistry>(), new InterpreterOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris") }));
        services.AddSingleton(provider => WorkflowProgram.Of(provider.GetRequiredService<Interpreter>(), SubDefinitions.From(provider.GetRequiredService<IWorkflowStore>)));
        services.AddSingleton<EffectRunner>();
        services.AddSingleton<IWorkflowReads>(provider => provider.GetRequiredService<IWorkflowStore>());
        services.AddWorkflowRuntime(options =>
        {
            foreach (var (queue, limit) in Queues(roles))
            {
                options.Queues[queue] = limit;
            }
        });
        if (roles.Worker || roles.Bot)
        {
            services.AddWorkflowWorker();
        }
    }

    /// <summary>Brings <c>workflows/*.json</c> in: new ones are published, untouched ones upgraded, beside edited ones a draft appears.</summary>
    public static async Task SeedWorkflowsAsync(this WebApplication app)
    {
        var folder = Path.GetFullPath(app.Configuration["Paths:workflows"] ?? Path.Combine("..", "..", "workflows"), app.Environment.ContentRootPath);
        if (!Directory.Exists(folder))
        {
            return;
        }

        var store = app.Services.GetRequiredService<DefinitionStore>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var body = await File.ReadAllTextAsync(file, app.Lifetime.ApplicationStopping);
            var json = JsonNode.Parse(body) as JsonObject ?? throw new InvalidOperationException($"{file} is not a JSON object.");
            var definitionId = json["definitionId"]?.ToString() ?? Path.GetFileNameWithoutExtension(file);
            await store.SeedAsync(definitionId, json["name"]?.ToString() ?? definitionId, body, app.Lifetime.ApplicationStopping);
        }
    }

    private static IEnumerable<KeyValuePair<string, int>> Queues(HostRoles roles) =>
        (roles.Worker ? WorkflowRuntimeOptions.QueuesOf("worker") : []).Concat(roles.Bot ? WorkflowRuntimeOptions.QueuesOf("bot") : []);
}
