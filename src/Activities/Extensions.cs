using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Documents;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Activities.Notifications;
using MonOPCO.Activities.OpcoPortals;
using MonOPCO.Activities.Signature;
using MonOPCO.Activities.Tasks;

namespace MonOPCO.Activities;

public static class Extensions
{
    /// <summary>What activities and the desks (the doors that pages use) need besides Domain and Integrations. Activities themselves are found by the registry.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SiteOptions>().Bind(configuration.GetSection("Site")).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<DocumentData>();
        services.AddScoped<MailData>();
        services.AddScoped<SignatureMails>();
        services.AddScoped<PortalData>();
        services.AddSingleton<RequestDesk>();
        services.AddSingleton<TaskDesk>();
        services.AddSingleton<SigningDesk>();
        return services;
    }
}
