using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Activities.Signature;
using MonOPCO.Domain.Signatures;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Signature;

/// <summary>Read, ask for a code, sign or refuse; no account, the personal link is the key.</summary>
[AllowAnonymous, EnableRateLimiting(FrontLimits.Sign)]
public sealed class IndexModel(SignPage sign, SigningDesk desk) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    [BindProperty]
    public bool Consent { get; set; }

    [BindProperty, Display(Name = "Code reçu par courriel"), StringLength(20)]
    public string? Code { get; set; }

    /// <summary>The document that was on screen when the button was pressed.</summary>
    [BindProperty]
    public string? Sha256 { get; set; }

    [BindProperty, Display(Name = "Pourquoi refusez-vous ?"), StringLength(1_000)]
    public string? Reason { get; set; }

    public SignPage Sign => sign;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await sign.LoadAsync(Token, cancellationToken) ? Shown() : Unknown();

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken cancellationToken)
    {
        if (!await sign.LoadAsync(Token, cancellationToken))
        {
            return Unknown();
        }

        ModelState.Clear();
        try
        {
            await desk.SendCodeAsync(sign.Signer.Id, sign.Change(), cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            return await RefusedAsync(broken, nameof(Code), cancellationToken);
        }

        this.Flash("success", $"Un code vient d’être envoyé à {sign.Signer.Email}. Il est valable dix minutes.");
        return Here("#signer");
    }

    public async Task<IActionResult> OnPostSignerAsync(CancellationToken cancellationToken)
    {
        if (!await sign.LoadAsync(Token, cancellationToken))
        {
            return Unknown();
        }

        if (sign.Refusal is not null)
        {
            return Shown();
        }

        ModelState.Clear();
        if (!Consent)
        {
            ModelState.AddModelError(nameof(Consent), "Cochez la case pour signer.");
        }

        Typed.Require(ModelState, nameof(Code), Code, "Tapez les six chiffres reçus par courriel.", 20);
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var address = HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        try
        {
            await desk.SignAsync(
                sign.Request.Id, sign.Signer.Id, new Sign(Code!, sign.ConsentVersion, Sha256 ?? "", address, Request.Headers.UserAgent.ToString()), sign.Change(), cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            return await RefusedAsync(broken, broken.Code.StartsWith("code-", StringComparison.Ordinal) ? nameof(Code) : "", cancellationToken);
        }

        return Here();
    }

    public async Task<IActionResult> OnPostRefuserAsync(CancellationToken cancellationToken)
    {
        if (!await sign.LoadAsync(Token, cancellationToken))
        {
            return Unknown();
        }

        if (sign.Refusal is not null)
        {
            return Shown();
        }

        ModelState.Clear();
        if (!Typed.Require(ModelState, nameof(Reason), Reason, "Indiquez en quelques mots pourquoi : nous pourrons corriger.", 1_000))
        {
            return this.Invalid();
        }

        try
        {
            await desk.DeclineAsync(sign.Request.Id, sign.Signer.Id, Reason!, sign.Change(), cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            return await RefusedAsync(broken, "", cancellationToken);
        }

        return Here();
    }

    private async Task<IActionResult> RefusedAsync(RuleBrokenException broken, string field, CancellationToken cancellationToken)
    {
        // Somebody else may have signed or refused meanwhile: show what is true now, with the document as it is now.
        await sign.LoadAsync(Token, cancellationToken);
        if (sign.Refusal is not null)
        {
            return Shown();
        }

        ModelState.AddModelError(field, broken.Message);
        return this.Invalid();
    }

    private PageResult Shown() => this.With(sign.Refusal is SignerRefusal.Expired or SignerRefusal.Closed ? StatusCodes.Status410Gone : StatusCodes.Status200OK);

    private RedirectResult Unknown() => Redirect("~/signature?lien=inconnu");

    private LocalRedirectResult Here(string anchor = "") => LocalRedirect($"~/signature/{Token}{anchor}");
}
