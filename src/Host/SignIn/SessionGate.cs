using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.Errors;

namespace MonOPCO.Host.SignIn;

/// <summary>On a page that people reach before they have their second factor or their new password.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DuringEnrolmentAttribute : Attribute;

/// <summary>Looks at the session of every request with a cookie, and leads to the enrolment page whoever has still to do something there.</summary>
internal static class SessionGate
{
    public const string EnrolmentPath = "/mon-compte/second-facteur";
    public const string PasswordPath = "/mon-compte/mot-de-passe";

    /// <summary>The cookie is only a name: what it names must live, now, in the database.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        if (context.Principal is not { } principal
            || !Guid.TryParse(principal.FindFirstValue(SessionClaims.Session), out var id)
            || await services.GetRequiredService<SessionService>().CheckAsync(id, services.GetRequiredService<TimeProvider>().GetUtcNow(), context.HttpContext.RequestAborted) is not { } state
            || state.UserId != principal.Id()
            || state.SecurityStamp != principal.FindFirstValue(StampClaim(services)))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }

        CurrentSession.Set(context.HttpContext, state);
        if (principal.FindFirstValue(SessionClaims.Version) != state.ClaimsVersion.ToString(CultureInfo.InvariantCulture))
        {
            // Roles or links changed: read again, here and in the cookie.
            var user = await services.GetRequiredService<UserManager<User>>().FindByIdAsync(state.UserId.ToString());
            var fresh = await services.GetRequiredService<IUserClaimsPrincipalFactory<User>>().CreateAsync(user!);
            ((ClaimsIdentity)fresh.Identity!).AddClaim(new Claim(SessionClaims.Session, id.ToString()));
            context.ReplacePrincipal(fresh);
            context.ShouldRenew = true;
        }
    }

    public static void UseSessionGate(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.OpenSession() is not { } session || !(session.NeedsSecondFactor || session.MustChangePassword)
            || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || endpoint.Metadata.GetMetadata<DuringEnrolmentAttribute>() is not null)
        {
            return next(context);
        }

        if (ErrorReference.IsForPrograms(context.Request.Path))
        {
            return Results.Problem("This session has to set up its second factor or its new password first.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
        }

        var target = session.NeedsSecondFactor ? EnrolmentPath : PasswordPath;
        if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.Headers["HX-Redirect"] = target;
            return Task.CompletedTask;
        }

        context.Response.Redirect(target);
        return Task.CompletedTask;
    });

    private static string StampClaim(IServiceProvider services) => services.GetRequiredService<Microsoft.Extensions.Options.IOptions<IdentityOptions>>().Value.ClaimsIdentity.SecurityStampClaimType;
}
