using Npgsql;
using Quartz;

namespace MonOPCO.Host.Jobs;

/// <summary>System jobs: Quartz keeps their calendar in PostgreSQL, shared by every worker; the rows of <c>system_jobs</c> say what it must be.</summary>
internal static class Extensions
{
    public static void AddSystemJobs(this WebApplicationBuilder builder, HostRoles roles)
    {
        var services = builder.Services;
        services.AddHostedService<Presence>();
        services.AddScoped<SystemJobRunner>();
        services.AddScoped<OperationConcerns>();
        services.AddScoped<OperationNotices>();
        services.AddScoped<ISystemWork, BackupWork>();
        services.AddScoped<ISystemWork, DrillWork>();
        services.AddScoped<ISystemWork, PurgeListWork>();
        services.AddScoped<ISystemWork, WatchWork>();
        services.AddScoped<ISystemWork, RetentionWork>();
        services.AddScoped<ISystemWork, SweepWork>();
        if (!IsEnabled(builder.Configuration))
        {
            services.AddSingleton(new JobCalendar(null));
            return;
        }

        // A job in the middle of a request's transaction must not join it.
        var connection = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("Staff")) { Enlist = false }.ConnectionString;
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options => options.InstanceName = "monopco");
            quartz.UseDefaultThreadPool(4);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(connection);
                store.UseSystemTextJsonSerializer();
                store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
                store.ConfigureStore(options => (options.TablePrefix, options.StoreJobDataAsStrings) = (QuartzSchema.Prefix, true));
            });
        });
        services.AddSingleton(provider => new JobCalendar(provider.GetRequiredService<ISchedulerFactory>()));
        if (roles.Worker)
        {
            services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
            services.AddHostedService<CalendarKeeper>();
        }
    }

    /// <summary>As owner, before the schedulers start.</summary>
    public static async Task PrepareJobsAsync(this WebApplication app)
    {
        if (IsEnabled(app.Configuration) && app.Configuration.GetConnectionString("Owner") is { Length: > 0 } owner)
        {
            await QuartzSchema.EnsureAsync(owner, app.Lifetime.ApplicationStopping);
        }
    }

    private static bool IsEnabled(IConfiguration configuration) => configuration.GetValue("Jobs:Enabled", true);
}
