using System.Net;
using System.Security.Claims;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>The session of this request, as the database knows it: <c>HttpContext.OpenSession()</c>.</summary>
public static class CurrentSession
{
    private const string Key = "monopco.session";

    /// <summary>Null for visitors and programs.</summary>
    public static SessionState? OpenSession(this HttpContext context) => context.Items[Key] as SessionState;

    internal static void Set(HttpContext context, SessionState state) => context.Items[Key] = state;

    public static string Origin(this HttpContext context) => SignInGuard.OriginOf(context.Connection.RemoteIpAddress);

    public static IPAddress? Address(this HttpContext context) => context.Connection.RemoteIpAddress;

    /// <summary>Who acts on accounts.</summary>
    public static Authority Authority(this ClaimsPrincipal user) => new(user.Id(), user.Roles());
}

/// <summary>The browser in words: « Firefox sous Windows ». A user agent says little that is certain, so nothing more precise is claimed.</summary>
public static class Device
{
    public static string Of(HttpRequest request) => Of(request.Headers.UserAgent.ToString());

    public static string Of(string agent)
    {
        // Order matters: each of these also names the ones below it.
        var browser = Named(agent, ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("SamsungBrowser/", "Samsung Internet"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"));
        var system = Named(agent, ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"));
        return (browser, system) switch
        {
            (null, null) => "Appareil inconnu",
            (null, var known) => $"Navigateur sous {known}",
            (var known, null) => known,
            (_, "iPhone" or "iPad") => $"{browser} sur {system}",
            _ => $"{browser} sous {system}",
        };
    }

    private static string? Named(string agent, params (string Mark, string Name)[] names) =>
        names.FirstOrDefault(x => agent.Contains(x.Mark, StringComparison.Ordinal)).Name;
}
