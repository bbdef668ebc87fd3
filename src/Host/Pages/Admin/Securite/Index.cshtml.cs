using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Securite;

/// <summary>One address from which people tried in vain.</summary>
public sealed record OriginLine(string Address, int Failures, int Targets, DateTimeOffset Last);

/// <summary>A try as the list shows it.</summary>
public sealed record AttemptLine(DateTimeOffset At, AttemptKind Kind, AttemptOutcome Outcome, string Address, Guid? UserId, string? Name);

/// <summary>Who tries to get in and does not: tries, locked accounts, addresses held back; and which roles must have a second factor.</summary>
[Authorize(Policies.Administration)]
public sealed class IndexModel(MonOpcoDbContext db, SignInGuard guard, Accounts accounts, SecondFactorRules rules, IOptions<SignInSettings> settings, TimeProvider clock) : PageModel
{
    private static readonly AttemptOutcome[] Failed = [AttemptOutcome.Wrong, AttemptOutcome.Unknown, AttemptOutcome.Refused, AttemptOutcome.Held];

    public IReadOnlyList<AddressHold> Holds { get; private set; } = [];

    public IReadOnlyList<User> Locked { get; private set; } = [];

    public IReadOnlyList<OriginLine> Origins { get; private set; } = [];

    public IReadOnlyList<AttemptLine> Attempts { get; private set; } = [];

    public int Successes { get; private set; }

    public int Failures { get; private set; }

    public IReadOnlyList<string> Required { get; private set; } = [];

    /// <summary>Roles whose people reach no page without it, and how many have none yet.</summary>
    public int WithoutSecondFactor { get; private set; }

    public SignInSettings Settings => settings.Value;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUniversalTime();
        var day = now.AddDays(-1);
        Holds = await db.AddressHolds.AsNoTracking().Where(x => x.Until > now && x.ReleasedAt == null).OrderByDescending(x => x.Since).ToListAsync(cancellationToken);
        Locked = await db.Users.AsNoTracking().Where(x => x.LockoutEnd > now && x.DeactivatedAt == null).OrderBy(x => x.DisplayName).Take(200).ToListAsync(cancellationToken);
        var recent = db.SignInAttempts.AsNoTracking().Where(x => x.At > day);
        Successes = await recent.CountAsync(x => x.Outcome == AttemptOutcome.Success && x.Kind != AttemptKind.SecondFactor, cancellationToken);
        Failures = await recent.CountAsync(x => Failed.Contains(x.Outcome), cancellationToken);
        Origins = [.. (await recent.Where(x => Failed.Contains(x.Outcome)).GroupBy(x => x.Address)
            .Select(x => new { Address = x.Key, Count = x.Count(), People = x.Where(a => a.UserId != null).Select(a => a.UserId).Distinct().Count(), Unknown = x.Where(a => a.EmailHash != null).Select(a => a.EmailHash).Distinct().Count(), Last = x.Max(a => a.At) })
            .OrderByDescending(x => x.Count).Take(10).ToListAsync(cancellationToken)).Select(x => new OriginLine(x.Address, x.Count, x.People + x.Unknown, x.Last))];
        Attempts = await recent.Where(x => Failed.Contains(x.Outcome)).OrderByDescending(x => x.Id).Take(50)
            .Select(x => new AttemptLine(x.At, x.Kind, x.Outcome, x.Address, x.UserId, db.Users.Where(u => u.Id == x.UserId).Select(u => u.DisplayName).FirstOrDefault())).ToListAsync(cancellationToken);
        Required = await rules.RequiredForAsync(cancellationToken);
        WithoutSecondFactor = await db.Users.CountAsync(
            x => x.DeactivatedAt == null && !x.TwoFactorEnabled && !x.IsService && !db.UserPasskeys.Any(k => k.UserId == x.Id) && db.UserRoles.Any(r => r.UserId == x.Id && db.Roles.Any(role => role.Id == r.RoleId && Required.Contains(role.Name!))),
            cancellationToken);
    }

    public async Task<IActionResult> OnPostLibererAsync(Guid id, CancellationToken cancellationToken)
    {
        this.Flash("success", await guard.ReleaseAsync(id, User.Change(clock.GetUtcNow()), cancellationToken) ? "L’adresse peut de nouveau essayer." : "Cette retenue était déjà levée.");
        return LocalRedirect("/admin/securite");
    }

    public async Task<IActionResult> OnPostDebloquerAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await accounts.UnlockAsync(id, User.Authority(), User.Change(clock.GetUtcNow()), cancellationToken);
            this.Flash("success", "Le compte est débloqué.");
        }
        catch (RuleBrokenException broken)
        {
            this.Flash("danger", broken.Message);
        }

        return LocalRedirect("/admin/securite");
    }

    /// <summary>Only a Super admin says for whom a second factor is compulsory.</summary>
    public async Task<IActionResult> OnPostRolesAsync(List<string> roles, CancellationToken cancellationToken)
    {
        if (!User.IsInRole(Roles.SuperAdmin))
        {
            return NotFound();
        }

        if (!StepUp.IsFresh(HttpContext, 2))
        {
            return LocalRedirect(StepUp.Path(Request));
        }

        await rules.SetAsync(roles, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", "Enregistré. Les personnes concernées sont menées à l’association d’un second facteur à leur prochaine page.");
        return LocalRedirect("/admin/securite");
    }

    public static string Label(AttemptKind kind) => kind switch
    {
        AttemptKind.Password => "Mot de passe",
        AttemptKind.SecondFactor => "Second facteur",
        AttemptKind.Link => "Lien de connexion",
        AttemptKind.Passkey => "Clé d’accès",
        AttemptKind.OpenIdConnect => "Compte de l’entreprise",
        AttemptKind.PasswordReset => "Mot de passe oublié",
        AttemptKind.ApiKey => "Clé d’API",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Label(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Success => "réussi",
        AttemptOutcome.Wrong => "faux",
        AttemptOutcome.Unknown => "inconnu",
        AttemptOutcome.Refused => "compte fermé ou bloqué",
        AttemptOutcome.Held => "adresse retenue",
        AttemptOutcome.Asked => "demandé",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
