using System.ComponentModel.DataAnnotations;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Endpoints;

/// <summary>The sign-in of programs, in Elsa's shape: 200 with <c>isAuthenticated: false</c> when refused.</summary>
internal static class IdentityLogin
{
    public sealed record LoginRequest([property: Required] string? Username, [property: Required] string? Password);

    public sealed record LoginResponse(bool IsAuthenticated, string? AccessToken, string? RefreshToken);

    public static void MapIdentityLogin(this WebApplication app) => app
        .MapPost("/elsa/api/identity/login", async (LoginRequest request, SignInService signIn, AccessTokens tokens) =>
        {
            if (string.IsNullOrWhiteSpace(request.Username) || string.IsNullOrEmpty(request.Password))
            {
                return Results.Problem("username et password sont nécessaires.", statusCode: StatusCodes.Status400BadRequest);
            }

            var user = await signIn.EvenlyAsync(() => signIn.CheckPasswordAsync(request.Username, request.Password));
            return Results.Ok(user is null ? new LoginResponse(false, null, null) : new LoginResponse(true, await tokens.IssueAsync(user), null));
        })
        .AllowAnonymous()
        .RequireRateLimiting(Limits.SignIn);
}
