using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary><c>Authorization: Bearer …</c> (access token or API key), <c>Authorization: ApiKey …</c>, and <c>?access_token=</c> for the designer's hub only.</summary>
internal sealed class TokenAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessTokens tokens, IUserClaimsPrincipalFactory<User> principals)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Token";

    /// <summary>The claim that carries an API key's scopes: names of permissions.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>What the request shows, or null when it shows nothing of ours.</summary>
    public static string? Credential(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        foreach (var scheme in (string[])["Bearer ", "ApiKey "])
        {
            if (header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return header[scheme.Length..].Trim();
            }
        }

        return request.Path.StartsWithSegments("/elsa/hubs") && request.Query["access_token"].ToString() is { Length: > 0 } token ? token : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Credential(Request) is not { } credential)
        {
            return AuthenticateResult.NoResult();
        }

        if (await tokens.FindAsync(credential, Context.RequestAborted) is not var (user, scopes))
        {
            return AuthenticateResult.Fail("The token or key is unknown, expired or revoked.");
        }

        var principal = await principals.CreateAsync(user);
        principal.AddIdentity(new ClaimsIdentity(scopes.Select(x => new Claim(ScopeClaim, x)), SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    /// <summary>Says which scope the key lacks, so that its owner knows what to ask for.</summary>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scopes = Context.User.FindAll(ScopeClaim).Select(x => x.Value).ToHashSet();
        var asked = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(x => x.Policy).OfType<string>().ToList() ?? [];
        var missing = asked.FirstOrDefault(x => !scopes.Contains(x)) ?? asked.FirstOrDefault();
        return Results.Problem(
            missing is null ? "This key may not do that." : $"This key may not do that: it needs the scope '{missing}', and its account the right.",
            statusCode: StatusCodes.Status403Forbidden,
            extensions: new Dictionary<string, object?> { ["scope"] = missing }).ExecuteAsync(Context);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }
}
