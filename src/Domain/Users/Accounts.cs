using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>Who acts on accounts, and by which roles: nobody raises himself, and only a Super admin touches a Super admin.</summary>
public sealed record Authority(Guid UserId, IReadOnlyList<string> Roles)
{
    public bool IsSuper => Roles.Contains(Users.Roles.SuperAdmin);

    /// <summary>May this role be given or taken?</summary>
    public bool MayGrant(string role) => IsSuper || role is not (Users.Roles.SuperAdmin or Users.Roles.Admin);

    public IEnumerable<string> Grantable => Users.Roles.All.Where(x => x != Users.Roles.CompteService && MayGrant(x));
}

/// <summary>A person to be invited.</summary>
public sealed record InviteAccount(string Email, string DisplayName, IReadOnlyList<string> Roles, Guid? CompanyId = null, Guid? TrainingBodyId = null);

/// <summary>The life of accounts: invitation, activation, roles, lock, deactivation. Mails go out after the commit, by the caller.</summary>
public sealed class Accounts(MonOpcoDbContext db, UserManager<User> users, MagicLinkService links, SessionService sessions, SecondFactorService secondFactors)
{
    /// <summary>Subject of the audit rows of an account.</summary>
    public const string Subject = "account";

    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    /// <summary>Roles that a company's HR may give to colleagues.</summary>
    public static IReadOnlyList<string> TeamRoles { get; } = [Roles.Entreprise, Roles.Direction, Roles.Manager, Roles.Technicien];

    /// <summary>Makes the account and its invitation. An address that is known is refused: the caller is somebody who sees accounts anyway.</summary>
    public Task<(User User, MagicLink Link)> InviteAsync(InviteAccount invitation, Authority by, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            CheckRoles(invitation.Roles, by, invitation.CompanyId);
            return await CreateAsync(invitation, change, cancellationToken);
        },
        cancellationToken);

    /// <summary>The same by a company's HR, for that company and its roles alone. Null: the address has an account elsewhere, which is not this person's business.</summary>
    public Task<(User User, MagicLink Link)?> InviteColleagueAsync(InviteAccount invitation, Guid companyId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (!await MayInviteAsync(companyId, cancellationToken) || invitation.Roles.Any(x => !TeamRoles.Contains(x)) || invitation.Roles.Count == 0)
            {
                throw new RuleBrokenException("account.team", "Votre entreprise ne peut pas inviter de collègues pour l’instant : écrivez-nous.");
            }

            var key = users.NormalizeEmail(invitation.Email.Trim());
            if (await db.Users.AnyAsync(x => x.NormalizedEmail == key, cancellationToken))
            {
                return ((User, MagicLink)?)null;
            }

            return await CreateAsync(invitation with { CompanyId = companyId, TrainingBodyId = null }, change, cancellationToken);
        },
        cancellationToken);

    public async Task<bool> MayInviteAsync(Guid companyId, CancellationToken cancellationToken) =>
        await db.CompanyAccess.Where(x => x.CompanyId == companyId).Select(x => (bool?)x.MayInvite).SingleOrDefaultAsync(cancellationToken) ?? true;

    public Task SetMayInviteAsync(Guid companyId, bool may, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var row = await db.CompanyAccess.SingleOrDefaultAsync(x => x.CompanyId == companyId, cancellationToken);
            if (row is null)
            {
                db.CompanyAccess.Add(row = new CompanyAccess { CompanyId = companyId });
            }

            row.MayInvite = may;
            db.Audit(row, "company", companyId, null, "InvitationsChanged", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>A new link; the earlier ones open nothing any more.</summary>
    public Task<MagicLink> ResendInvitationAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "InvitationResent", change, cancellationToken,
        async user =>
        {
            Require(user.IsInvited, "account.not-invited", "Ce compte est déjà activé.");
            (user.InvitedAt, user.DeactivatedAt) = (change.Now, null);
            await db.MagicLinks.Where(x => x.Purpose == LinkPurpose.Invitation && x.Subject == user.Id.ToString() && x.UsedAt == null).ExecuteUpdateAsync(x => x.SetProperty(l => l.ExpiresAt, change.Now), cancellationToken);
            return await LinkAsync(user, change, cancellationToken);
        });

    public Task WithdrawInvitationAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "InvitationWithdrawn", change, cancellationToken,
        async user =>
        {
            Require(user.IsInvited, "account.not-invited", "Ce compte est déjà activé.");
            user.DeactivatedAt = change.Now;
            await db.MagicLinks.Where(x => x.Purpose == LinkPurpose.Invitation && x.Subject == user.Id.ToString() && x.UsedAt == null).ExecuteUpdateAsync(x => x.SetProperty(l => l.ExpiresAt, change.Now), cancellationToken);
            return true;
        });

    /// <summary>The account behind an invitation that still opens, or why not.</summary>
    public async Task<(User? User, LinkResult Link)> PeekInvitationAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await links.PeekAsync(token ?? "", LinkPurpose.Invitation, now, cancellationToken);
        var user = Guid.TryParse(found.Link?.Subject, out var id) ? await users.FindByIdAsync(id.ToString()) : null;
        return found.Refusal is null && user is { IsInvited: true, DeactivatedAt: null } ? (user, found) : (null, found.Refusal is null ? new LinkResult(null, LinkRefusal.Unknown, "") : found);
    }

    /// <summary>The invited person opens the account: name, password (or none, when a passkey follows), conditions accepted. Null when the link does not open any more.</summary>
    public Task<User?> ActivateAsync(string token, string displayName, string? password, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await PeekInvitationAsync(token, now, cancellationToken) is not ({ } user, _))
            {
                return null;
            }

            var change = new ChangeContext(ActorKind.Human, displayName.Trim(), user.Id, now);
            if ((await links.UseAsync(token, LinkPurpose.Invitation, change, cancellationToken)).Refusal is not null)
            {
                return null;
            }

            (user.DisplayName, user.ActivatedAt, user.EmailConfirmed) = (displayName.Trim(), change.Now, true);
            db.Audit(user, Subject, user.Id, null, "Activated", change);
            Succeed(password is null ? await users.UpdateAsync(user) : await users.AddPasswordAsync(user, password));
            return (User?)user;
        },
        cancellationToken);

    /// <summary>Exactly these roles from now on; open sessions read them at their next request.</summary>
    public Task ChangeRolesAsync(Guid id, IReadOnlyList<string> roles, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, null, change, cancellationToken,
        async user =>
        {
            var before = await RolesOfAsync(id, cancellationToken);
            var (added, removed) = (roles.Except(before).ToList(), before.Except(roles).ToList());
            if (added.Count + removed.Count == 0)
            {
                return false;
            }

            Require(id != by.UserId, "account.self", "Personne ne change ses propres rôles : demandez à un autre administrateur.");
            Require(!user.IsService, "account.service", "Un compte de service n’a pas d’autre rôle.");
            CheckRoles([.. added, .. roles.Where(before.Contains)], by, user.CompanyId, added);
            Require(removed.All(by.MayGrant), "account.grant", "Seul un super-administrateur retire ce rôle.");
            if (removed.Contains(Roles.SuperAdmin))
            {
                await RequireAnotherSuperAsync(id, cancellationToken);
            }

            user.ClaimsVersion++;
            db.AuditFact(Subject, id, "RolesChanged", change, new JsonObject { ["added"] = new JsonArray([.. added.Select(x => (JsonNode)x)]), ["removed"] = new JsonArray([.. removed.Select(x => (JsonNode)x)]) });
            Succeed(await users.AddToRolesAsync(user, added));
            Succeed(await users.RemoveFromRolesAsync(user, removed));
            return true;
        });

    /// <summary>No more entry, by any way; open sessions and keys end now.</summary>
    public Task DeactivateAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "Deactivated", change, cancellationToken,
        async user =>
        {
            Require(id != by.UserId, "account.self", "Vous ne pouvez pas désactiver votre propre compte.");
            await RequireAnotherSuperAsync(id, cancellationToken);
            user.DeactivatedAt ??= change.Now;
            await sessions.EndAllAsync(id, SessionEnd.Deactivated, change, cancellationToken);
            return true;
        });

    public Task ReactivateAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "Reactivated", change, cancellationToken,
        user =>
        {
            (user.DeactivatedAt, user.LockoutEnd, user.AccessFailedCount) = (null, null, 0);
            return Task.FromResult(true);
        });

    public Task UnlockAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "Unlocked", change, cancellationToken,
        user =>
        {
            (user.LockoutEnd, user.AccessFailedCount) = (null, 0);
            return Task.FromResult(true);
        });

    /// <summary>The next sign-in leads to a new password; open sessions are led there at their next request.</summary>
    public Task RequireNewPasswordAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "PasswordChangeRequired", change, cancellationToken,
        user =>
        {
            Require(!user.IsInvited && !user.IsService && user.PasswordHash is not null, "account.no-password", "Ce compte n’a pas de mot de passe.");
            user.MustChangePassword = true;
            return Task.FromResult(true);
        });

    /// <summary>For a person who lost telephone and codes: authenticator, codes and passkeys go, sessions end.</summary>
    public Task ResetSecondFactorAsync(Guid id, Authority by, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, by, "SecondFactorReset", change, cancellationToken,
        async user =>
        {
            Require(id != by.UserId, "account.self", "Personne ne réinitialise son propre second facteur : demandez à un autre administrateur.");
            Require(!string.IsNullOrWhiteSpace(change.Reason), "account.reason", "Indiquez le motif : comment vous êtes-vous assuré de l’identité de la personne ?");
            await secondFactors.RemoveAsync(id, keepPasskeys: false, change, cancellationToken);
            await sessions.EndAllAsync(id, SessionEnd.SecondFactorReset, change, cancellationToken);
            return true;
        });

    /// <summary>A new password by its owner; every other session ends, links and locks too.</summary>
    public Task<IdentityResult> SetPasswordAsync(User user, string password, ChangeContext change, CancellationToken cancellationToken, Guid? keepSession = null) => db.InTransactionAsync(
        async () =>
        {
            foreach (var validator in users.PasswordValidators)
            {
                if (await validator.ValidateAsync(users, user, password) is { Succeeded: false } refused)
                {
                    return refused;
                }
            }

            (user.MustChangePassword, user.LockoutEnd, user.AccessFailedCount) = (false, null, 0);
            db.Audit(user, Subject, user.Id, null, "PasswordChanged", change);
            if (user.PasswordHash is not null)
            {
                Succeed(await users.RemovePasswordAsync(user));
            }

            Succeed(await users.AddPasswordAsync(user, password));
            await sessions.EndAllAsync(user.Id, SessionEnd.PasswordChanged, change, cancellationToken, keepSession);
            return IdentityResult.Success;
        },
        cancellationToken);

    public async Task<List<string>> RolesOfAsync(Guid id, CancellationToken cancellationToken) =>
        await db.UserRoles.Where(x => x.UserId == id).Join(db.Roles, x => x.RoleId, x => x.Id, (_, role) => role.Name!).OrderBy(x => x).ToListAsync(cancellationToken);

    /// <summary>Living Super admins other than this one.</summary>
    public Task<bool> HasAnotherSuperAsync(Guid id, CancellationToken cancellationToken) => db.UserRoles
        .Join(db.Roles.Where(x => x.Name == Roles.SuperAdmin), x => x.RoleId, x => x.Id, (x, _) => x.UserId)
        .Join(db.Users, x => x, x => x.Id, (_, user) => user)
        .AnyAsync(x => x.Id != id && x.DeactivatedAt == null && (x.InvitedAt == null || x.ActivatedAt != null), cancellationToken);

#pragma warning disable CA1068 // What is done stands last: it reads as a block.
    private async Task<T> ChangeAsync<T>(Guid id, Authority by, string? action, ChangeContext change, CancellationToken cancellationToken, Func<User, Task<T>> act) => await db.InTransactionAsync(
#pragma warning restore CA1068
        async () =>
        {
            // One at a time: two administrators who remove each other must not both succeed.
            await db.LockAsync("accounts", cancellationToken);
            var user = await db.Users.SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw new RuleBrokenException("account.unknown", "Ce compte n’existe pas.");
            await db.Entry(user).ReloadAsync(cancellationToken);
            var roles = await RolesOfAsync(id, cancellationToken);
            Require(by.IsSuper || !roles.Contains(Roles.SuperAdmin), "account.super", "Seul un super-administrateur agit sur le compte d’un super-administrateur.");
            Require(by.IsSuper || id == by.UserId || !roles.Contains(Roles.Admin), "account.admin", "Seul un super-administrateur agit sur le compte d’un autre administrateur.");
            var result = await act(user);
            if (action is not null && !db.Audit(user, Subject, id, null, action, change))
            {
                // What it changed was saved on the way (sessions ended, factors removed).
                db.AuditFact(Subject, id, action, change);
            }

            user.ConcurrencyStamp = Guid.NewGuid().ToString();
            await db.SaveChangesAsync(cancellationToken);
            return result;
        },
        cancellationToken);

    private async Task<(User User, MagicLink Link)> CreateAsync(InviteAccount invitation, ChangeContext change, CancellationToken cancellationToken)
    {
        var email = invitation.Email.Trim();
        var user = new User
        {
            Id = Guid.CreateVersion7(change.Now),
            UserName = email,
            Email = email,
            DisplayName = invitation.DisplayName.Trim(),
            InvitedAt = change.Now,
            CompanyId = invitation.CompanyId,
            TrainingBodyId = invitation.TrainingBodyId,
        };
        if (await users.CreateAsync(user) is { Succeeded: false } refused)
        {
            throw new RuleBrokenException("account.email", refused.Errors.First().Description);
        }

        Succeed(await users.AddToRolesAsync(user, invitation.Roles));
        db.AuditFact(Subject, user.Id, "Invited", change, new JsonObject { ["roles"] = new JsonArray([.. invitation.Roles.Select(x => (JsonNode)x)]) });
        return (user, await LinkAsync(user, change, cancellationToken));
    }

    private async Task<MagicLink> LinkAsync(User user, ChangeContext change, CancellationToken cancellationToken) =>
        (await links.CreateAsync(LinkPurpose.Invitation, user.Email!, InvitationLifetime, change, cancellationToken, user.Id.ToString(), new JsonObject { ["par"] = change.ActorName })).Link;

    private static void CheckRoles(IReadOnlyList<string> roles, Authority by, Guid? companyId, IReadOnlyList<string>? added = null)
    {
        Require(roles.Count > 0, "account.roles", "Choisissez au moins un rôle.");
        Require(roles.All(Roles.All.Contains) && !roles.Contains(Roles.CompteService), "account.roles", "Ce rôle n’existe pas.");
        Require((added ?? roles).All(by.MayGrant), "account.grant", "Seul un super-administrateur donne ce rôle.");
        Require(!roles.Intersect(TeamRoles).Any() || companyId is not null, "account.company", "Indiquez l’entreprise que cette personne représente.");
        Require(!(roles.Any(Roles.Portal.Contains) && roles.Any(x => !Roles.Portal.Contains(x))), "account.mixed", "Un compte est de la console ou d’un espace, pas des deux : les données d’un client ne se mêlent pas à celles de tous.");
    }

    private async Task RequireAnotherSuperAsync(Guid id, CancellationToken cancellationToken)
    {
        if ((await RolesOfAsync(id, cancellationToken)).Contains(Roles.SuperAdmin))
        {
            Require(await HasAnotherSuperAsync(id, cancellationToken), "account.last-super", "C’est le dernier super-administrateur : nommez-en d’abord un autre.");
        }
    }

    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
        {
            throw new RuleBrokenException(code, message);
        }
    }

    private static void Succeed(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new RuleBrokenException("account.refused", string.Join(' ', result.Errors.Select(x => x.Description)));
        }
    }
}
