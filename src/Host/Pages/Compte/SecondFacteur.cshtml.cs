using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using QRCoder;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>Sets up the authenticator application; recovery codes are shown once, in the answer that makes them.</summary>
[DuringEnrolment, StepUp]
public sealed class SecondFacteurModel(UserManager<User> users, SecondFactorService secondFactors, SessionService sessions, AccountMails mails, SecondFactorRules rules, TimeProvider clock) : AccountPage(users)
{
    [BindProperty, Display(Name = "Code affiché par l’application"), StringLength(20)]
    public string? Code { get; set; }

    public bool IsSet { get; private set; }

    public bool IsRequired { get; private set; }

    public int CodesLeft { get; private set; }

    /// <summary>Nothing else is open before.</summary>
    public bool IsGate => HttpContext.OpenSession()?.NeedsSecondFactor == true;

    public string Secret { get; private set; } = "";

    public string Qr { get; private set; } = "";

    /// <summary>Shown once.</summary>
    public IReadOnlyList<string> NewCodes { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var change = User.Change(clock.GetUtcNow());
        if (await secondFactors.ConfirmAsync(Account.Id, Code ?? "", change, cancellationToken) is not { } codes)
        {
            await LoadAsync(cancellationToken);
            ModelState.AddModelError(nameof(Code), IsSet ? "Une application est déjà associée." : "Ce code n’est pas le bon. Vérifiez l’heure de votre téléphone et tapez le code affiché maintenant.");
            return this.Invalid();
        }

        if (HttpContext.OpenSession() is { } session)
        {
            await sessions.StrengthenAsync(session.Id, Account.Id, "Authenticator", change, cancellationToken);
        }

        await mails.SendNoticeAsync(Account, "Une application d’authentification est associée à votre compte", "Votre compte MonOPCO demandera désormais un code à chaque connexion.", cancellationToken);
        await LoadAsync(cancellationToken);
        NewCodes = codes;
        return Page();
    }

    public async Task<IActionResult> OnPostCodesAsync(CancellationToken cancellationToken)
    {
        if (!await secondFactors.HasAuthenticatorAsync(Account.Id, cancellationToken))
        {
            return LocalRedirect("/mon-compte/second-facteur");
        }

        NewCodes = await secondFactors.RenewCodesAsync(Account.Id, User.Change(clock.GetUtcNow()), cancellationToken);
        await LoadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostRetirerAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (IsRequired && (await Users.GetPasskeysAsync(Account)).Count == 0)
        {
            this.Flash("danger", "Votre rôle demande un second facteur : ajoutez d’abord une clé d’accès, ou associez une autre application.");
            return LocalRedirect("/mon-compte/second-facteur");
        }

        await secondFactors.RemoveAsync(Account.Id, keepPasskeys: true, User.Change(clock.GetUtcNow()), cancellationToken);
        await mails.SendNoticeAsync(Account, "Votre application d’authentification est retirée", "L’application et les codes de secours de votre compte MonOPCO ne servent plus.", cancellationToken);
        this.Flash("success", "L’application et les codes de secours sont retirés.");
        return LocalRedirect("/mon-compte/second-facteur");
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        IsSet = await secondFactors.HasAuthenticatorAsync(Account.Id, cancellationToken);
        IsRequired = await rules.IsRequiredAsync(Account.Id, cancellationToken);
        CodesLeft = await secondFactors.CodesLeftAsync(Account.Id, cancellationToken);
        if (!IsSet)
        {
            var secret = await secondFactors.BeginAsync(Account.Id, clock.GetUtcNow(), cancellationToken);
            Secret = Totp.Shown(secret);
            using var data = QRCodeGenerator.GenerateQrCode(Totp.Uri(secret, "MonOPCO", Account.Email ?? Account.DisplayName), QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            Qr = svg.GetGraphic(new System.Drawing.Size(208, 208), "#000", "#fff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
        }
    }
}
