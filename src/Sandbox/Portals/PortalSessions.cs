using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MonOPCO.Sandbox.Portals;

/// <summary>Who is signed in where, and the drafts under way. A restart signs everybody out, as a portal's night maintenance does.</summary>
public sealed class PortalSessions
{
    private readonly ConcurrentDictionary<string, string> sessions = [];
    private readonly ConcurrentDictionary<string, Draft> drafts = [];

    internal void SignIn(PortalSite site, HttpContext http)
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        sessions[token] = site.Slug;
        http.Response.Cookies.Append(Cookie(site), token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = site.Path("") });
    }

    internal bool IsSignedIn(PortalSite site, HttpContext http) =>
        http.Request.Cookies[Cookie(site)] is { } token && sessions.TryGetValue(token, out var slug) && slug == site.Slug;

    internal void SignOut(PortalSite site, HttpContext http)
    {
        if (http.Request.Cookies[Cookie(site)] is { } token)
        {
            sessions.TryRemove(token, out _);
        }

        http.Response.Cookies.Delete(Cookie(site), new CookieOptions { Path = site.Path("") });
    }

    internal Draft NewDraft(PortalSite site)
    {
        var draft = new Draft(RandomNumberGenerator.GetHexString(12, lowercase: true), site.Slug);
        drafts[draft.Id] = draft;
        return draft;
    }

    internal Draft? FindDraft(PortalSite site, string id) => drafts.TryGetValue(id, out var draft) && draft.Slug == site.Slug ? draft : null;

    private static string Cookie(PortalSite site) => "portail-" + site.Slug;
}

/// <summary>A request being typed: raw texts by meaning, uploads, completed pages.</summary>
internal sealed class Draft(string id, string slug)
{
    public string Id { get; } = id;

    public string Slug { get; } = slug;

    public int Rows { get; set; } = 1;

    public Dictionary<string, string> Values { get; } = [];

    public Dictionary<string, PortalPiece> Pieces { get; } = [];

    public HashSet<string> Done { get; } = [];

    public string? SubmittedAs { get; set; }

    public SemaphoreSlim Gate { get; } = new(1);

    public string this[string key] => Values.GetValueOrDefault(key, "");
}
