using System.Reflection;
using MonOPCO.Sandbox.Mail;
using MonOPCO.Sandbox.Portals;
using MonOPCO.Sandbox.Register;

namespace MonOPCO.Sandbox.Pages;

internal static class HomePage
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => "ok");
        app.MapGet("/sandbox.css", () => Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream("sandbox.css")!, "text/css; charset=utf-8"));
        app.MapGet("/", Home);
        app.MapGet("/entreprises", Companies);
        app.MapGet("/portails", (PortalStore portals) => Layout.Sandbox.Page("Portails des OPCO", Html.Of($"""
            <h1>Portails des OPCO</h1>
            <p>Chaque portail est un site à part. Compte de démonstration : <code>{PortalSites.DemoUser}</code>, mot de passe <code>{PortalSites.DemoPassword}</code>.</p>
            <ul class="tuiles">{PortalTiles(portals)}</ul>
            """)));
    }

    private static IResult Home(MailStore mail, PortalStore portals, SandboxOptions options) => Layout.Sandbox.Page("Accueil", Html.Of($"""
        <h1>Le monde extérieur, en miniature</h1>
        <p class="chapeau">Ici, MonOPCO rencontre des portails d'OPCO, un registre d'entreprises et une messagerie, tous fictifs. Rien ne sort de cette machine.</p>
        <ul class="tuiles">
        <li><a href="/boite"><strong>Boîte aux lettres</strong><span>{Count(mail.All().Count, "message reçu", "messages reçus")} ; serveur SMTP de développement</span></a></li>
        <li><a href="/entreprises"><strong>Registre d'entreprises</strong><span>SIRET fictifs à copier, et le cas que chacun représente</span></a></li>
        <li><a href="/agent/atlas"><strong>Jouer l'agent de l'OPCO</strong><span>Demander un complément, accorder ou refuser une demande</span></a></li>
        </ul>
        <h2>Portails des OPCO</h2>
        <p>Compte de démonstration : <code>{PortalSites.DemoUser}</code>, mot de passe <code>{PortalSites.DemoPassword}</code>.</p>
        <ul class="tuiles">{PortalTiles(portals)}</ul>
        <h2>Pour les programmes</h2>
        <dl class="fiche">
        <dt>Recherche d'entreprises</dt><dd><a href="/recherche-entreprises/search?q=haguenau"><code>GET /recherche-entreprises/search?q=…</code></a></dd>
        <dt>Messages reçus</dt><dd><a href="/boite/api/messages"><code>GET /boite/api/messages?to=&amp;subject=&amp;messageId=</code></a></dd>
        <dt>Pannes et compteurs</dt><dd><a href="/control/counters"><code>GET /control/counters</code></a>, <code>POST /control/register</code>, <code>/control/mail</code>, <code>/control/portails/…</code></dd>
        <dt>Conservation</dt><dd>{(options.DataDirectory is null ? "en mémoire : tout disparaît à l'arrêt" : "dossiers et messages gardés d'un démarrage à l'autre")}</dd>
        </dl>
        """));

    private static IResult Companies(CompanyRegister register) => Layout.Sandbox.Page("Entreprises fictives", Html.Of($"""
        <h1>Entreprises fictives</h1>
        <p class="chapeau">Le registre ne connaît que ces établissements. Tout autre SIRET valide, par exemple <code>{CompanyRegister.UnknownSiret}</code>, y est inconnu.</p>
        <div class="defile" role="region" aria-label="Liste des entreprises" tabindex="0">
        <table>
        <thead><tr><th scope="col">SIRET</th><th scope="col">Entreprise</th><th scope="col">IDCC</th><th scope="col">Effectif</th><th scope="col">Ce que le cas montre</th></tr></thead>
        <tbody>{Html.Join(register.Companies.SelectMany(c => c.AllEstablishments.Select(e => (c, e))), x => Html.Of($"""
            <tr><td><code>{x.e.Siret}</code></td><td>{x.c.Nom}<small>{x.e.Commune}</small></td><td>{(x.e.Idcc.Count == 0 ? "aucun" : string.Join(", ", x.e.Idcc))}</td><td>{CompanyRegister.Band(x.e.Tranche)}</td><td>{x.c.Usage}</td></tr>
            """))}</tbody>
        </table>
        </div>
        """));

    private static Html PortalTiles(PortalStore portals) => Html.Join(PortalSites.All, site => Html.Of($"""
        <li class="theme-{site.Theme}"><a href="{site.Path("")}"><strong>{site.Name}</strong><span>{Count(portals.Dossiers(site.Slug).Count, "demande reçue", "demandes reçues")}</span></a><a class="second" href="/agent/{site.Slug}">Côté agent<span class="lu"> de {site.Name}</span></a></li>
        """));

    internal static string Count(int n, string one, string many) => n switch { 0 => "aucun" + (one.EndsWith('e') ? "e " : " ") + one, 1 => "1 " + one, _ => $"{n} {many}" };
}
