namespace MonOPCO.Host.TaskWork;

/// <summary>Says that there may be a decision to take back, so that other pages need not ask the database. Ends by itself.</summary>
internal static class UndoCookie
{
    private const string Name = "monopco.annuler";

    public static bool IsSet(HttpContext context) => context.Request.Cookies.ContainsKey(Name);

    public static void Set(HttpContext context, TimeSpan window) => context.Response.Cookies.Append(
        Name, "1", new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = window, IsEssential = true });
}
