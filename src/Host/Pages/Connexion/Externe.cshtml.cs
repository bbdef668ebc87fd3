using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

/// <summary>To a company's identity provider and back.</summary>
[EnableRateLimiting(Limits.SignIn)]
public sealed class ExterneModel(IdentityProviders providers, ExternalSignIn external) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Retour { get; set; }

    public string Refusal { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string? refus, CancellationToken cancellationToken)
    {
        var result = refus is null ? await external.FinishAsync(Retour, cancellationToken) : new ExternalResult(null, "Le fournisseur d’identité de votre entreprise a refusé, ou sa réponse n’est pas valable. Rien n’a été ouvert.");
        if (result.Next is { } next)
        {
            return LocalRedirect(next);
        }

        Refusal = result.Refusal!;
        var page = Page();
        page.StatusCode = StatusCodes.Status400BadRequest;
        return page;
    }

    public IActionResult OnPost(string? fournisseur) => providers.Find(fournisseur) is { } provider
        ? Challenge(new AuthenticationProperties { RedirectUri = OpenIdConnect.ReturnPath + (LocalUrl.IsLocal(Retour) ? "?retour=" + Uri.EscapeDataString(Retour) : "") }, provider.Scheme)
        : NotFound();
}
