using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>Either end of a changed address: the button says yes for the address that the link was sent to.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class AdresseModel(EmailChanges changes, AccountMails mails, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Jeton { get; set; }

    public EmailChangeView? Change { get; private set; }

    public bool Answered { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Change = await changes.PeekAsync(Jeton, clock.GetUtcNow(), cancellationToken);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Change = await changes.ConfirmAsync(Jeton, clock.GetUtcNow(), cancellationToken);
        Answered = Change is not null;
        if (Change is { Applied: true } done)
        {
            await mails.SendNoticeAsync(done.User, "L’adresse de votre compte a changé", $"L’adresse de votre compte MonOPCO est désormais {done.NewEmail}. Vos sessions ouvertes sont fermées.", cancellationToken, done.OldEmail);
            await mails.SendNoticeAsync(done.User, "L’adresse de votre compte a changé", "Vous vous connectez désormais avec cette adresse. Vos sessions ouvertes sont fermées.", cancellationToken, done.NewEmail);
        }

        return Shown();
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = Change is null ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return page;
    }
}
