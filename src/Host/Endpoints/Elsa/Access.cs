using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using MonOPCO.Domain.Audit;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Who calls, from which open editor, and what they may do here.</summary>
public sealed class Access(IHttpContextAccessor accessor, IAuthorizationService authorization, TimeProvider clock)
{
    /// <summary>Our designer page names its tab with every request; programs have none.</summary>
    public const string SessionHeader = "X-Editor-Session";

    private readonly Dictionary<string, bool> _asked = [];
    private ValueSight? _sight;

    /// <summary>Name written to versions and journals.</summary>
    public string Actor => User.ShownName() is { Length: > 0 } name ? name : User.Identity?.Name ?? "programme";

    public string? Session => accessor.HttpContext?.Request.Headers[SessionHeader].ToString() is { Length: > 0 and <= 64 } session ? session : null;

    public ChangeContext Change(string? reason = null) =>
        new(ActorKind.Human, Actor, Guid.TryParse(User.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null, clock.GetUtcNow(), reason);

    public Task<bool> MayEditAsync() => MayAsync(Policies.ProceduresEdit);

    public Task<bool> MayPublishAsync() => MayAsync(Policies.ProceduresPublish);

    public Task<bool> MayOperateAsync() => MayAsync(Policies.ProceduresOperate);

    public async Task<ValueSight> SightAsync() => _sight ??= await ValueSight.OfAsync(authorization, User);

    private ClaimsPrincipal User => accessor.HttpContext?.User ?? new ClaimsPrincipal();

    private async Task<bool> MayAsync(string policy) =>
        _asked.TryGetValue(policy, out var may) ? may : _asked[policy] = (await authorization.AuthorizeAsync(User, policy)).Succeeded;
}
