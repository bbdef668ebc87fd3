using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>One's own passkeys: make, rename, remove.</summary>
[DuringEnrolment, StepUp]
public sealed class ClesAccesModel(UserManager<User> users, Passkeys passkeys, SessionService sessions, SecondFactorService secondFactors, SecondFactorRules rules, Profiles profiles, AccountMails mails, TimeProvider clock) : AccountPage(users)
{
    private const string Path = "/mon-compte/cles-acces";

    [BindProperty, Display(Name = "Nom de la clé"), StringLength(60)]
    public string? Nom { get; set; }

    public IReadOnlyList<PasskeyLine> Keys { get; private set; } = [];

    public bool IsGate => HttpContext.OpenSession()?.NeedsSecondFactor == true;

    public async Task OnGetAsync()
    {
        Nom = Device.Of(Request);
        Keys = await passkeys.ListAsync(Account);
    }

    public async Task<IActionResult> OnPostCreerAsync(string? cle, CancellationToken cancellationToken)
    {
        var gate = IsGate;
        var name = string.IsNullOrWhiteSpace(Nom) ? Device.Of(Request) : Nom.Trim();
        var refusal = !ModelState.IsValid ? null : string.IsNullOrEmpty(cle) ? "Votre navigateur n’a rien donné. Recommencez." : await passkeys.AddAsync(Account, cle, name);
        if (refusal is not null || !ModelState.IsValid)
        {
            ModelState.AddModelError(nameof(Nom), refusal ?? "Ce nom est trop long.");
            Keys = await passkeys.ListAsync(Account);
            return this.Invalid();
        }

        var change = User.Change(clock.GetUtcNow());
        await profiles.NotePasskeyAsync(Account.Id, true, change, cancellationToken);
        if (HttpContext.OpenSession() is { } session)
        {
            // Made with the owner verified by the device: as good as having signed in with it.
            await sessions.StrengthenAsync(session.Id, Account.Id, "Passkey", change, cancellationToken);
        }

        await mails.SendNoticeAsync(Account, "Une clé d’accès est ajoutée à votre compte", $"La clé d’accès « {name} » ouvre désormais votre compte MonOPCO.", cancellationToken);
        this.Flash("success", $"La clé d’accès « {name} » est prête : à la prochaine connexion, choisissez « Utiliser une clé d’accès ».");
        return LocalRedirect(gate ? User.Home() : Path);
    }

    public async Task<IActionResult> OnPostRenommerAsync(string id, string? nouveau)
    {
        if (string.IsNullOrWhiteSpace(nouveau) || nouveau.Trim().Length > 60)
        {
            this.Flash("danger", "Donnez un nom de 60 caractères au plus.");
            return LocalRedirect(Path);
        }

        if (!await passkeys.RenameAsync(Account, id, nouveau.Trim()))
        {
            return NotFound();
        }

        this.Flash("success", "La clé d’accès est renommée.");
        return LocalRedirect(Path);
    }

    public async Task<IActionResult> OnPostRetirerAsync(string id, CancellationToken cancellationToken)
    {
        Keys = await passkeys.ListAsync(Account);
        if (Keys.Count == 1 && !await secondFactors.HasAuthenticatorAsync(Account.Id, cancellationToken) && await rules.IsRequiredAsync(Account.Id, cancellationToken))
        {
            this.Flash("danger", "Votre rôle demande un second facteur : ajoutez-en un autre avant de retirer cette clé.");
            return LocalRedirect(Path);
        }

        if (!await passkeys.RemoveAsync(Account, id))
        {
            return NotFound();
        }

        await profiles.NotePasskeyAsync(Account.Id, false, User.Change(clock.GetUtcNow()), cancellationToken);
        await mails.SendNoticeAsync(Account, "Une clé d’accès est retirée de votre compte", "Elle n’ouvre plus votre compte MonOPCO.", cancellationToken);
        this.Flash("success", "La clé d’accès est retirée. Effacez-la aussi de votre appareil.");
        return LocalRedirect(Path);
    }
}
