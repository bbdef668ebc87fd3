using System.Text.Json.Nodes;
using MonOPCO.Activities;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Bulk;
using MonOPCO.Host.Pages.Portails;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Host.Workflows.Trials;
using MonOPCO.Integrations.CompanyLookup;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.OpcoPortals;
using MonOPCO.Integrations.OutboundHttp;
using MonOPCO.Integrations.Pdf;
using MonOPCO.Integrations.Sealing;
using MonOPCO.Integrations.Templates;

namespace MonOPCO.Host.Workflows;

/// <summary>The engine in this Host: our activities, the interpreter, the durable runtime, the seeded procedures.</summary>
internal static class Extensions
{
    public static void AddWorkflows(this WebApplicationBuilder builder, HostRoles roles)
    {
        builder.Configuration.AddOutside();
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddCompanyLookup(configuration).AddMail(configuration).AddTemplates(configuration).AddPdf(configuration).AddSealing(configuration).AddOpcoPortals(configuration).AddOutboundHttp(configuration);
        services.AddActivities(configuration);
        services.AddSingleton(_ => new ActivityRegistry(typeof(SiteOptions).Assembly));
        services.AddSingleton(provider => new Interpreter(provider.GetRequiredService<ActivityRegistry>(), new InterpreterOptions
        {
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"),
            ChildExists = async (scope, definitionId) => scope is IWorkflowTransaction transaction && await transaction.PublishedVersionIdAsync(definitionId, CancellationToken.None) is not null,
        }));
        services.AddSingleton(provider => WorkflowProgram.Of(provider.GetRequiredService<Interpreter>(), SubDefinitions.From(provider.GetRequiredService<IWorkflowStore>)));
        services.AddSingleton<EffectRunner>();
        services.AddSingleton<IWorkflowReads>(provider => provider.GetRequiredService<IWorkflowStore>());
        services.AddWorkflowRuntime(options =>
        {
            configuration.GetSection("Workflows").Bind(options);
            foreach (var (queue, limit) in Queues(roles))
            {
                options.Queues[queue] = limit;
            }
        });
        if (roles.Worker || roles.Bot)
        {
            services.AddWorkflowWorker();
            services.AddHealthChecks().AddCheck<WorkerHealth>("worker", tags: ["ready"]);
        }

        if (roles.Worker)
        {
            services.AddSingleton<Calendar>();
            services.AddHostedService(provider => provider.GetRequiredService<Calendar>());
            services.AddHostedService<MigrationWorker>();
            services.AddHostedService<PublicationClock>();
            services.AddHostedService<ReplayWorker>();
            services.AddHostedService<PassageCounting>();
            services.AddHostedService<BulkWorker>();
            if (!roles.Web)
            {
                // Answers given in bulk pass through the screens of their tasks.
                services.AddConsolePages();
            }
        }

        services.AddProcedures();
        services.AddTrials();
        services.AddScoped<BulkActs>();
        services.AddSingleton<BulkRunner>();
        services.AddHostedService<Telemetry>();

        services.AddScoped<MailSink>(provider => (mail, cancellationToken) => mail.Link is { } link
            ? PersonalMails.StartAsync(provider.GetRequiredService<WorkflowRuntime>(), PersonalMailKind.MagicLink, link.Id, (_, _) => Task.CompletedTask, cancellationToken)
            : throw new InvalidOperationException($"Mail '{mail.Template}' carries no link: send it from a procedure."));
    }

    /// <summary>Brings <c>workflows/*.json</c> in: new ones are published, untouched ones upgraded, beside edited ones a draft appears.</summary>
    public static async Task SeedWorkflowsAsync(this WebApplication app)
    {
        var folder = app.Configuration["Paths:workflows"] ?? Path.Combine(AppContext.BaseDirectory, "workflows");

        var store = app.Services.GetRequiredService<DefinitionStore>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var body = await File.ReadAllTextAsync(file, app.Lifetime.ApplicationStopping);
            var json = JsonNode.Parse(body) as JsonObject ?? throw new InvalidOperationException($"{file} is not a JSON object.");
            var definitionId = json["definitionId"]?.ToString() ?? Path.GetFileNameWithoutExtension(file);
            await store.SeedAsync(definitionId, json["name"]?.ToString() ?? definitionId, json["description"]?.ToString() ?? "", body, app.Lifetime.ApplicationStopping);
        }
    }

    private static IEnumerable<KeyValuePair<string, int>> Queues(HostRoles roles) =>
        (roles.Worker ? WorkflowRuntimeOptions.QueuesOf("worker") : []).Concat(roles.Bot ? WorkflowRuntimeOptions.QueuesOf("bot") : []);

    /// <summary>
    /// Files shipped beside the program, and — when <c>Outside:SandboxUrl</c> names a Sandbox — the outside world it plays. Anything said elsewhere in the
    /// configuration wins.
    /// </summary>
    private static void AddOutside(this ConfigurationManager configuration)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["Templates:Root"] = Path.Combine(AppContext.BaseDirectory, "templates"),
            ["OpcoPortals:Root"] = Path.Combine(AppContext.BaseDirectory, "portals"),
        };
        var place = configuration["MasterKey:File"];
        if ((Directory.Exists(place) ? place : Path.GetDirectoryName(place)) is { Length: > 0 } keys)
        {
            defaults["Sealing:KeyFile"] = Path.Combine(keys, "cachet.p12");
        }

        if (configuration["Outside:SandboxUrl"]?.TrimEnd('/') is { Length: > 0 } sandbox)
        {
            defaults["CompanyRegister:BaseUrl"] = sandbox + "/recherche-entreprises/";
            defaults["CompanyRegister:IsLive"] = "false";

            // Procedures may call the Sandbox although it is on this machine.
            defaults["OutboundHttp:PrivateHosts:0"] = new Uri(sandbox).Authority;
            // A script named after the Sandbox plays on the Sandbox's portal of that name.
            const string suffix = "-sandbox";
            foreach (var script in Directory.EnumerateFiles(configuration["OpcoPortals:Root"] ?? defaults["OpcoPortals:Root"]!, $"*{suffix}.json").Select(x => Path.GetFileNameWithoutExtension(x)))
            {
                defaults[$"OpcoPortals:Portals:{script}:BaseUrl"] = $"{sandbox}/portails/{script[..^suffix.Length]}/";
                defaults[$"OpcoPortals:Portals:{script}:User"] = "demo@netz.example";
                defaults[$"OpcoPortals:Portals:{script}:Password"] = "Demo-Netz-2026";
            }
        }

        foreach (var (name, value) in defaults.Where(x => configuration[x.Key] is null).ToList())
        {
            configuration[name] = value;
        }
    }
}
