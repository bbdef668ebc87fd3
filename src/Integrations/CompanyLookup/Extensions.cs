using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MonOPCO.Integrations.CompanyLookup;

public static class Extensions
{
    /// <summary>Registers <see cref="CompanyRegisterClient"/> from section <c>CompanyRegister</c>.</summary>
    public static IServiceCollection AddCompanyLookup(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CompanyRegisterOptions>()
            .Bind(configuration.GetSection(CompanyRegisterOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        // The client counts its own time (3 s by default): HttpClient's 100 s never decides.
        services.AddHttpClient(CompanyRegisterClient.HttpName, client => client.DefaultRequestHeaders.UserAgent.ParseAdd("MonOPCO/1.0"));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CompanyRegisterClient>();
        return services;
    }
}
