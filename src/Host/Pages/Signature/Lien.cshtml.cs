using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Signature;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Signature;

/// <summary>A lost, replaced or cut link: new ones for everything that waits for an address, sent to that address only. Says nothing about whether there is anything.</summary>
[AllowAnonymous, EnableRateLimiting(FrontLimits.Sign)]
public sealed class LienModel(MonOpcoDbContext database, SigningDesk desk, SignInService signIn, TimeProvider clock) : PageModel
{
    /// <summary>One new link in this time: a flood would make each mail useless before it is read.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [BindProperty(SupportsGet = true)]
    public string? Lien { get; set; }

    [BindProperty, Display(Name = "Votre adresse électronique"), Required(ErrorMessage = "Indiquez l’adresse qui a reçu le lien."), EmailAddress, StringLength(254)]
    public string? Email { get; set; }

    public IActionResult OnGet()
    {
        ModelState.Clear();
        return this.With(Lien is null ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        // Neither the sentence nor the time says whether there is anything.
        await signIn.EvenlyAsync(async () =>
        {
            await RenewAsync(cancellationToken);
            return true;
        });
        this.Flash("success", "Si une signature attend cette adresse, un nouveau lien vient de lui être envoyé. Les liens précédents ne s’ouvrent plus.");
        return LocalRedirect("~/signature");
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var (now, key) = (clock.GetUtcNow().ToUniversalTime(), SearchText.EmailKey(Email));
        var waiting = await database.Signers.AsNoTracking()
            .Where(x => x.EmailKey == key && (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.ExpiresAt > now && x.Request!.Status == SignatureRequestStatus.Pending)
            .Select(x => x.Id).ToListAsync(cancellationToken);
        foreach (var signer in waiting)
        {
            try
            {
                await desk.RenewLinkAsync(signer, ChangeContext.System("Nouveau lien de signature", now), cancellationToken, Pause);
            }
            catch (RuleBrokenException broken) when (broken.Code == "link-too-soon")
            {
                // Sent a moment ago; said to nobody.
            }
        }
    }
}
