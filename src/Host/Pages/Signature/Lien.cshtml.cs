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

namespace MonOPCO.Host.Pages.Signature;

/// <summary>A lost, replaced or cut link: new ones for everything that waits for an address, sent to that address only. Says nothing about whether there is anything.</summary>
[AllowAnonymous, EnableRateLimiting(FrontLimits.Sign)]
public sealed class LienModel(MonOpcoDbContext database, SigningDesk desk, TimeProvider clock) : PageModel
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

        var (now, key) = (clock.GetUtcNow().ToUniversalTime(), SearchText.EmailKey(Email));
        var waiting = await database.Signers.AsNoTracking()
            .Where(x => x.EmailKey == key && (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.ExpiresAt > now && x.Request!.Status == SignatureRequestStatus.Pending)
            .Select(x => new { x.Id, x.Name }).ToListAsync(cancellationToken);
        foreach (var signer in waiting)
        {
            var since = now - Pause;
            var id = signer.Id.ToString();
            if (!await database.AuditEntries.AnyAsync(x => x.Subject == "signer" && x.SubjectId == id && x.Action == "LinkRenewed" && x.At > since, cancellationToken))
            {
                await desk.RenewLinkAsync(signer.Id, ChangeContext.System("Nouveau lien de signature", now), cancellationToken);
            }
        }

        this.Flash("success", "Si une signature attend cette adresse, un nouveau lien vient de lui être envoyé. Les liens précédents ne s’ouvrent plus.");
        return LocalRedirect("~/signature");
    }
}
