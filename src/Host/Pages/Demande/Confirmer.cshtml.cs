using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>Opening the link only shows this page (programs that scan mail follow links); pressing the button proves the address, opens the account and begins the request.</summary>
[AllowAnonymous, EnableRateLimiting(Limits.SignIn)]
public sealed class ConfirmerModel(CompanyAccounts accounts, SignInService signIn, RequestDrafts drafts, SignInManager<User> session) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Jeton { get; set; }

    public LinkRefusal? Refusal { get; private set; }

    /// <summary>The address is proved, but no account is opened for it.</summary>
    public string? Refused { get; private set; }

    public string? Email { get; private set; }

    public RequestIntent Intent { get; private set; } = RequestIntent.Read(null);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => Shown(await accounts.PeekAsync(Jeton, cancellationToken));

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var used = await accounts.UseAsync(Jeton, cancellationToken);
        if (used is not { Refusal: null, Link: { } link })
        {
            return Shown(used);
        }

        var intent = RequestIntent.Read(link.Payload);
        var account = await accounts.OpenAsync(link.Email, intent, cancellationToken);
        if (account.User is not { } user)
        {
            (Refused, Email, Intent) = (account.Refusal, link.Email, intent);
            var page = Page();
            page.StatusCode = StatusCodes.Status403Forbidden;
            return page;
        }

        var draft = await drafts.CreateAsync(await session.CreateUserPrincipalAsync(user), account.Company!, intent.Kind, intent.Start, cancellationToken);
        this.Flash("success", "Votre adresse est confirmée. Votre demande est enregistrée au fur et à mesure.");
        return LocalRedirect(await signIn.ContinueAsync(user, SignInMethod.Link, remember: false, $"/demande/{draft.Id}/beneficiaires"));
    }

    public async Task<IActionResult> OnPostNouveauAsync(CancellationToken cancellationToken)
    {
        var link = (await accounts.PeekAsync(Jeton, cancellationToken)).Link;
        if (link is null)
        {
            return LocalRedirect("~/");
        }

        var intent = RequestIntent.Read(link.Payload);
        await accounts.SendLinkAsync(link.Email, intent, cancellationToken);
        return LocalRedirect($"~/demande/verifiez?{intent.Query}");
    }

    private PageResult Shown(LinkResult result)
    {
        Refusal = result.Refusal;
        Intent = RequestIntent.Read(result.Link?.Payload);

        // c•••@exemple.fr: enough for its owner, little for somebody who found the link.
        Email = result.Link is { Email: var email } ? $"{email[0]}•••{email[email.LastIndexOf('@')..]}" : null;
        var page = Page();
        page.StatusCode = Refusal is null ? StatusCodes.Status200OK : StatusCodes.Status410Gone;
        return page;
    }
}
