using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Who gave the first factor and has not yet given the second: in an encrypted cookie, for a few minutes. It opens nothing.</summary>
public sealed class PendingSignIn(IHttpContextAccessor accessor, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Cookie = "monopco.suite";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = protection.CreateProtector("MonOPCO.PendingSignIn.v1");

    public sealed record Entry(Guid UserId, SignInMethod Method, bool Remember, string? ReturnUrl, DateTimeOffset At);

    public void Write(Entry entry)
    {
        var context = accessor.HttpContext!;
        context.Response.Cookies.Append(Cookie, _protector.Protect(JsonSerializer.Serialize(entry)), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = Lifetime,
            IsEssential = true,
            Path = "/connexion",
        });
    }

    public Entry? Read()
    {
        if (accessor.HttpContext!.Request.Cookies[Cookie] is not { } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Entry>(_protector.Unprotect(text)) is { } entry && clock.GetUtcNow() - entry.At < Lifetime ? entry : null;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Clear()
    {
        var context = accessor.HttpContext!;
        if (context.Request.Cookies.ContainsKey(Cookie) && !context.Response.HasStarted)
        {
            context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/connexion", Secure = context.Request.IsHttps, HttpOnly = true, SameSite = SameSiteMode.Lax });
        }
    }
}
