using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Permissions;

/// <summary>One permission of the matrix; null: any account (one's own pages).</summary>
public sealed record PermissionRequirement(string? Permission) : IAuthorizationRequirement;

/// <summary>
/// Allowed when one of the person's roles has the permission now, and, for an API key, when the key's scopes name it too (<c>*</c>, the permission, or its group as
/// <c>procedures.*</c>). Everything else is refused.
/// </summary>
internal sealed class PermissionHandler(PermissionMatrix matrix) : AuthorizationHandler<PermissionRequirement>
{
    private Task<PermissionMatrix.Snapshot>? _current;

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (context.User.Identity?.IsAuthenticated != true || !IsInScope(context.User, requirement.Permission))
        {
            return;
        }

        // Scoped: one look at the version per request, however many permissions the page asks for.
        if (requirement.Permission is not { } permission || (await (_current ??= matrix.CurrentAsync(CancellationToken.None))).Allows(context.User.Roles(), permission))
        {
            context.Succeed(requirement);
        }
    }

    private static bool IsInScope(ClaimsPrincipal person, string? permission)
    {
        if (!person.Identities.Any(x => x.AuthenticationType == TokenAuthenticationHandler.SchemeName))
        {
            return true;
        }

        return person.FindAll(TokenAuthenticationHandler.ScopeClaim).Any(x => x.Value == "*" || (permission is not null && (x.Value == permission || (x.Value.EndsWith(".*", StringComparison.Ordinal) && permission.StartsWith(x.Value[..^1], StringComparison.Ordinal)))));
    }
}
