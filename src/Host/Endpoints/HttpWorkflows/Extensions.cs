using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using MonOPCO.Host.Infrastructure.Security;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

internal static class Extensions
{
    private const string Limit = "http-workflows";

    public static IServiceCollection AddHttpWorkflows(this IServiceCollection services)
    {
        services.AddOptions<HttpWorkflowOptions>().BindConfiguration("HttpWorkflows").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestReader>();
        services.AddScoped<HttpWorkflowEndpoint>();
        services.Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(Limit, context => RateLimits.PerMinute(RateLimits.Address(context), context.RequestServices.GetRequiredService<IOptions<HttpWorkflowOptions>>().Value.RequestsPerMinute)));
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
