using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MonOPCO.Host.Infrastructure;

/// <summary>Who may open which folder of Pages. The fallback policy refuses visitors everywhere else.</summary>
internal static class PageConventions
{
    public static void Configure(RazorPagesOptions options, bool demo)
    {
        if (!demo)
        {
            // Without a selector the page has no address: 404, not « forbidden ».
            options.Conventions.AddFolderRouteModelConvention("/Demo", page => page.Selectors.Clear());
        }

        options.Conventions.AddPageRoute("/Public/Index", "financable");
        options.Conventions.AllowAnonymousToFolder("/Public");
        options.Conventions.AllowAnonymousToFolder("/Erreur");
        options.Conventions.AllowAnonymousToFolder("/Connexion");
        options.Conventions.AuthorizeFolder("/Espace", Policies.Portal);
        options.Conventions.AuthorizeFolder("/Console", Policies.Staff);
        options.Conventions.AuthorizeFolder("/Admin", Policies.Administration);
    }
}
