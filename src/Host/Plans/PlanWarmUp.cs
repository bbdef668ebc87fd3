using System.Security.Claims;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Plans;

/// <summary>
/// After the start, beside the requests: makes the page of each published procedure's map once, into nowhere, so that nobody waits for what is dear the first time
/// (compiling the page, laying out the map, summing the times). Nobody is signed in by it and nothing is written. <c>Site:WarmUp</c> turns it off.
/// </summary>
internal sealed class PlanWarmUp(IServiceScopeFactory scopes, EndpointDataSource endpoints, IHostApplicationLifetime lifetime, IConfiguration configuration, ILogger<PlanWarmUp> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("Site:WarmUp", true) || !await StartedAsync(stoppingToken))
        {
            return;
        }

        try
        {
            var page = endpoints.Endpoints.OfType<RouteEndpoint>().First(x => x.Metadata.GetMetadata<PageActionDescriptor>()?.ViewEnginePath == "/Procedures/Plan");
            foreach (var id in await PublishedAsync(stoppingToken))
            {
                await MakeAsync(page, id, stoppingToken);
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogWarning(exception, "The maps of procedures could not be prepared: the first visit prepares them.");
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, Task.Delay(Timeout.Infinite, stoppingToken));
        return started.Task.IsCompleted;
    }

    private async Task<List<string>> PublishedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().Set<WorkflowPublishedRow>().AsNoTracking().OrderBy(x => x.DefinitionId).Select(x => x.DefinitionId).Take(50).ToListAsync(cancellationToken);
    }

    private async Task MakeAsync(RouteEndpoint page, string definitionId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken, User = Reader };
        context.Request.Method = HttpMethods.Get;
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("localhost");
        context.Request.Path = $"/procedures/{definitionId}/plan";
        foreach (var (name, value) in page.RoutePattern.RequiredValues)
        {
            context.Request.RouteValues[name] = value;
        }

        context.Request.RouteValues["definitionId"] = definitionId;
        context.SetEndpoint(page);
        await page.RequestDelegate!(context);
    }

    /// <summary>Somebody who may read procedures; exists nowhere.</summary>
    private static ClaimsPrincipal Reader => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, Guid.Empty.ToString()), new(ClaimTypes.Role, Roles.ResponsableProcedures), new(SessionClaims.DisplayName, "Préparation")], nameof(PlanWarmUp)));
}
