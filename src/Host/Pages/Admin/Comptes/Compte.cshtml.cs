using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>The sheet of an account: state, roles, sessions, history, and what an administrator does to it.</summary>
[Authorize(Policies.Administration)]
public sealed class CompteModel(Accounts accounts, AccountMails mails, SessionService sessions, SecondFactorService secondFactors, MonOpcoDbContext db, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public User Account { get; private set; } = null!;

    public IReadOnlyList<string> Roles { get; private set; } = [];

    public Company? Company { get; private set; }

    public bool CompanyMayInvite { get; private set; }

    public IReadOnlyList<UserSession> Sessions { get; private set; } = [];

    public IReadOnlyList<TimelineItem> History { get; private set; } = [];

    public int Passkeys { get; private set; }

    public int CodesLeft { get; private set; }

    public AccountState State => Account.State(clock.GetUtcNow());

    public bool IsMe => Id == User.Id();

    /// <summary>May this administrator act on this account at all?</summary>
    public bool MayAct => User.Authority().IsSuper || IsMe || !Roles.Any(x => x is Domain.Users.Roles.SuperAdmin or Domain.Users.Roles.Admin);

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(x => x.Id == Id && !x.IsService) is not { } user)
        {
            context.Result = NotFound();
            return;
        }

        Account = user;
        await next();
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Roles = await accounts.RolesOfAsync(Id, cancellationToken);
        Company = Account.CompanyId is { } companyId ? await db.Companies.AsNoTracking().SingleAsync(x => x.Id == companyId, cancellationToken) : null;
        CompanyMayInvite = Company is not null && await accounts.MayInviteAsync(Company.Id, cancellationToken);
        Sessions = await sessions.OpenOnesAsync(Id, clock.GetUtcNow(), cancellationToken);
        Passkeys = await db.UserPasskeys.CountAsync(x => x.UserId == Id, cancellationToken);
        CodesLeft = await secondFactors.CodesLeftAsync(Id, cancellationToken);
        var subject = Id.ToString();
        var entries = await db.AuditEntries.AsNoTracking().Where(x => x.Subject == Accounts.Subject && x.SubjectId == subject).OrderByDescending(x => x.Id).Take(60).ToListAsync(cancellationToken);
        History = [.. entries.Select(Item)];
    }

    public Task<IActionResult> OnPostRenvoyerAsync(CancellationToken cancellationToken) => ActAsync(
        async change =>
        {
            var link = await accounts.ResendInvitationAsync(Id, User.Authority(), change, cancellationToken);
            await mails.SendInvitationAsync(Account, link, cancellationToken);
        },
        $"Une nouvelle invitation est envoyée à {Account.Email}. La précédente ne fonctionne plus.");

    public Task<IActionResult> OnPostRetirerAsync(CancellationToken cancellationToken) =>
        ActAsync(change => accounts.WithdrawInvitationAsync(Id, User.Authority(), change, cancellationToken), "L’invitation est retirée : son lien ne fonctionne plus.");

    public Task<IActionResult> OnPostDesactiverAsync(string? motif, CancellationToken cancellationToken) =>
        ActAsync(change => accounts.DeactivateAsync(Id, User.Authority(), change, cancellationToken), "Le compte est désactivé ; ses sessions sont fermées et ses clés d’API refusées.", motif);

    public Task<IActionResult> OnPostReactiverAsync(CancellationToken cancellationToken) => ActAsync(change => accounts.ReactivateAsync(Id, User.Authority(), change, cancellationToken), "Le compte est réactivé.");

    public Task<IActionResult> OnPostDebloquerAsync(CancellationToken cancellationToken) => ActAsync(change => accounts.UnlockAsync(Id, User.Authority(), change, cancellationToken), "Le compte est débloqué.");

    public Task<IActionResult> OnPostExigerAsync(CancellationToken cancellationToken) =>
        ActAsync(change => accounts.RequireNewPasswordAsync(Id, User.Authority(), change, cancellationToken), "Un nouveau mot de passe sera demandé, aussi dans les sessions ouvertes.");

    public Task<IActionResult> OnPostMotDePasseAsync(CancellationToken cancellationToken) => ActAsync(
        async _ =>
        {
            if (!Account.MayEnter)
            {
                throw new RuleBrokenException("account.closed", "Ce compte n’est pas actif.");
            }

            await mails.SendResetAsync(Account, cancellationToken);
        },
        $"Un lien pour choisir un nouveau mot de passe est envoyé à {Account.Email}.");

    public Task<IActionResult> OnPostSessionAsync(Guid session, CancellationToken cancellationToken) => ActAsync(
        async change =>
        {
            await RequireMayActAsync(cancellationToken);
            await sessions.EndAsync(session, Id, SessionEnd.EndedByAdministrator, change, cancellationToken);
        },
        "La session est fermée.");

    public Task<IActionResult> OnPostSessionsAsync(CancellationToken cancellationToken) => ActAsync(
        async change =>
        {
            await RequireMayActAsync(cancellationToken);
            await sessions.EndAllAsync(Id, SessionEnd.EndedByAdministrator, change, cancellationToken, HttpContext.OpenSession()?.Id);
        },
        "Les sessions de ce compte sont fermées.");

    public Task<IActionResult> OnPostEquipeAsync(bool permis, CancellationToken cancellationToken) => ActAsync(
        async change =>
        {
            if (Account.CompanyId is { } companyId)
            {
                await accounts.SetMayInviteAsync(companyId, permis, change, cancellationToken);
            }
        },
        permis ? "L’entreprise peut inviter ses collègues." : "L’entreprise ne peut plus inviter ses collègues.");

    private async Task<IActionResult> ActAsync(Func<ChangeContext, Task> act, string done, string? reason = null)
    {
        try
        {
            await act(User.Change(clock.GetUtcNow(), string.IsNullOrWhiteSpace(reason) ? null : reason.Trim()[..Math.Min(reason.Trim().Length, 500)]));
            this.Flash("success", done);
        }
        catch (RuleBrokenException broken)
        {
            this.Flash("danger", broken.Message);
        }

        return LocalRedirect($"~/admin/comptes/{Id}");
    }

    private async Task RequireMayActAsync(CancellationToken cancellationToken)
    {
        Roles = await accounts.RolesOfAsync(Id, cancellationToken);
        if (!MayAct)
        {
            throw new RuleBrokenException("account.super", "Seul un super-administrateur agit sur le compte d’un administrateur.");
        }
    }

    private static TimelineItem Item(AuditEntry entry)
    {
        var (title, tone, icon) = AccountLook.Event(entry.Action);
        var values = entry.NewValues;
        string? Words(string key) => values?[key]?.AsArray() is { Count: > 0 } roles ? string.Join(", ", roles.Select(x => Domain.Users.Roles.Label((string)x!))) : null;
        var text = entry.Action switch
        {
            "SignedIn" => $"{values?["device"]}, {values?["network"]}, par {(Enum.TryParse<SignInMethod>((string?)values?["method"], out var method) ? AccountLook.Label(method) : "un moyen inconnu")}",
            "RolesChanged" => string.Join(" ; ", new[] { Words("added") is { } added ? $"donnés : {added}" : null, Words("removed") is { } removed ? $"retirés : {removed}" : null }.Where(x => x is not null)),
            "Invited" => Words("roles"),
            _ => null,
        };
        return new TimelineItem(entry.At, title, entry.Actor, entry.ActorKind == ActorKind.System, tone, icon, string.Join(" · ", new[] { text, entry.Reason }.Where(x => !string.IsNullOrEmpty(x))) is { Length: > 0 } all ? all : null);
    }
}
