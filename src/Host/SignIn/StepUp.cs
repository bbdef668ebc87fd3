using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using MonOPCO.Host.Infrastructure.Errors;

namespace MonOPCO.Host.SignIn;

/// <summary>
/// On a page of sensitive acts: opens only while the second factor (or, without one, the sign-in) is recent, else asks for it again and comes back. A form that
/// was opened in time may be sent for as long again, so that nothing typed is lost.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StepUpAttribute : Attribute, IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var isGet = HttpMethods.IsGet(context.HttpContext.Request.Method) || HttpMethods.IsHead(context.HttpContext.Request.Method);
        if (StepUp.IsFresh(context.HttpContext, isGet ? 1 : 2))
        {
            await next();
            return;
        }

        context.Result = new LocalRedirectResult(StepUp.Path(context.HttpContext.Request));
    }
}

/// <summary>The same for endpoints: <c>.AddEndpointFilter(StepUp.Filter)</c>.</summary>
public static class StepUp
{
    public const string ConfirmPath = "/mon-compte/confirmer";

    public static bool IsFresh(HttpContext context, int times = 1)
    {
        if (context.OpenSession() is not { } session)
        {
            // A program has shown a key with the scope for it; there is nobody to ask.
            return context.User.Identity?.IsAuthenticated == true;
        }

        var after = context.RequestServices.GetRequiredService<IOptions<SignInSettings>>().Value.StepUpAfter * times;
        return session.Method == Domain.Users.SignInMethod.Demonstration || context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - session.ConfirmedAt < after;
    }

    public static string Path(HttpRequest request)
    {
        var back = HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString : request.Path.ToString();
        return $"{ConfirmPath}?retour={Uri.EscapeDataString(back)}";
    }

    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => IsFresh(context.HttpContext)
        ? await next(context)
        : ErrorReference.IsForPrograms(context.HttpContext.Request.Path) ? Results.Problem("Confirm your second factor first.", statusCode: StatusCodes.Status403Forbidden) : Results.LocalRedirect(Path(context.HttpContext.Request));
}
