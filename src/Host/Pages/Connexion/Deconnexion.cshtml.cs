using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Connexion;

public sealed class DeconnexionModel(SignInService signIn) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.CloseAsync();
        this.Flash("success", "Votre session est fermée.");
        return LocalRedirect("/");
    }
}
