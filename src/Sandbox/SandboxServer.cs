using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using MonOPCO.Sandbox.Agent;
using MonOPCO.Sandbox.Collector;
using MonOPCO.Sandbox.Control;
using MonOPCO.Sandbox.Identity;
using MonOPCO.Sandbox.Mail;
using MonOPCO.Sandbox.Pages;
using MonOPCO.Sandbox.Portals;
using MonOPCO.Sandbox.Register;

namespace MonOPCO.Sandbox;

/// <summary>One running Sandbox: the web pages and the SMTP server. Nothing is static, several may run side by side.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SmtpServer smtp;

    private SandboxServer(WebApplication app, SmtpServer smtp, string baseUrl)
    {
        this.app = app;
        this.smtp = smtp;
        BaseUrl = baseUrl;
    }

    /// <summary>Address of the web pages, without a trailing slash.</summary>
    public string BaseUrl { get; }

    public int SmtpPort => smtp.Port;

    public MailStore Mail => app.Services.GetRequiredService<MailStore>();

    public PortalStore Portals => app.Services.GetRequiredService<PortalStore>();

    /// <summary>The identity provider of a fictitious company.</summary>
    public IdentityProvider Identity => app.Services.GetRequiredService<IdentityProvider>();

    /// <summary>What effects sent under their keys.</summary>
    public EffectLog Effects => app.Services.GetRequiredService<EffectLog>();

    /// <summary>What Hosts sent by OpenTelemetry.</summary>
    public TelemetryLog Telemetry => app.Services.GetRequiredService<TelemetryLog>();

    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        // An empty builder: no environment variable, no settings file of whoever hosts us may change the Sandbox.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "MonOPCO.Sandbox", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024);
        builder.WebHost.UseUrls(options.Urls ?? $"http://{IPAddress.Loopback}:{options.HttpPort}");
        builder.Services.AddRoutingCore();
        builder.Services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = 64 * 1024 * 1024);
        if (options.LogToConsole)
        {
            builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("MonOPCO", LogLevel.Information);
        }

        builder.Services.AddSingleton(options).AddSingleton(options.Time);
        builder.Services.AddSingleton<RouteCounters>().AddSingleton<EffectLog>().AddSingleton<TelemetryLog>().AddSingleton<Vault>().AddSingleton<IdentityProvider>();
        builder.Services.AddSingleton<CompanyRegister>().AddSingleton<RegisterFaults>();
        builder.Services.AddSingleton<MailStore>().AddSingleton<MailFaults>().AddSingleton<SmtpServer>();
        builder.Services.AddSingleton<PortalStore>().AddSingleton<PortalSessions>();

        var app = builder.Build();
        app.UseMiddleware<CountRequests>();
        app.UseRouting();
        HomePage.Map(app);
        RegisterEndpoints.Map(app);
        InboxEndpoints.Map(app);
        PortalEndpoints.Map(app);
        AgentEndpoints.Map(app);
        ControlEndpoints.Map(app);
        CollectorEndpoints.Map(app);
        IdentityEndpoints.Map(app);

        var smtp = app.Services.GetRequiredService<SmtpServer>();
        try
        {
            smtp.Start(options.SmtpPort);
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            // A port that is taken must not leave the other one open.
            await smtp.DisposeAsync();
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        return new SandboxServer(app, smtp, address.TrimEnd('/'));
    }

    public Task WaitForShutdownAsync() => app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        // Held connections would keep Kestrel waiting for its whole shutdown time.
        app.Services.GetRequiredService<PortalStore>().ReleaseAll();
        await smtp.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }
}
