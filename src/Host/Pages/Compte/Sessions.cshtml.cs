using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>One's own open sessions.</summary>
public sealed class SessionsModel(UserManager<User> users, SessionService sessions, TimeProvider clock) : AccountPage(users)
{
    public IReadOnlyList<UserSession> Open { get; private set; } = [];

    public Guid? Mine => HttpContext.OpenSession()?.Id;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Open = await sessions.OpenOnesAsync(Account.Id, clock.GetUtcNow(), cancellationToken);
        Open = [.. Open.OrderByDescending(x => x.Id == Mine)];
    }

    public async Task<IActionResult> OnPostFermerAsync(Guid session, CancellationToken cancellationToken)
    {
        // Somebody else's session does not exist here.
        if (!await sessions.EndAsync(session, Account.Id, SessionEnd.EndedByOwner, User.Change(clock.GetUtcNow()), cancellationToken))
        {
            return NotFound();
        }

        this.Flash("success", "La session est fermée.");
        return LocalRedirect("/mon-compte/sessions");
    }

    public async Task<IActionResult> OnPostAutresAsync(CancellationToken cancellationToken)
    {
        var ended = await sessions.EndAllAsync(Account.Id, SessionEnd.EndedByOwner, User.Change(clock.GetUtcNow()), cancellationToken, Mine);
        this.Flash("success", ended == 0 ? "Aucune autre session n’était ouverte." : $"{Fr.Plural(ended, "autre session fermée", "autres sessions fermées")}.");
        return LocalRedirect("/mon-compte/sessions");
    }
}
