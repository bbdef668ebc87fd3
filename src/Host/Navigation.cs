using Microsoft.AspNetCore.Authorization;

namespace MonOPCO.Host;

public enum NavigationArea
{
    Public,
    Espace,
    Console,
}

/// <summary>One entry of a menu; <paramref name="Section"/> groups the console's side menu.</summary>
public sealed record NavigationEntry(NavigationArea Area, string Path, string Label, string Icon, string? Policy = null, string? Section = null);

/// <summary>The menus. An entry shows once its page exists and the person may open it.</summary>
public sealed class Navigation(EndpointDataSource endpoints, IAuthorizationService authorization)
{
    private static readonly NavigationEntry[] Entries =
    [
        new(NavigationArea.Public, "/financable", "Finançable ?", "search"),
        new(NavigationArea.Public, "/aide", "Aide", "help"),

        new(NavigationArea.Espace, "/espace", "Accueil", "home", Policies.Portal),
        new(NavigationArea.Espace, "/espace/dossiers", "Mes dossiers", "folders", Policies.Portal),
        new(NavigationArea.Espace, "/espace/taches", "À faire", "list-check", Policies.Portal),
        new(NavigationArea.Espace, "/espace/mes-donnees", "Mes données", "shield-check", Policies.Portal),
        new(NavigationArea.Espace, "/espace/demande", "Nouvelle demande", "plus", Policies.Company),

        new(NavigationArea.Console, "/console", "Accueil", "home", Policies.Staff, "Travail"),
        new(NavigationArea.Console, "/taches", "Boîte de réception", "inbox", Policies.Staff, "Travail"),
        new(NavigationArea.Console, "/dossiers", "Dossiers", "folders", Policies.Staff, "Travail"),
        new(NavigationArea.Console, "/console/depots", "Dépôts", "upload", Policies.Staff, "Travail"),
        new(NavigationArea.Console, "/console/entreprises", "Entreprises", "building", Policies.Staff, "Travail"),
        new(NavigationArea.Console, "/procedures", "Procédures", "route", Policies.Staff, "Procédures"),
        new(NavigationArea.Console, "/instances", "Exécutions", "history", Policies.Staff, "Procédures"),
        new(NavigationArea.Console, "/regles", "Règles", "scale", Policies.RuleReaders, "Procédures"),
        new(NavigationArea.Console, "/console/incidents", "Incidents", "alert-triangle", Policies.Staff, "Procédures"),
        new(NavigationArea.Console, "/admin/comptes", "Comptes", "users", Policies.Administration, "Administration"),
        new(NavigationArea.Console, "/admin/rgpd", "RGPD", "shield-check", Policies.Administration, "Administration"),
        new(NavigationArea.Console, "/admin/exploitation", "Exploitation", "device-desktop", Policies.Administration, "Administration"),
        new(NavigationArea.Console, "/admin/parametres", "Paramètres", "settings", Policies.Administration, "Administration"),
        new(NavigationArea.Console, "/admin/cles-api", "Clés d’API", "key", Policies.Administration, "Administration"),
    ];

    public async Task<IReadOnlyList<NavigationEntry>> ForAsync(HttpContext context, NavigationArea area)
    {
        var visible = new List<NavigationEntry>();
        foreach (var entry in Entries.Where(x => x.Area == area && Exists(x.Path)))
        {
            if (entry.Policy is null || (await authorization.AuthorizeAsync(context.User, entry.Policy)).Succeeded)
            {
                visible.Add(entry);
            }
        }

        return visible;
    }

    /// <summary>Is this entry where we are? The longest matching entry wins, so « /console » is not current on « /console/dossiers ».</summary>
    public static string? Current(IReadOnlyList<NavigationEntry> entries, PathString path) =>
        entries.Where(x => path == x.Path || path.StartsWithSegments(x.Path)).MaxBy(x => x.Path.Length)?.Path;

    private bool Exists(string path) => endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint =>
    {
        var pattern = "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
        return string.Equals(pattern, path, StringComparison.OrdinalIgnoreCase) || pattern.StartsWith(path + "/{", StringComparison.OrdinalIgnoreCase);
    });
}
