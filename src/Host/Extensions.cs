using System.IO.Compression;
using System.Text.Unicode;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.WebEncoders;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Designer;
using MonOPCO.Host.Endpoints;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Endpoints.HttpWorkflows;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Infrastructure.Assets;
using MonOPCO.Host.Infrastructure.Errors;
using MonOPCO.Host.Infrastructure.Security;
using MonOPCO.Host.Jobs;
using MonOPCO.Host.Keys;
using MonOPCO.Host.Live;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.Pages.Portails;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Plans;
using MonOPCO.Host.Privacy;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.TaskWork;
using MonOPCO.Host.Workflows;
using MonOPCO.Host.Workflows.Procedures;
using MonOPCO.Integrations.Browsers;

namespace MonOPCO.Host;

/// <summary>The Host, put together: services, pipeline, start.</summary>
internal static class Extensions
{
    public static void AddMonOpco(this WebApplicationBuilder builder)
    {
        // In every environment: a missing dependency or a captured scoped service is found at start, not by a user.
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateScopes, options.ValidateOnBuild) = (true, true));
        builder.AddLogs();
        var roles = HostRoles.Parse(builder.Configuration["roles"]);
        builder.Services.AddSingleton(roles);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddOptions<SiteSettings>().BindConfiguration("Site").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddMonOpcoDatabase(builder.Configuration);
        builder.Services.AddHealthChecks().AddDbContextCheck<MonOpcoDbContext>("database", HealthStatus.Unhealthy, ["ready"]);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.AddWorkflows(roles);
        builder.AddSystemJobs(roles);
        builder.Services.AddHostedService<KeyRounds>();
        builder.AddSignIn();
        builder.AddInbox(roles);
        builder.AddDemo();
        if (roles.Web)
        {
            builder.AddWeb();
            builder.AddFront();
        }
    }

    public static void UseMonOpco(this WebApplication app)
    {
        app.MapHealth();
        if (app.Services.GetRequiredService<HostRoles>().Web)
        {
            app.UseWeb();
        }
    }

    /// <summary>Prepares and serves until it is stopped; being stopped before it has started whole is no failure.</summary>
    public static async Task RunMonOpcoAsync(this WebApplication app)
    {
        try
        {
            await app.PrepareAsync();
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>Before the first request: schema, roles, demonstration accounts. Browsers that a killed Host left behind are ended first.</summary>
    public static async Task PrepareAsync(this WebApplication app)
    {
        if (ChromiumOrphans.Sweep() is var swept and > 0)
        {
            app.Logger.LogWarning("Ended {Count} browser(s) of a Host that does not live any more.", swept);
        }

        await Start.MigrateAsync(app);
        await app.PrepareJobsAsync();
        await app.Services.GetRequiredService<MasterKeys>().RefreshAsync(app.Lifetime.ApplicationStopping);
        await Start.SeedAsync(app);
        await app.SeedWorkflowsAsync();
    }

    private static void AddWeb(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<AssetManifest>();
        services.AddSingleton<PlanReader>();
        services.AddSingleton<PlanShelf>();
        services.AddSingleton<PlanDrawing>();
        services.AddHostedService<PlanWarmUp>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        // Accents stay accents in the HTML; what is dangerous in HTML is still escaped.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new(UnicodeRanges.All));
        services.AddScoped<Navigation>();
        services.AddScoped<PersonalData>();
        services.AddConsolePages();
        services.AddLive();
        services.AddErrorPages();
        services.AddDesigner();
        services.AddElsaApi();
        services.AddHttpWorkflows();
        var demo = DemoSettings.IsEnabled(builder.Configuration, builder.Environment);
        services.AddRazorPages(options => PageConventions.Configure(options, demo)).AddMvcOptions(FrenchMessages.Configure);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "monopco.formulaire";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = builder.Environment.IsProduction() ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            options.HeaderName = "X-Anti-Forgery";
            options.SuppressXFrameOptionsHeader = false;
        });
        services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = PageHead.FlashCookie;
            options.Cookie.SecurePolicy = builder.Environment.IsProduction() ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        });
        services.Configure<RouteOptions>(options => (options.LowercaseUrls, options.AppendTrailingSlash) = (true, false));
        services.AddResponseCompression(options =>
        {
            // Pages carry a random anti-forgery token and never echo a secret beside chosen text, so compressing them over TLS gives nothing away (BREACH).
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            // From loopback by default; a proxy on another machine is named in the configuration.
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var proxy in builder.Configuration.GetSection("Site:Proxies").Get<string[]>() ?? [])
            {
                if (proxy.Contains('/', StringComparison.Ordinal))
                {
                    options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
                }
                else
                {
                    options.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
                }
            }
        });
    }

    private static void UseWeb(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (app.Environment.IsProduction())
        {
            app.UseHsts();
        }

        app.UseSecurityHeaders();
        if (app.Environment.IsProduction())
        {
            app.UseSecureTransport();
        }

        app.UseErrorPages();
        app.UsePrecompressedAssets();
        app.UseResponseCompression();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapRazorPages();
        app.MapDisplay();
        app.MapLive();
        app.MapDossierExports();
        app.MapDossierShortcuts();
        app.MapIdentityLogin();
        app.MapDesigner();
        app.MapElsaApi();
        app.MapInstanceApi();
        app.MapProcedures();
        app.MapHttpWorkflows();

        // A visitor's wrong address is « not found », not « please sign in ».
        app.MapFallback("{**path}", () => Results.NotFound()).AllowAnonymous();
    }

    private static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") }).AllowAnonymous();
    }

    private static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (!builder.Environment.IsDevelopment())
        {
            // One line of JSON per event with the trace id; addresses, bodies and query strings are not logged by us nor by the framework at these levels.
            builder.Logging.ClearProviders().AddJsonConsole(options => (options.IncludeScopes, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
    }
}
