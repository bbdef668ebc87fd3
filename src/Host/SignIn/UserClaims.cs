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

        if (user.ShortcutsOff)
        {
            identity.AddClaim(new Claim(SessionClaims.ShortcutsOff, "1"));
        }

        return identity;
    }
}
