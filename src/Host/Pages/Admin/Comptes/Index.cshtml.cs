using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>One line of the list.</summary>
public sealed record AccountLine(Guid Id, string Name, string? Email, string? Company, IReadOnlyList<string> Roles, AccountState State, DateTimeOffset? LastSignInAt, bool HasAuthenticator, int Passkeys);

/// <summary>Every person's account; the address is the state of the list.</summary>
[Authorize(Policies.Administration)]
public sealed class IndexModel(MonOpcoDbContext db, TimeProvider clock) : PageModel
{
    private const int PageSize = 50;

    public static IReadOnlyList<(AccountState Value, string Label)> States { get; } = [.. Enum.GetValues<AccountState>().Select(x => (x, AccountLook.Of(x).Label))];

    [BindProperty(SupportsGet = true), FromQuery(Name = "recherche")]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true), FromQuery(Name = "role")]
    public string? Role { get; set; }

    [BindProperty(SupportsGet = true), FromQuery(Name = "etat")]
    public string? Etat { get; set; }

    [BindProperty(SupportsGet = true), FromQuery(Name = "second")]
    public string? Second { get; set; }

    [BindProperty(SupportsGet = true, Name = "p")]
    public int Number { get; set; } = 1;

    public IReadOnlyList<AccountLine> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public bool IsFiltered => new[] { Recherche, Role, Etat, Second }.Any(x => !string.IsNullOrWhiteSpace(x));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Number = Math.Max(1, Number);
        var now = clock.GetUtcNow().ToUniversalTime();
        var found = Filter(db.Users.AsNoTracking().Where(x => !x.IsService), now);
        var total = await found.CountAsync(cancellationToken);
        var page = await found.OrderBy(x => x.DisplayName).ThenBy(x => x.Id).Skip((Number - 1) * PageSize).Take(PageSize)
            .Select(x => new
            {
                User = x,
                Company = db.Companies.Where(c => c.Id == x.CompanyId).Select(c => c.Name).FirstOrDefault(),
                Roles = db.UserRoles.Where(r => r.UserId == x.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!).ToList(),
                Passkeys = db.UserPasskeys.Count(k => k.UserId == x.Id),
            })
            .ToListAsync(cancellationToken);
        Rows = [.. page.Select(x => new AccountLine(x.User.Id, x.User.DisplayName, x.User.Email, x.Company, x.Roles, x.User.State(now), x.User.LastSignInAt, x.User.TwoFactorEnabled, x.Passkeys))];
        Pager = new Pager(Number, (total + PageSize - 1) / PageSize, total, "compte", "comptes", number =>
            QueryHelpers.AddQueryString("/admin/comptes", new Dictionary<string, string?> { ["recherche"] = Recherche, ["role"] = Role, ["etat"] = Etat, ["second"] = Second, ["p"] = $"{number}" }.Where(x => !string.IsNullOrEmpty(x.Value))));
    }

    private IQueryable<User> Filter(IQueryable<User> all, DateTimeOffset now)
    {
        if (Recherche?.Trim() is { Length: > 0 } text)
        {
            var pattern = $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
            all = all.Where(x => EF.Functions.ILike(x.DisplayName, pattern) || EF.Functions.ILike(x.Email!, pattern) || db.Companies.Any(c => c.Id == x.CompanyId && EF.Functions.ILike(c.Name, pattern)));
        }

        if (Roles.All.Contains(Role ?? ""))
        {
            all = all.Where(x => db.UserRoles.Any(r => r.UserId == x.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == Role)));
        }

        all = Etat switch
        {
            nameof(AccountState.Invited) => all.Where(x => x.DeactivatedAt == null && x.InvitedAt != null && x.ActivatedAt == null),
            nameof(AccountState.Deactivated) => all.Where(x => x.DeactivatedAt != null),
            nameof(AccountState.Locked) => all.Where(x => x.DeactivatedAt == null && x.LockoutEnd > now && (x.InvitedAt == null || x.ActivatedAt != null)),
            nameof(AccountState.Active) => all.Where(x => x.DeactivatedAt == null && (x.LockoutEnd == null || x.LockoutEnd <= now) && (x.InvitedAt == null || x.ActivatedAt != null)),
            _ => all,
        };
        return Second switch
        {
            "oui" => all.Where(x => x.TwoFactorEnabled || db.UserPasskeys.Any(k => k.UserId == x.Id)),
            "non" => all.Where(x => !x.TwoFactorEnabled && !db.UserPasskeys.Any(k => k.UserId == x.Id)),
            _ => all,
        };
    }
}
