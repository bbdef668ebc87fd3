using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>Opening the link only shows this page: programs that scan mail follow links. Pressing the button uses it.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class LienModel(SignInService signIn) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Jeton { get; set; }

    public LinkRefusal? Refusal { get; private set; }

    public string? MaskedEmail { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await signIn.OpenByLinkAsync(Jeton, cancellationToken) is { } next)
        {
            return LocalRedirect(next);
        }

        await LookAsync(cancellationToken);
        return Shown();
    }

    public async Task<IActionResult> OnPostNouveauAsync(CancellationToken cancellationToken)
    {
        await signIn.EvenlyAsync(async () =>
        {
            if ((await signIn.PeekAsync(Jeton, cancellationToken)).Link is { } link)
            {
                await signIn.SendLinkAsync(link.Email, (string?)link.Payload?["returnUrl"], cancellationToken);
            }

            return true;
        });
        return RedirectToPage("LienEnvoye");
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        (var link, Refusal, _) = await signIn.PeekAsync(Jeton, cancellationToken);

        // c•••@exemple.fr: enough for its owner, little for somebody who found the link.
        MaskedEmail = link is null ? null : $"{link.Email[0]}•••{link.Email[link.Email.LastIndexOf('@')..]}";
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = Refusal is null ? StatusCodes.Status200OK : StatusCodes.Status410Gone;
        return page;
    }
}
