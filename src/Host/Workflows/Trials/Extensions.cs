using MonOPCO.Activities.Trials;

namespace MonOPCO.Host.Workflows.Trials;

internal static class Extensions
{
    public static IServiceCollection AddTrials(this IServiceCollection services)
    {
        services.AddSingleton<TrialPlayer>();
        services.AddScoped<DossierRecord>();
        services.AddScoped<TrialBook>();
        services.AddScoped<Replays>();
        return services;
    }
}
