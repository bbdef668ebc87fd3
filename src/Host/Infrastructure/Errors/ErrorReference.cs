using System.Diagnostics;

namespace MonOPCO.Host.Infrastructure.Errors;

/// <summary>The number a person reads to us on the telephone: the head of the trace id, which every log line of the request carries.</summary>
public static class ErrorReference
{
    public static string Of(HttpContext context)
    {
        var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        return trace.Length >= 8 ? $"{trace[..4]}-{trace[4..8]}".ToUpperInvariant() : trace;
    }

    /// <summary>Addresses that answer programs: problem+json and 401, never a page nor a redirection.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/elsa/api") || path.StartsWithSegments("/elsa/hubs") || path.StartsWithSegments("/webhooks") || path.StartsWithSegments("/workflows");
}
