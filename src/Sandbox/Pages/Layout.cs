using System.Text;

namespace MonOPCO.Sandbox.Pages;

/// <summary>The common frame of all pages: language, title, skip link, banner, navigation, main region.</summary>
internal sealed record Layout(string Theme, string Brand, string Tagline, string Home, IReadOnlyList<(string Href, string Text)> Links)
{
    public static readonly Layout Sandbox = new("sandbox", "Bac à sable", "Le monde extérieur de MonOPCO, en fiction", "/",
        [("/boite", "Boîte aux lettres"), ("/portails", "Portails OPCO"), ("/agent", "Agent OPCO"), ("/entreprises", "Entreprises")]);

    public IResult Page(string title, Html body, int status = 200, Html? session = null)
    {
        var html = Html.Of($"""
            <!doctype html>
            <html lang="fr">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} – {Brand}</title>
            <link rel="stylesheet" href="/sandbox.css">
            <link rel="icon" href="data:,">
            </head>
            <body class="theme-{Theme}">
            <a class="evitement" href="#contenu">Aller au contenu</a>
            <header class="bandeau">
            <div class="cadre">
            <a class="marque" href="{Home}"><strong>{Brand}</strong><span>{Tagline}</span></a>
            <nav aria-label="Navigation principale">{Html.Join(Links, l => Html.Of($"<a href=\"{l.Href}\">{l.Text}</a>"))}</nav>
            {session ?? Html.Empty}
            </div>
            </header>
            <main id="contenu" class="cadre" tabindex="-1">
            {body}
            </main>
            <footer class="pied"><div class="cadre"><p>Site de démonstration : aucune donnée réelle, aucun lien avec un organisme existant. <a href="/">Accueil du bac à sable</a></p></div></footer>
            </body>
            </html>
            """);
        return Results.Content(html.ToString(), "text/html; charset=utf-8", Encoding.UTF8, status);
    }
}
