using System.Security.Claims;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.SignIn;

/// <summary>Reads the session: <c>User.Id()</c>, <c>User.ShownName()</c>, <c>User.CompanyId()</c>, <c>User.Change(now)</c>.</summary>
public static class SessionClaims
{
    internal const string DisplayName = "monopco:name";
    internal const string Company = "monopco:company";
    internal const string TrainingBody = "monopco:training-body";
    internal const string ShortcutsOff = "monopco:shortcuts-off";

    public static Guid Id(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!);

    public static string ShownName(this ClaimsPrincipal user) => user.FindFirstValue(DisplayName) ?? "";

    public static string Email(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Email) ?? "";

    public static Guid? CompanyId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Company), out var id) ? id : null;

    public static Guid? TrainingBodyId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(TrainingBody), out var id) ? id : null;

    public static IReadOnlyList<string> Roles(this ClaimsPrincipal user) => [.. user.FindAll(ClaimTypes.Role).Select(x => x.Value)];

    public static bool IsStaff(this ClaimsPrincipal user) => user.Roles().Intersect(Domain.Users.Roles.Staff).Any();

    /// <summary>Acts and reads for the company of the account.</summary>
    public static bool StandsForCompany(this ClaimsPrincipal user) => user.Roles().Intersect(Domain.Users.Roles.Company).Any();

    /// <summary>Who changes something, made at the edge and passed to the domain's methods.</summary>
    public static ChangeContext Change(this ClaimsPrincipal user, DateTimeOffset now, string? reason = null)
    {
        var kind = user.StandsForCompany() ? ActorKind.Company : user.IsInRole(Domain.Users.Roles.Beneficiaire) ? ActorKind.Beneficiary : ActorKind.Human;
        return new ChangeContext(kind, user.ShownName(), user.Id(), now, reason);
    }

    /// <summary>What a portal session (row-level security) may see.</summary>
    public static PortalIdentity PortalIdentity(this ClaimsPrincipal user) =>
        new(user.Id(), user.StandsForCompany() ? user.CompanyId() : null, user.IsInRole(Domain.Users.Roles.Beneficiaire) ? user.Email() : null);

    /// <summary>What finds this person's tasks.</summary>
    public static InboxKeys InboxKeys(this ClaimsPrincipal user) => new(user.Id(), user.Roles(), user.CompanyId(), user.Email());
}
