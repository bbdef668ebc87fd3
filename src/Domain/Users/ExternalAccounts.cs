using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>Accounts that people open by their company's identity provider.</summary>
public sealed class ExternalAccounts(MonOpcoDbContext db, UserManager<User> users)
{
    /// <summary>A new account with these roles; null when they are none, unknown, or ask for a company that is not known. Never an administrator.</summary>
    public Task<User?> RegisterAsync(string email, string name, IReadOnlyList<string> roles, string? companySiret, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = companySiret is null ? null : await db.Companies.Where(x => x.Siret == companySiret).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken);
            if (roles.Count == 0 || roles.Any(x => !Roles.All.Contains(x) || x is Roles.SuperAdmin or Roles.Admin or Roles.CompteService) || (companySiret is not null && company is null)
                || (company is null && roles.Intersect(Accounts.TeamRoles).Any()))
            {
                return null;
            }

            var user = new User { Id = Guid.CreateVersion7(now), UserName = email, Email = email, EmailConfirmed = true, DisplayName = name, CompanyId = company, ActivatedAt = now.ToUniversalTime() };
            if (!(await users.CreateAsync(user)).Succeeded || !(await users.AddToRolesAsync(user, roles)).Succeeded)
            {
                throw new RuleBrokenException("account.refused", "Ce compte n’a pas pu être ouvert.");
            }

            db.AuditFact(Accounts.Subject, user.Id, "Registered", new ChangeContext(ActorKind.Human, name, user.Id, now));
            await db.SaveChangesAsync(cancellationToken);
            return (User?)user;
        },
        cancellationToken);

    /// <summary>Remembers who the provider says this is; an invited person is thereby activated, since the provider vouches for the address.</summary>
    public Task<User> LinkAsync(User user, UserLoginInfo login, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (user.IsInvited)
            {
                (user.ActivatedAt, user.EmailConfirmed) = (change.Now, true);
                db.Audit(user, Accounts.Subject, user.Id, null, "Activated", change);
                await users.UpdateAsync(user);
            }

            if (await users.FindByLoginAsync(login.LoginProvider, login.ProviderKey) is null && (await users.AddLoginAsync(user, login)).Succeeded)
            {
                db.AuditFact(Accounts.Subject, user.Id, "ExternalLoginLinked", change);
                await db.SaveChangesAsync(cancellationToken);
            }

            return user;
        },
        cancellationToken);
}
