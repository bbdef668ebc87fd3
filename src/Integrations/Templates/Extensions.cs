using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MonOPCO.Integrations.Templates;

public static class Extensions
{
    /// <summary>Registers <see cref="ITemplateRenderer"/> from section <c>Templates</c>.</summary>
    public static IServiceCollection AddTemplates(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TemplateOptions>().Bind(configuration.GetSection(TemplateOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ITemplateRenderer, TemplateRenderer>();
        return services;
    }
}
