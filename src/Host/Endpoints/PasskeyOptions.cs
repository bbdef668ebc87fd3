using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Endpoints;

/// <summary>What the browser needs to begin a WebAuthn ceremony; the answers come back in forms of the pages.</summary>
internal static class PasskeyOptions
{
    public static void MapPasskeyOptions(this WebApplication app)
    {
        app.MapPost("/connexion/cle-acces", async (HttpContext context, IAntiforgery forms, Passkeys passkeys, PendingSignIn pending, UserManager<User> users) =>
            {
                // Somebody half-way in is offered his own keys; anybody else the same options, whoever he is.
                var user = pending.Read() is { } entry ? await users.FindByIdAsync(entry.UserId.ToString()) : null;
                return await forms.IsRequestValidAsync(context) ? Results.Text(await passkeys.RequestOptionsAsync(user), "application/json") : Results.BadRequest();
            })
            .AllowAnonymous().RequireRateLimiting(Limits.SignIn).DisableAntiforgery();
        app.MapPost("/mon-compte/cle-acces/nouvelle", async (HttpContext context, IAntiforgery forms, Passkeys passkeys, UserManager<User> users) =>
                await forms.IsRequestValidAsync(context) && await users.GetUserAsync(context.User) is { } user ? Results.Text(await passkeys.CreationOptionsAsync(user), "application/json") : Results.BadRequest())
            .RequireAuthorization().WithMetadata(new DuringEnrolmentAttribute()).DisableAntiforgery();
        app.MapPost("/mon-compte/cle-acces/confirmer", async (HttpContext context, IAntiforgery forms, Passkeys passkeys, UserManager<User> users) =>
                await forms.IsRequestValidAsync(context) && await users.GetUserAsync(context.User) is { } user ? Results.Text(await passkeys.RequestOptionsAsync(user), "application/json") : Results.BadRequest())
            .RequireAuthorization().WithMetadata(new DuringEnrolmentAttribute()).DisableAntiforgery();
    }
}
