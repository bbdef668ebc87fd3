using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Infrastructure.Security;

/// <summary>Section <c>Limits</c>.</summary>
public sealed class LimitSettings
{
    /// <summary>Files sent by one account (one address, where nobody is signed in) in a minute.</summary>
    [Range(1, 100_000)]
    public int UploadsPerMinute { get; set; } = 60;
}

/// <summary>
/// How often one address or one account may ask for what is dear or could be used to guess. Each Host counts for itself. Who has had enough gets 429 with
/// <c>Retry-After</c>, as a French page or as problem+json.
/// </summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<LimitSettings>().BindConfiguration("Limits").ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (context, _) =>
            {
                var after = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
                context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsUpload(context)
                ? PerMinute("envoi " + Sender(context), context.RequestServices.GetRequiredService<IOptions<LimitSettings>>().Value.UploadsPerMinute)
                : RateLimitPartition.GetNoLimiter(""));
            limiter.AddPolicy(Limits.SignIn, context => HttpMethods.IsPost(context.Request.Method)
                ? PerMinute(Address(context), context.RequestServices.GetRequiredService<IOptions<SignInSettings>>().Value.AttemptsPerMinute)
                : RateLimitPartition.GetNoLimiter(""));
        });
    }

    public static RateLimitPartition<string> PerMinute(string who, int permits) =>
        RateLimitPartition.GetFixedWindowLimiter(who, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) });

    /// <summary>One household or machine: an IPv6 subscriber has 2^64 addresses of one network, and IPv4 comes wrapped.</summary>
    public static string Address(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress([.. address.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]) + "/64" : address.ToString();
    }

    /// <summary>The account; many colleagues share one address.</summary>
    private static string Sender(HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? Address(context);

    /// <summary>The error page that answers a refused upload runs through here again and is none.</summary>
    private static bool IsUpload(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && context.Request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
        && context.Features.Get<IStatusCodeReExecuteFeature>() is null;
}
