using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Endpoints;

/// <summary>The sign-in of programs, in Elsa's shape: 200 with <c>isAuthenticated: false</c> when refused.</summary>
internal static class IdentityLogin
{
    public sealed record LoginRequest([property: Required] string? Username, [property: Required] string? Password);

    public sealed record LoginResponse(bool IsAuthenticated, string? AccessToken, string? RefreshToken);

    public static void MapIdentityLogin(this WebApplication app) => app
        .MapPost("/elsa/api/identity/login", async (LoginRequest request, SignInService signIn, AccessTokens tokens, SecondFactorService secondFactors, SecondFactorRules rules, CancellationToken cancellationToken) =>
        {
            if (string.IsNullOrWhiteSpace(request.Username) || string.IsNullOrEmpty(request.Password))
            {
                return Results.Problem("username et password sont nécessaires.", statusCode: StatusCodes.Status400BadRequest);
            }

            var user = await signIn.EvenlyAsync(() => signIn.CheckPasswordAsync(request.Username, request.Password));
            // A password alone is not enough where people need a second factor; programs have API keys.
            var alone = user is not null && !await secondFactors.HasAnyAsync(user.Id, cancellationToken) && !await rules.IsRequiredAsync(user.Id, cancellationToken) && !user.MustChangePassword;
            return Results.Ok(user is null || !alone ? new LoginResponse(false, null, null) : new LoginResponse(true, await tokens.IssueAsync(user), null));
        })
        .AllowAnonymous()
        .RequireRateLimiting(Limits.SignIn);
}
