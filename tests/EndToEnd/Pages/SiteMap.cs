using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MonOPCO.EndToEnd.Pages;

/// <summary>Every page that people see, by its route; a test looks at each, and a new page must take its place here.</summary>
public static partial class SiteMap
{
    /// <summary>Seen by <c>BilanTests</c>, on the way of the story.</summary>
    public static readonly string[] OnTheWay =
    [
        "/", "/demande", "/demande/verifiez", "/demande/confirmer", "/demande/{brouillon:guid}/beneficiaires", "/demande/{brouillon:guid}/action", "/demande/{brouillon:guid}/recapitulatif",
        "/espace", "/espace/demande", "/espace/dossiers", "/espace/dossiers/{numero}", "/connexion", "/connexion/lien-envoye", "/connexion/lien", "/signature/{token}",
        "/console", "/taches", "/taches/{id:guid}", "/dossiers", "/dossiers/lot", "/dossiers/lots/{id:guid}", "/dossiers/{numero}", "/dossiers/{numero}/depot", "/dossiers/{numero}/modifier", "/instances", "/instances/{id:guid}", "/designer/instances/{instanceId:guid}",
    ];

    /// <summary>Seen by <c>PagesTests</c>.</summary>
    public static readonly string[] Aside =
    [
        "/procedures/{definitionId}/plan", "/regles", "/regles/pieces", "/regles/nouvelle", "/regles/correction/{id:long}", "/regles/{code}/{opco}/{type}",
        "/signature", "/mon-compte", "/deconnexion", "/procedures", "/designer/procedures/{definitionId}",
        "/procedures/{definitionId}", "/procedures/{definitionId}/publier", "/procedures/{definitionId}/comparer", "/procedures/{definitionId}/migration",
        "/procedures/{definitionId}/essais", "/procedures/{definitionId}/essais/{essai:guid}", "/procedures/{definitionId}/rejeu",
        "/procedures/utilisations", "/procedures/approbations", "/procedures/importer",
        "/admin/exploitation", "/admin/rgpd", "/admin/rgpd/registre/{id}", "/admin/rgpd/demandes/{id:guid}", "/admin/rgpd/effacement", "/espace/mes-donnees",
        "/erreur/{code:int}", "/style", "/mentions-legales", "/confidentialite", "/accessibilite",
    ];

    /// <summary>Seen by <c>InboxBrowserTests</c>.</summary>
    public static readonly string[] Inbox = ["/taches/absence", "/taches/lot", "/taches/lot/{id:guid}", "/mon-compte/raccourcis"];

    /// <summary>Seen by <c>PagesTests</c>, by an administrator.</summary>
    public static readonly string[] Settings = ["/admin/parametres", "/admin/parametres/organismes/{slug}"];

    /// <summary>Every page that some test looks at.</summary>
    public static IEnumerable<string> AllLooked => [.. OnTheWay, .. Aside, .. Inbox, .. Settings];

    /// <summary>No page to look at: a file, or a redirection.</summary>
    public static readonly string[] WithoutPage =
    [
        "/dossiers/{numero}/documents/{id:guid}", "/taches/{id:guid}/pieces/{document:guid}", "/espace/documents/{id:guid}", "/admin/rgpd/certificats/{id:guid}", "/admin/rgpd/purges/{id:guid}", "/signature/{token}/document", "/espace/signatures/{id:guid}", "/demonstration/role", "/demonstration/signature/{id:guid}",
    ];

    private static readonly ConcurrentDictionary<string, bool> Looked = new();

    /// <summary>Remembers that the page in front was looked at.</summary>
    public static void Seen(IPage page, Uri address)
    {
        var path = new Uri(page.Url).AbsolutePath;
        if (page.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && AllLooked.OrderBy(x => x.Contains('{', StringComparison.Ordinal)).FirstOrDefault(x => Matches(x, path)) is { } route)
        {
            Looked[route] = true;
        }
    }

    public static void AssertSeen(IReadOnlyCollection<string> routes) => Assert.True(routes.All(Looked.ContainsKey), "Not looked at: " + string.Join(", ", routes.Except(Looked.Keys)));

    private static bool Matches(string route, string path) => Regex.IsMatch(path, "^" + Hole().Replace(Regex.Escape(route).Replace(@"\{", "{", StringComparison.Ordinal), "[^/]+") + "$", RegexOptions.IgnoreCase);

    [GeneratedRegex(@"\{[^/]+")]
    private static partial Regex Hole();
}
