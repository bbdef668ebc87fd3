using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MonOPCO.Integrations.OutboundHttp;

public static class Extensions
{
    /// <summary>Registers <see cref="OutboundHttpClient"/> from section <c>OutboundHttp</c>.</summary>
    public static IServiceCollection AddOutboundHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OutboundHttpOptions>().Bind(configuration.GetSection(OutboundHttpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutboundHttpClient>();
        return services;
    }
}
