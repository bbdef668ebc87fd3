using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Permissions;

/// <summary>
/// Notes each opening of a dossier, of its documents and of its tasks, whoever opens. By the shape of the address (<c>{numero}</c>, <c>documents/{id}</c>,
/// <c>taches/{id}</c>), so that a new page of a dossier is noted without having to think of it.
/// </summary>
internal sealed class AccessLogFilter(DossierAccessLog log, TimeProvider clock) : IAsyncResultFilter
{
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (context.ActionDescriptor is PageActionDescriptor page && HttpMethods.IsGet(http.Request.Method) && http.User.Identity?.IsAuthenticated == true
            && context.Result is PageResult { StatusCode: null or StatusCodes.Status200OK } or FileResult)
        {
            await NoteAsync(page.AttributeRouteInfo?.Template ?? "", http);
        }

        await next();
    }

    private Task NoteAsync(string route, HttpContext http)
    {
        var (numero, id) = (http.GetRouteValue("numero") as string, Guid.TryParse(http.GetRouteValue("id") as string, out var value) ? value : (Guid?)null);
        return (route, numero, id) switch
        {
            var (_, _, document) when document is not null && route.Contains("documents/{id", StringComparison.OrdinalIgnoreCase) => log.DocumentAsync(document.Value, Who(http), clock.GetUtcNow(), http.RequestAborted),
            var (_, _, task) when task is not null && route.StartsWith("taches/{id", StringComparison.OrdinalIgnoreCase) => log.TaskAsync(task.Value, Who(http), clock.GetUtcNow(), http.RequestAborted),
            var (_, number, _) when number is not null => log.DossierAsync(number, route.EndsWith("dossiers/{numero}", StringComparison.OrdinalIgnoreCase) ? AccessedThing.Dossier : AccessedThing.WorkPage, Who(http), clock.GetUtcNow(), http.RequestAborted),
            _ => Task.CompletedTask,
        };
    }

    private static Onlooker Who(HttpContext http)
    {
        var roles = http.User.Roles();
        return new Onlooker(http.User.Id(), http.User.ShownName(), Roles.All.FirstOrDefault(roles.Contains) ?? "");
    }
}
