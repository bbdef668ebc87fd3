using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MonOPCO.Integrations.Mail;

public static class Extensions
{
    /// <summary>Registers <see cref="MailSender"/> from section <c>Mail</c>.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<MailSender>();
        return services;
    }
}
