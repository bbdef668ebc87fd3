using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>What the caller may do here: staff read, process owners change, publish and operate.</summary>
internal sealed class Access(IHttpContextAccessor accessor, IAuthorizationService authorization)
{
    private bool? _owner;

    /// <summary>Name written to versions and journals.</summary>
    public string Actor => User.ShownName() is { Length: > 0 } name ? name : User.Identity?.Name ?? "programme";

    public async Task<bool> IsProcessOwnerAsync() => _owner ??= (await authorization.AuthorizeAsync(User, Policies.ProcessOwners)).Succeeded;

    private ClaimsPrincipal User => accessor.HttpContext?.User ?? new ClaimsPrincipal();
}
