using Microsoft.AspNetCore.Mvc;

namespace MonOPCO.Host.Endpoints;

/// <summary>The switch « automatique / clair / sombre » of the footer: one cookie, no script needed.</summary>
internal static class Display
{
    private const string Cookie = "monopco.affichage";

    /// <summary>« light », « dark », or null to follow the reader's system.</summary>
    public static string? Theme(HttpContext context) => context.Request.Cookies[Cookie] is "light" or "dark" ? context.Request.Cookies[Cookie] : null;

    public static void MapDisplay(this WebApplication app) => app
        .MapPost("/affichage", ([FromForm] string? theme, [FromForm] string? retour, HttpContext context) =>
        {
            var options = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true };
            if (theme is "light" or "dark")
            {
                context.Response.Cookies.Append(Cookie, theme, options);
            }
            else
            {
                context.Response.Cookies.Delete(Cookie);
            }

            return Results.LocalRedirect(LocalUrl.Or(retour, "/"));
        })
        .AllowAnonymous();
}
