using System.Security.Cryptography;

namespace MonOPCO.Host.Infrastructure.Security;

/// <summary>Headers of every answer. Scripts come from us alone; an inline script must carry the request's nonce (<c>Context.Nonce()</c>).</summary>
public static class SecurityHeaders
{
    private const string NonceKey = "monopco.nonce";

    /// <summary>The nonce of this request, for <c>&lt;script nonce="@Context.Nonce()"&gt;</c>.</summary>
    public static string Nonce(this HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        }

        return nonce;
    }

    internal static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.XFrameOptions = "SAMEORIGIN";
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                // What a procedure answers to an HTTP request has a stricter one of its own.
                headers.ContentSecurityPolicy = Policy(context);
            }

            // Pages, answers to programs and documents hold personal data: neither proxies nor the back button of a shared computer may keep them. What may be kept says so.
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    });

    private static string Policy(HttpContext context)
    {
        var extra = context.GetEndpoint()?.Metadata.GetMetadata<ContentSecurityAttribute>();
        var style = extra?.Style is { } s ? $"'self' {s}" : "'self'";
        return $"default-src 'self'; script-src 'self' 'nonce-{context.Nonce()}'{Also(extra?.Script)}; style-src {style}; img-src 'self' data:; "
            + $"font-src 'self'{Also(extra?.Font)}; connect-src 'self'{Also(extra?.Connect)}; worker-src 'self'{Also(extra?.Worker)}; frame-src 'self'{Also(extra?.Frame)}; "
            + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
    }

    private static string Also(string? value) => value is null ? "" : " " + value;
}
