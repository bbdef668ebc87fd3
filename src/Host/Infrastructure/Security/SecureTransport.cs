using Microsoft.Extensions.Options;

namespace MonOPCO.Host.Infrastructure.Security;

/// <summary>
/// HTTPS only, in production, where the public address says so. The proxy in front ends TLS and tells the scheme by <c>X-Forwarded-Proto</c>, which is believed from
/// the proxies of <c>Site:Proxies</c> (and from this machine) alone.
/// </summary>
internal static class SecureTransport
{
    public static void UseSecureTransport(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<IOptions<SiteSettings>>().Value;
        if (!site.PublicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        app.Use((context, next) =>
        {
            var request = context.Request;
            if (request.IsHttps || request.Path.StartsWithSegments("/health"))
            {
                return next(context);
            }

            // Left over by the middleware before: whoever wrote it is not one of our proxies. A redirection would turn in a circle.
            if (request.Headers.ContainsKey("X-Forwarded-Proto"))
            {
                app.Logger.LogWarning("A request came in clear through {Proxy}, which is not in Site:Proxies: its X-Forwarded-Proto is not believed.", context.Connection.RemoteIpAddress);
                return Refuse(context, "Le serveur intermédiaire n’est pas déclaré dans Site:Proxies : la demande est refusée.");
            }

            if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
                context.Response.Headers.Location = site.Link(request.PathBase + request.Path + request.QueryString);
                return Task.CompletedTask;
            }

            // What was sent in clear has been read on the way: to send it again over TLS would hide that.
            return Refuse(context, "Cette demande est arrivée sans chiffrement : utilisez https.");
        });
    }

    private static Task Refuse(HttpContext context, string sentence)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence, context.RequestAborted);
    }
}
