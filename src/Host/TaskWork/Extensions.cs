namespace MonOPCO.Host.TaskWork;

internal static class Extensions
{
    public static void AddInbox(this WebApplicationBuilder builder, HostRoles roles)
    {
        var services = builder.Services;
        services.AddOptions<InboxSettings>().BindConfiguration("Taches").ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<InboxPerson>();
        services.AddScoped<BatchRunner>();
        services.AddSingleton<InboxClock>();
        if (roles.Worker)
        {
            services.AddHostedService(provider => provider.GetRequiredService<InboxClock>());
        }

        if (roles.Web)
        {
            // Screens are asked again when a decision is applied: it needs the pages.
            services.AddSingleton<DecisionWorker>();
            services.AddHostedService(provider => provider.GetRequiredService<DecisionWorker>());
        }
    }
}
