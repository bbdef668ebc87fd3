namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>
/// Studio sends no antiforgery token, so a cookie session may only change something from our own pages: the browser's <c>Sec-Fetch-Site</c> and
/// <c>Origin</c> say where the request comes from. Programs that send an <c>Authorization</c> header are not concerned: another site cannot make a browser send it.
/// </summary>
internal sealed class SameOriginFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsAllowed(context.HttpContext.Request)
            ? await next(context)
            : ElsaJson.Problem(StatusCodes.Status403Forbidden, "Cette demande ne vient pas d’une page de MonOPCO : elle a été refusée.");

    internal static bool IsAllowed(HttpRequest request)
    {
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if (isRead || IsProgram(request))
        {
            return true;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();

        // A browser sends at least one of them with every unsafe request of a script.
        return (site.Length > 0 || origin.Length > 0)
            && (site.Length == 0 || site == "same-origin")
            && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Identified by a header of its own and not by a cookie.</summary>
    public static bool IsProgram(HttpRequest request) => request.Headers.Authorization.Count > 0;
}
