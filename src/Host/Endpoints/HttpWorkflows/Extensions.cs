using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

internal static class Extensions
{
    private const string Limit = "http-workflows";

    public static IServiceCollection AddHttpWorkflows(this IServiceCollection services)
    {
        services.AddOptions<HttpWorkflowOptions>().BindConfiguration("HttpWorkflows").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestReader>();
        services.AddScoped<HttpWorkflowEndpoint>();
        services.Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(Limit, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = context.RequestServices.GetRequiredService<IOptions<HttpWorkflowOptions>>().Value.RequestsPerMinute, Window = TimeSpan.FromMinutes(1) })));
        return services;
    }

    /// <summary>Everything under <c>/workflows</c>, whatever the method: each endpoint of a procedure says itself who may call it.</summary>
    public static IEndpointRouteBuilder MapHttpWorkflows(this IEndpointRouteBuilder app)
    {
        app.Map("/workflows/{**path}", async (HttpContext context, string? path, HttpWorkflowEndpoint endpoint) =>
            {
                if (await endpoint.HandleAsync(context, path ?? "") is { } result)
                {
                    await result.ExecuteAsync(context);
                }
            })
            .AllowAnonymous().DisableAntiforgery().RequireRateLimiting(Limit).ExcludeFromDescription();
        return app;
    }
}
