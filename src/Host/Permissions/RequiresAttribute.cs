using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace MonOPCO.Host.Permissions;

/// <summary>On a handler of a page: a permission that this handler needs beside the page's own. <c>[Requires(Policies.Exports)]</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(string permission) : Attribute
{
    public string Permission => permission;
}

internal sealed class RequiresFilter(IAuthorizationService authorization) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (context.HandlerMethod?.MethodInfo.GetCustomAttribute<RequiresAttribute>() is { Permission: var permission } && !(await authorization.AuthorizeAsync(context.HttpContext.User, permission)).Succeeded)
        {
            context.Result = new ForbidResult();
            return;
        }

        await next();
    }
}
