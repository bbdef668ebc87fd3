using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MonOPCO.Integrations.Browsers;

namespace MonOPCO.Integrations.Pdf;

public static class Extensions
{
    /// <summary>Registers <see cref="PdfRenderer"/> from sections <c>Pdf</c> and <c>Chromium</c>. The browser starts with the first document.</summary>
    public static IServiceCollection AddPdf(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PdfOptions>().Bind(configuration.GetSection(PdfOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ChromiumOptions>().Bind(configuration.GetSection(ChromiumOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PdfRenderer>();
        return services;
    }
}
