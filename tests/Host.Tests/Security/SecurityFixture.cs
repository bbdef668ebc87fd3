using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MonOPCO.Host.Tests.Security;

/// <summary>A Host in production behind declared proxies, with low limits. The header <see cref="From"/> says from which address a request comes.</summary>
public sealed class SecurityFixture : HostFixture
{
    public const string From = "X-Test-Address";

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["roles"] = "web",
        ["Site:Proxies:0"] = "10.0.0.9",
        ["Site:Proxies:1"] = "10.1.0.0/16",
        ["SignIn:AttemptsPerMinute"] = "3",
        ["Front:LooksPerMinute"] = "2",
        ["Limits:UploadsPerMinute"] = "2",
    };

    protected override void Configure(IServiceCollection services) => services.AddTransient<IStartupFilter, Address>();

    private sealed class Address : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, after) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[From].ToString() is { Length: > 0 } given ? given : "198.51.100.7");
                return after(context);
            });
            next(app);
        };
    }
}
