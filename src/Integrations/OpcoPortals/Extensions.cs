using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MonOPCO.Integrations.Browsers;

namespace MonOPCO.Integrations.OpcoPortals;

public static class Extensions
{
    /// <summary>Registers <see cref="PortalRunner"/> from sections <c>OpcoPortals</c> and <c>Chromium</c>.</summary>
    public static IServiceCollection AddOpcoPortals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PortalOptions>().Bind(configuration.GetSection(PortalOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ChromiumOptions>().Bind(configuration.GetSection(ChromiumOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PortalRunner>();
        return services;
    }
}
