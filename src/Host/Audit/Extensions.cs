namespace MonOPCO.Host.Audit;

internal static class Extensions
{
    public static void AddAudit(this IServiceCollection services, HostRoles roles)
    {
        services.AddSingleton<AuditCheck>();
        if (roles.Worker)
        {
            services.AddHostedService<AuditSealing>();
        }
    }
}
