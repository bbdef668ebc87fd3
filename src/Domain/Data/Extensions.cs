using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Mails;
using MonOPCO.Domain.News;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Rules;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Domain.Data;

public static class Extensions
{
    /// <summary>
    /// Database and services of the domain. Configuration: <c>ConnectionStrings:Owner|Staff|Portal</c> and section <c>MasterKey</c> (<see cref="MasterKeyOptions"/>).
    /// </summary>
    public static IServiceCollection AddMonOpcoDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection("ConnectionStrings")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MasterKeyOptions>().Bind(configuration.GetSection("MasterKey"));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            return new DataSources(NpgsqlDataSource.Create(options.Staff), NpgsqlDataSource.Create(options.Portal), DataSources.ForLists(options.Staff));
        });
        services.AddScoped<DatabaseSession>();
        services.AddScoped(provider => provider.GetRequiredService<DatabaseSession>().CreateContext(
            provider.GetRequiredService<DataSources>().Staff, provider.GetService<ILoggerFactory>(), provider.GetRequiredService<NewsDesk>()));
        services.AddSingleton<PortalSessions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MasterKey>();
        services.AddOptions<BackupOptions>().Bind(configuration.GetSection("Backup"));
        services.AddSingleton<BackupKeys>();
        services.AddSingleton<PurgeJournal>();
        services.AddSingleton<BackupService>();
        services.AddSingleton<RestoreService>();
        services.AddSingleton<MasterKeys>();
        services.AddSingleton<KeyRing>();

        services.AddScoped<RuleBook>();
        services.AddScoped<RuleEditor>();
        services.AddScoped<CompanyService>();
        services.AddScoped<OpcoResolver>();
        services.AddScoped<FinancingEstimator>();
        services.AddScoped<DossierService>();
        services.AddScoped<ComplementService>();
        services.AddScoped<ComplementFields>();
        services.AddScoped<DossierChecks>();
        services.AddScoped<DossierSearch>();
        services.AddSingleton<CalendarCache>();
        services.AddScoped<CalendarBook>();
        services.AddSingleton<DossierList>();
        services.AddScoped<BulkRuns>();
        services.AddScoped<Reminders>();
        services.AddScoped<TaskService>();
        services.AddScoped<TaskThread>();
        services.AddScoped<DelegationService>();
        services.AddScoped<EscalationService>();
        services.AddScoped<NextTask>();
        services.AddScoped<NoticeService>();
        services.AddScoped<StaffDirectory>();
        services.AddSingleton<NewsDesk>();
        services.AddScoped<Inbox>();
        services.AddScoped<DocumentStore>();
        services.AddScoped<DossierPackage>();
        services.AddScoped<StaleDocuments>();
        services.AddScoped<SignatureService>();
        services.AddScoped<MagicLinkService>();
        services.AddScoped<ApiKeyService>();
        services.AddScoped<FilingService>();
        services.AddScoped<MailLog>();
        services.AddScoped<OperationsService>();
        services.AddScoped<PrivacyService>();
        services.AddScoped<RetentionRules>();
        services.AddScoped<RetentionService>();
        services.AddScoped<ErasureService>();
        services.AddScoped<Settings.PlatformSettings>();
        return services;
    }
}
