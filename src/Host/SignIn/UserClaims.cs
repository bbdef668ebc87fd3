using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Claims of a session: name to show, company and training body it stands for.</summary>
internal sealed class UserClaims(UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<User, IdentityRole<Guid>>(users, roles, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(User user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(SessionClaims.DisplayName, user.DisplayName));
        if (user.CompanyId is { } company)
        {
            identity.AddClaim(new Claim(SessionClaims.Company, company.ToString()));
        }

        if (user.TrainingBodyId is { } body)
        {
            identity.AddClaim(new Claim(SessionClaims.TrainingBody, body.ToString()));
        }

        return identity;
    }
}

/// <summary>Reads the session: <c>User.Id()</c>, <c>User.ShownName()</c>, <c>User.CompanyId()</c>.</summary>
public static class SessionClaims
{
    internal const string DisplayName = "monopco:name";
    internal const string Company = "monopco:company";
    internal const string TrainingBody = "monopco:training-body";

    public static Guid Id(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!);

    public static string ShownName(this ClaimsPrincipal user) => user.FindFirstValue(DisplayName) ?? "";

    public static string Email(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Email) ?? "";

    public static Guid? CompanyId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Company), out var id) ? id : null;

    public static Guid? TrainingBodyId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(TrainingBody), out var id) ? id : null;

    public static IReadOnlyList<string> Roles(this ClaimsPrincipal user) => [.. user.FindAll(ClaimTypes.Role).Select(x => x.Value)];

    public static bool IsStaff(this ClaimsPrincipal user) => user.Roles().Except(Domain.Users.Roles.Portal).Any();
}
